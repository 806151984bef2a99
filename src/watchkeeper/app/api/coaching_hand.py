"""`/coaching`: the operator's hand. Strategies asked for, sessions set aside, the switch, a full reset."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.known_agent import require_agent
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.coaching.records import StrategyOrder, Switch
from watchkeeper.coaching.strategies import strategy
from watchkeeper.domain.errors import InvalidInputError

router = APIRouter(prefix="/coaching/{workload}", tags=["coaching"])
ORDER_LASTS = timedelta(hours=24)
"""An order to use a strategy that found no round by then has run out."""


class StrategyOrderBody(RequestModel):
    """A strategy for an agent's next round."""

    agent: str = Field(min_length=1)
    strategy: str
    reason: str | None = None
    by: str | None = None


class VoidBody(RequestModel):
    """Which sessions are set aside."""

    hours: float = Field(default=1.0, gt=0, le=24 * 400)
    reason: str | None = Field(default=None, min_length=1, max_length=1000)
    by: str | None = None


class Voided(BaseModel):
    """What was set aside."""

    runs: tuple[str, ...]
    """Those with failed extractions."""
    sessions: tuple[str, ...]


class SwitchBody(RequestModel):
    """Coaching is stopped, or goes on."""

    enabled: bool
    reason: str = Field(min_length=1, max_length=1000)
    by: str | None = None


class CoachingStanding(BaseModel):
    """Whether a workload is coached."""

    workload: str
    enabled: bool
    switch: Switch | None
    """Null where nobody ever said."""


class ResetBody(RequestModel):
    """A complete reset."""

    confirm: str
    """The workload's id, typed by whoever wants it."""
    reason: str = Field(min_length=1, max_length=1000)
    by: str | None = None


class Reset(BaseModel):
    """What a complete reset took away, and where it is saved."""

    workload: str
    backup: str
    sessions: int
    versions: int
    golden_examples: int


@router.get("/orders")
def orders(services: ServicesDep, workload: str, *, open_only: bool = False) -> Sequence[StrategyOrder]:
    """Every strategy that was ever asked for, and which session used it (GF-26)."""
    now = services.clock.now()
    return [one for one in services.coaching.orders(workload) if not open_only or one.open_at(now)]


@router.post("/orders", status_code=201)
def force(
    *, services: ServicesDep, state: StateDep, workload: str, body: StrategyOrderBody, request: Request
) -> StrategyOrder:
    """Ask for a strategy in an agent's next round, once; it runs out after a day."""
    require_agent(state, workload, body.agent)
    now = services.clock.now()
    order = StrategyOrder(
        order_id=f"ORDER_{services.ids.span_id()}",
        workload=workload,
        agent=body.agent,
        strategy=strategy(body.strategy).name,
        given_by=giver_of(request, body.by).name,
        reason=body.reason,
        given_at=now,
        expires_at=now + ORDER_LASTS,
    )
    services.coaching.add_order(order)
    return order


@router.post("/void")
def void(services: ServicesDep, workload: str, body: VoidBody, request: Request) -> Voided:
    """Set aside the sessions of runs with failed extractions (GF-43); they stay to be looked at."""
    since = services.clock.now() - timedelta(hours=body.hours)
    runs = {row.run_id for row in services.coaching.rounds(workload, since=since)}
    failed = sorted(run for run in runs if any(not result.success for result in services.results.of_run(run)))
    sessions = services.coaching.void(
        workload,
        failed,
        since=since,
        by=giver_of(request, body.by).name,
        reason=body.reason or "their run had failed extractions",
        at=services.clock.now(),
    )
    return Voided(runs=tuple(failed), sessions=sessions)


@router.get("/switch")
def switched(services: ServicesDep, workload: str) -> CoachingStanding:
    """Whether the workload is coached, and who said so last."""
    last = services.coaching.switched(workload)
    return CoachingStanding(workload=workload, enabled=last is None or last.enabled, switch=last)


@router.post("/switch")
def switch(services: ServicesDep, workload: str, body: SwitchBody, request: Request) -> CoachingStanding:
    """Stop coaching, or let it go on; readings go on either way."""
    services.coaching.switch(
        Switch(
            workload=workload,
            enabled=body.enabled,
            given_by=giver_of(request, body.by).name,
            reason=body.reason,
            given_at=services.clock.now(),
        )
    )
    return switched(services, workload)


@router.post("/reset")
def reset(services: ServicesDep, workload: str, body: ResetBody, request: Request) -> Reset:
    """Begin again at phase 1 (GF-45): everything coached goes, after the whole state was backed up."""
    if body.confirm != workload:
        raise InvalidInputError(
            "a complete reset is not confirmed, and nothing has changed",
            action=f"type the workload's id, {workload}",
        )
    giver = giver_of(request, body.by)
    now = services.clock.now()
    target = services.data_dir / "backups" / f"before-reset-{now:%Y%m%dT%H%M%S%f}Z.dump"
    backup = services.back_up(target)
    emptied = services.coaching.reset(workload)
    services.coaching.switch(
        Switch(
            workload=workload,
            enabled=True,
            given_by=giver.name,
            reason=f"reset: {body.reason}; before it: {backup.name}",
            given_at=now,
        )
    )
    return Reset(workload=workload, backup=str(backup), **asdict(emptied))

"""`/coaching`: sessions by round, what they add up to, versions of instructions, operators' orders."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.coaching.figures import (
    AgentDay,
    AgentInRun,
    AgentStanding,
    PhaseReport,
    StrategyUse,
    agents_in_runs,
    phase_reports,
    standings,
    strategies_used,
    trends,
)
from watchkeeper.coaching.records import (
    InstructionVersion,
    NewVersion,
    RoundRow,
    SessionRow,
    StrategyOrder,
    Switch,
)
from watchkeeper.coaching.strategies import strategy
from watchkeeper.domain.errors import InvalidInputError, NotFoundError

router = APIRouter(prefix="/coaching/{workload}", tags=["coaching"])
ORDER_LASTS = timedelta(hours=24)
"""An order to use a strategy that found no round by then has run out."""
Hours = Annotated[float, Query(gt=0, le=24 * 400)]


class RoundBody(RequestModel):
    """A round of a session."""

    round: int = Field(ge=1)
    accuracy: float = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)
    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    f1: float = Field(ge=0, le=1)
    errors: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    strategy: str
    reason: str
    change: str | None
    improvement: float
    basis: str
    phase: int = Field(ge=1, le=4)


class VersionBody(RequestModel):
    """An agent's instructions after a change."""

    strategy: str
    reason: str
    content: dict[str, object]
    accuracy: float | None


class SessionBody(RequestModel):
    """A session that ended."""

    run_id: str
    document: str
    agent: str
    status: str = Field(pattern="^(completed|failed)$")
    max_rounds: int = Field(ge=1)
    failure_reason: str | None = None
    rounds: tuple[RoundBody, ...]
    versions: tuple[VersionBody, ...] = ()
    extraction: dict[str, object] | None = None
    order_id: str | None = None


class OrderBody(RequestModel):
    """A strategy for an agent's next round."""

    agent: str = Field(min_length=1)
    strategy: str
    reason: str | None = None
    by: str | None = None


class AdoptBody(RequestModel):
    """Instructions of agents, by agent, from a person."""

    agents: dict[str, dict[str, object]] = Field(min_length=1)
    reason: str = Field(min_length=1)
    by: str | None = None


class RestoreBody(RequestModel):
    """Who wants the best instructions back."""

    by: str | None = None
    agents: tuple[str, ...] = ()
    """None named: every agent."""


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


class Standing(BaseModel):
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


class Restored(BaseModel):
    """What became of an agent's instructions (GF-42)."""

    agent: str
    old_version: int
    restored_version: int
    """The version whose instructions are in use again."""
    new_version: int | None
    """The version they were written as; null where the newest is the best already."""
    accuracy: float


@router.post("/sessions", status_code=201)
def add_session(services: ServicesDep, workload: str, body: SessionBody) -> dict[str, str]:
    """Keep a session whole: rounds, versions, golden example, used order."""
    now, session_id = services.clock.now(), f"COACH_{services.ids.span_id()}"
    session = SessionRow(
        session_id=session_id,
        workload=workload,
        agent=body.agent,
        run_id=body.run_id,
        document=body.document,
        status=body.status,
        max_rounds=body.max_rounds,
        failure_reason=body.failure_reason,
        at=now,
        rounds=[
            RoundRow(
                session_id=session_id,
                workload=workload,
                agent=body.agent,
                run_id=body.run_id,
                document=body.document,
                created_at=now,
                **one.model_dump(),
            )
            for one in body.rounds
        ],
        versions=[
            NewVersion(
                workload=workload,
                agent=body.agent,
                parent=None,
                author="coach",
                created_at=now,
                **one.model_dump(),
            )
            for one in body.versions
        ],
        extraction=body.extraction,
        order_id=body.order_id,
    )
    services.coaching.keep(session)
    return {"session_id": session_id}


@router.get("/rounds")
def rounds(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[RoundRow]:
    """Every round of the last hours, oldest first."""
    return _rounds(services, workload, hours)


@router.get("/sessions")
def sessions(services: ServicesDep, workload: str, hours: Hours = 1) -> Sequence[AgentInRun]:
    """Per run and agent, newest run first: rounds, accuracy, strategies in order (GF-14)."""
    return agents_in_runs(_rounds(services, workload, hours))


@router.get("/trends")
def daily(services: ServicesDep, workload: str, hours: Hours = 24 * 7) -> Sequence[AgentDay]:
    """Per agent and calendar day, newest first (GF-15)."""
    return trends(_rounds(services, workload, hours), ZoneInfo(services.settings.timezone))


@router.get("/strategies")
def strategies(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[StrategyUse]:
    """How often each strategy was used, and what it gained (GF-24)."""
    return strategies_used(_rounds(services, workload, hours))


@router.get("/agents")
def agents(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[AgentStanding]:
    """How each agent stands, worst first (GF-25, GF-33)."""
    return standings(_rounds(services, workload, hours))


@router.get("/phases")
def phases(services: ServicesDep, workload: str, hours: Hours = 24 * 400) -> Sequence[PhaseReport]:
    """What each phase brought: start, end, gain, and whether that is less than expected (GF-04)."""
    return phase_reports(_rounds(services, workload, hours))


@router.get("/instructions")
def versions(services: ServicesDep, workload: str, agent: str | None = None) -> Sequence[InstructionVersion]:
    """Every version of the instructions of one agent or all (GF-75)."""
    return services.coaching.versions(workload, agent=agent)


@router.post("/instructions", status_code=201)
def adopt(
    services: ServicesDep, workload: str, body: AdoptBody, request: Request
) -> Sequence[InstructionVersion]:
    """Write a person's instructions as each agent's next version; what they are worth is not known yet."""
    giver = giver_of(request, body.by)
    return [
        services.coaching.add_version(
            NewVersion(
                workload=workload,
                agent=agent,
                parent=None,
                strategy="adopt",
                author=giver.name,
                reason=body.reason,
                content=content,
                accuracy=None,
                created_at=services.clock.now(),
            )
        )
        for agent, content in sorted(body.agents.items())
    ]


@router.post("/restore")
def restore(services: ServicesDep, workload: str, body: RestoreBody, request: Request) -> Sequence[Restored]:
    """Write each agent's best instructions ever as its newest version (GF-42); nothing is overwritten."""
    giver = giver_of(request, body.by)
    of_agents: dict[str, list[InstructionVersion]] = {}
    for one in services.coaching.versions(workload):
        if not body.agents or one.agent in body.agents:
            of_agents.setdefault(one.agent, []).append(one)
    missing = [agent for agent in body.agents if agent not in of_agents]
    if missing:
        raise NotFoundError(
            f"{', '.join(missing)} has no instructions that were coached", action="see `wk coach top`"
        )
    return [
        _restored(services, history, giver.name)
        for history in of_agents.values()
        if any(one.accuracy is not None for one in history)
    ]


@router.get("/orders")
def orders(services: ServicesDep, workload: str, *, open_only: bool = False) -> Sequence[StrategyOrder]:
    """Every strategy that was ever asked for, and which session used it (GF-26)."""
    now = services.clock.now()
    return [one for one in services.coaching.orders(workload) if not open_only or one.open_at(now)]


@router.post("/orders", status_code=201)
def force(services: ServicesDep, workload: str, body: OrderBody, request: Request) -> StrategyOrder:
    """Ask for a strategy in an agent's next round, once; it runs out after a day."""
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
def switched(services: ServicesDep, workload: str) -> Standing:
    """Whether the workload is coached, and who said so last."""
    last = services.coaching.switched(workload)
    return Standing(workload=workload, enabled=last is None or last.enabled, switch=last)


@router.post("/switch")
def switch(services: ServicesDep, workload: str, body: SwitchBody, request: Request) -> Standing:
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


def _rounds(services: Services, workload: str, hours: float) -> tuple[RoundRow, ...]:
    return services.coaching.rounds(workload, since=services.clock.now() - timedelta(hours=hours))


def _restored(services: Services, history: Sequence[InstructionVersion], by: str) -> Restored:
    newest = history[-1]
    best = max(history, key=lambda one: (-1.0 if one.accuracy is None else one.accuracy, one.version))
    assert best.accuracy is not None  # agents without any were left out
    made = None
    if best.content != newest.content:
        made = services.coaching.add_version(
            NewVersion(
                workload=best.workload,
                agent=best.agent,
                parent=best.version,
                strategy="revert",
                author=by,
                reason=f"the best ever, version {best.version}, was put back",
                content=best.content,
                accuracy=best.accuracy,
                created_at=services.clock.now(),
            )
        )
    return Restored(
        agent=best.agent,
        old_version=newest.version,
        restored_version=best.version,
        new_version=None if made is None else made.version,
        accuracy=best.accuracy,
    )

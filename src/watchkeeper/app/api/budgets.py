"""`/budgets`: how each stands, what may start, what was entered and opened again (FA-56 to FA-60)."""

from datetime import datetime
from decimal import Decimal

from fastapi import APIRouter
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.costs.budgets.desk import Admission
from watchkeeper.costs.budgets.ports import Reached
from watchkeeper.costs.budgets.standing import Standing
from watchkeeper.domain.errors import InvalidInputError

router = APIRouter(prefix="/budgets", tags=["budgets"])


class EntryBody(RequestModel):
    """A cost that no call made."""

    usd: Decimal = Field(max_digits=24, decimal_places=12)
    what: str = Field(max_length=200)
    by: str | None = Field(default=None, max_length=200)
    entry_id: str | None = Field(default=None, min_length=1, max_length=64)
    """Sent again under the same id, it counts once; the server makes one if none is given."""


class EnableBody(RequestModel):
    """A person opens again what a level refuses."""

    by: str = Field(max_length=200)
    reason: str = Field(max_length=1000)


@router.get("")
def list_budgets(services: ServicesDep) -> tuple[Standing, ...]:
    """Every budget in its present period, in the order of the settings."""
    return services.budgets.standings()


@router.get("/admission")
def batch_admission(services: ServicesDep, workload: str) -> Admission:
    """Whether a batch item of a workload may start now."""
    return services.budgets.admission(workload)


@router.get("/events")
def level_events(services: ServicesDep, since: datetime) -> tuple[Reached, ...]:
    """The levels reached from an instant on, oldest first; each once a period."""
    if since.tzinfo is None:
        raise InvalidInputError(f"{since} names no zone", action="write it as 2026-03-01T00:00:00Z")
    return services.budgets.events(since=since)


@router.get("/{name}")
def show_budget(services: ServicesDep, name: str) -> Standing:
    """One budget with its entered costs and its audit."""
    return services.budgets.standing(name)


@router.post("/{name}/entries", status_code=201)
def enter_cost(services: ServicesDep, name: str, body: EntryBody) -> Standing:
    """Count a cost that no call made, in this budget and in every total one."""
    entry_id = body.entry_id or services.ids.trace_id()
    return services.budgets.enter(name, entry_id=entry_id, usd=body.usd, what=body.what, by=body.by)


@router.post("/{name}/enable")
def enable_budget(services: ServicesDep, name: str, body: EnableBody) -> Standing:
    """Open again, until the period ends, all that this budget's levels refuse."""
    return services.budgets.enable(name, by=body.by, reason=body.reason)

"""`/costs`: what was spent by anything, for each unit of work and in a month, and where this one ends."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from watchkeeper.app.api.asked import AskedCalls, AskedTime
from watchkeeper.app.api.dependencies import ServicesDep, StateDep, TelemetryDep
from watchkeeper.app.spending import Spending
from watchkeeper.costs.spending.cost_table import CostTable
from watchkeeper.costs.spending.forecast import Forecast
from watchkeeper.costs.spending.month_review import MonthReview
from watchkeeper.costs.spending.unit_cost import UnitCosts
from watchkeeper.domain.time_range import local_date, month_of
from watchkeeper.telemetry.questions.asked_range import asked_month, asked_zone

router = APIRouter(prefix="/costs", tags=["costs"])


class AskedCosts(AskedCalls):
    """Costs of calls."""

    by: str = Field(
        default="model", description="What to tell apart, with commas: model, workload, agent, day…"
    )


class AskedUnits(AskedTime):
    """Costs of units."""

    workload: str | None = None


def _spending(services: ServicesDep, telemetry: TelemetryDep, state: StateDep) -> Spending:
    return Spending(services=services, telemetry=telemetry, workloads=state.workloads)


SpendingDep = Annotated[Spending, Depends(_spending)]


@router.get("")
def costs(services: ServicesDep, spending: SpendingDep, asked: Annotated[AskedCosts, Query()]) -> CostTable:
    """What groups of model calls cost; of the last 30 days if nothing else is asked."""
    by = tuple(dict.fromkeys(part.strip() for part in asked.by.split(",") if part.strip()))
    return spending.table(asked.which(), during=asked.during(services, default_since="-30d"), by=by)


@router.get("/units")
def units(services: ServicesDep, spending: SpendingDep, asked: Annotated[AskedUnits, Query()]) -> UnitCosts:
    """What a stock, a document or a query costs, and the trend by day; of the last 30 days (FA-72)."""
    return spending.units(during=asked.during(services, default_since="-30d"), workload=asked.workload)


@router.get("/forecast")
def forecast(
    services: ServicesDep, spending: SpendingDep, workload: str | None = None, timezone: str | None = None
) -> Forecast:
    """Where this month ends, how that was reckoned, and how far it may be off."""
    now = services.clock.now()
    zone = asked_zone(timezone, services.settings.timezone)
    return spending.forecast(month_of(local_date(now, zone), zone), now=now, workload=workload)


@router.get("/months/{month}")
def month(
    month: str, services: ServicesDep, spending: SpendingDep, timezone: str | None = None
) -> MonthReview:
    """The review of a month, such as `2026-11` (FA-13)."""
    zone = asked_zone(timezone, services.settings.timezone)
    return spending.month(asked_month(month, zone), now=services.clock.now())

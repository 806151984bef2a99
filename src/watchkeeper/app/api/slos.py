"""`/slos`: what is promised, how much of it may still fail, and how fast that burns."""

from collections.abc import Iterable

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.monitoring.server_monitor import server_measurements
from watchkeeper.app.monitoring.slo_readings import read_budget
from watchkeeper.app.services import Services
from watchkeeper.app.workload import Workload
from watchkeeper.domain.errors import NotFoundError, WatchkeeperError
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.slo.budget import ErrorBudget
from watchkeeper.monitoring.slo.objective import BURN_ALERTS, Objective, burn_rules

router = APIRouter(prefix="/slos", tags=["slos"])


class SloBody(BaseModel):
    """An objective and its budget."""

    slo: str
    workload: str
    name: str
    promise: str
    window_days: float
    budget: ErrorBudget


class BurnBody(BaseModel):
    """One pair of windows."""

    rule: str
    rate: float
    long_s: float
    short_s: float
    severity: str
    burn: float | None
    """The slower of both windows; null is no data."""
    band: str
    problem: str | None


class SloDetail(SloBody):
    """An objective with its burn rates."""

    burns: tuple[BurnBody, ...]


@router.get("")
def list_slos(services: ServicesDep, workload: str | None = None) -> tuple[SloBody, ...]:
    """The objectives that are set, each with its budget."""
    return tuple(
        SloBody.model_validate(_body(services, objective))
        for objective in _objectives(services)
        if workload in {None, objective.workload}
    )


@router.get("/{workload}/{name}")
def show_slo(workload: str, name: str, services: ServicesDep, state: StateDep) -> SloDetail:
    """One objective: its budget, and how fast each pair of windows burns."""
    by_key = {objective.key: objective for objective in _objectives(services)}
    objective = by_key.get(f"{workload}/{name}")
    if objective is None:
        asked = f"{workload}/{name}"[:80]
        raise NotFoundError(f"there is no objective {asked!r}", action=near_names(asked, by_key))
    return SloDetail.model_validate(
        {**_body(services, objective), "burns": _burns(services, state.workloads.values(), objective)}
    )


def _objectives(services: Services) -> tuple[Objective, ...]:
    return tuple(said.to_objective() for said in services.settings.monitoring.slos)


def _body(services: Services, objective: Objective) -> dict[str, object]:
    return {
        "slo": objective.key,
        "workload": objective.workload,
        "name": objective.name,
        "promise": objective.told,
        "window_days": objective.window_days,
        "budget": read_budget(services.telemetry, objective, until=services.clock.now()),
    }


def _burns(services: Services, workloads: Iterable[Workload], objective: Objective) -> tuple[BurnBody, ...]:
    rules = burn_rules(objective)
    figures = server_measurements(services, workloads).figures(rules, until=services.clock.now())
    found = []
    for alert, rule in zip(BURN_ALERTS, rules, strict=True):
        figure = figures[rule.key]
        burn = None if isinstance(figure, WatchkeeperError) else figure
        found.append(
            BurnBody(
                rule=rule.key,
                rate=alert.rate,
                long_s=alert.long_s,
                short_s=alert.short_s,
                severity=alert.severity,
                burn=burn,
                band=str(rule.threshold.band(burn)),
                problem=figure.message if isinstance(figure, WatchkeeperError) else None,
            )
        )
    return tuple(found)

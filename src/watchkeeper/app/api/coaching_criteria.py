"""`/coaching/{workload}/criteria`: whether coaching succeeds, and whether somebody has to step in."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.monitoring.stored_coached_runs import StoredCoachedRuns
from watchkeeper.monitoring.criteria.all_criteria import all_criteria
from watchkeeper.monitoring.criteria.criterion import Criterion

router = APIRouter(prefix="/coaching/{workload}", tags=["coaching"])
_LOOKS_BACK = timedelta(days=30)


@router.get("/criteria")
def criteria(workload: str, services: ServicesDep, state: StateDep) -> tuple[Criterion, ...]:
    """GF-55 to GF-68, computed from what was coached; what nobody coached is no data."""
    now, zone = services.clock.now(), ZoneInfo(services.settings.timezone)
    installed = state.workloads.get(workload)
    runs = StoredCoachedRuns(
        services,
        ignored=frozenset() if installed is None else installed.name_words(),
        plan=services.settings.coaching.plan(workload, zone),
    )
    return all_criteria(runs.history(workload, since=now - _LOOKS_BACK, until=now), now=now, zone=zone)

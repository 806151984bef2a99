"""`/dashboard`: timestamp, metrics, alerts and health of a workload in one answer (HE-59)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.alerts import Alerts, list_alerts
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.health import Healths, show_health
from watchkeeper.app.api.status_metrics import StatusMetrics, status_metrics
from watchkeeper.app.run_files import all_announced

router = APIRouter(prefix="/dashboard", tags=["health"])


class ProcessBody(BaseModel):
    """A process of this data folder that was started, and not stopped."""

    name: str
    running: bool
    """False: it died, and nothing has started it again."""


class Dashboard(BaseModel):
    """All that a board shows first."""

    timestamp: datetime
    metrics: StatusMetrics
    alerts: Alerts
    system_health: Healths
    processes: tuple[ProcessBody, ...]
    """What runs here of what should (FA-02)."""


@router.get("")
def show_dashboard(*, services: ServicesDep, state: StateDep, workload: str | None = None) -> Dashboard:
    """The four parts; of one workload, or of all."""
    return Dashboard(
        timestamp=services.clock.now(),
        metrics=status_metrics(services, workload),
        alerts=list_alerts(services=services, state=state, workload=workload),
        system_health=show_health(services, state, workload),
        processes=tuple(
            ProcessBody(name=one.name, running=one.is_alive()) for one in all_announced(state.data_dir)
        ),
    )

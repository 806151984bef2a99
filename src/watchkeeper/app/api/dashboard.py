"""`/dashboard`: timestamp, metrics, alerts and health of a workload in one answer (HE-59)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.alerts import Alerts, list_alerts
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.health import Healths, show_health
from watchkeeper.app.api.status_metrics import StatusMetrics, status_metrics

router = APIRouter(prefix="/dashboard", tags=["health"])


class Dashboard(BaseModel):
    """All that a board shows first."""

    timestamp: datetime
    metrics: StatusMetrics
    alerts: Alerts
    system_health: Healths


@router.get("")
def show_dashboard(*, services: ServicesDep, state: StateDep, workload: str | None = None) -> Dashboard:
    """The four parts; of one workload, or of all."""
    return Dashboard(
        timestamp=services.clock.now(),
        metrics=status_metrics(services, workload),
        alerts=list_alerts(services=services, state=state, workload=workload),
        system_health=show_health(services, state, workload),
    )

"""`/components`: how the parts of applications do (HE-55)."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from watchkeeper.app.api.asked import AskedTime
from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.telemetry.questions.component_health import (
    FAILING_FROM,
    ComponentHealth,
    component_health,
)

router = APIRouter(prefix="/components", tags=["components"])


class AskedComponents(AskedTime):
    """The components of a workload, or of all."""

    workload: str | None = None
    failing_from: float = Field(default=FAILING_FROM, gt=0, le=1)


@router.get("")
def components(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedComponents, Query()]
) -> tuple[ComponentHealth, ...]:
    """Every component seen lately; of the last 24 hours if nothing else is asked."""
    return component_health(
        telemetry,
        during=asked.during(services),
        workload=asked.workload,
        failing_from=asked.failing_from,
    )

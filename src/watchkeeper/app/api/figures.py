"""`/figures`: what calls add up to, by anything, over time or not, beside the period before."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from watchkeeper.app.api.asked import AskedCalls, asked_dimensions
from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.telemetry.questions.answers import FiguresAnswer
from watchkeeper.telemetry.questions.call_figures import figures_answer
from watchkeeper.telemetry.questions.key_metrics import KeyMetrics, key_metrics
from watchkeeper.telemetry.questions.usage_by import UsageRow, usage_by
from watchkeeper.telemetry.time_steps import Step

router = APIRouter(prefix="/figures", tags=["figures"])


class AskedFigures(AskedCalls):
    """Figures of calls."""

    by: str | None = Field(default=None, description="What to tell apart, with commas: model,agent.")
    step: Step | None = Field(default=None, description="How long a step of time is.")
    compare: bool = Field(default=False, description="Whether the period before is told too.")


@router.get("")
def figures(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedFigures, Query()]
) -> FiguresAnswer:
    """Counts, rates, percentiles, tokens and cost; of the last 24 hours if nothing else is asked."""
    return figures_answer(
        telemetry,
        asked.which(),
        during=asked.during(services),
        by=asked_dimensions(asked.by),
        step=asked.step,
        compare=asked.compare,
    )


@router.get("/key")
def key(services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedCalls, Query()]) -> KeyMetrics:
    """The six figures an operator looks at first, each beside its target (VO-07)."""
    return key_metrics(telemetry, asked.which(), during=asked.during(services))


@router.get("/agents")
def agents(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedCalls, Query()]
) -> tuple[UsageRow, ...]:
    """Calls, tokens and cost of every agent (FA-39)."""
    return usage_by(telemetry, "agent", asked.which(), during=asked.during(services))


@router.get("/query-types")
def query_types(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedCalls, Query()]
) -> tuple[UsageRow, ...]:
    """How the model calls spread over query types."""
    return usage_by(telemetry, "query_type", asked.which(), during=asked.during(services))

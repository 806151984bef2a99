"""`/metrics`: what metrics there are, and any of them over time."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, model_validator

from watchkeeper.app.api.asked import AskedTime, asked_seconds
from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.telemetry.metric_question import MetricName, MetricQuestion
from watchkeeper.telemetry.questions.metric_answer import MetricAnswer, Statistic, metric_answer

router = APIRouter(prefix="/metrics", tags=["metrics"])
_TAG = "tag."


class AskedSeries(AskedTime):
    """A metric over time; `tag.NAME=VALUE` asks for points with that tag only."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(min_length=1)
    workload: str | None = None
    kind: MetricKind | None = None
    statistic: Statistic | None = Field(
        default=None, description="Of a counter the sum, of a histogram p95, else the mean, if not given."
    )
    step: str | None = Field(default=None, description="minute, hour, day, 30s, 5m; fitting if not given.")
    compare: bool = Field(default=False, description="Whether the period before is told too.")

    @model_validator(mode="after")
    def _only_tags_beside(self) -> Self:
        unknown = [name for name in self.model_extra or {} if not name.startswith(_TAG)]
        if unknown:
            raise ValueError(
                f"there is no parameter {unknown[0]!r:.60}; tags are asked for as tag.NAME=VALUE"
            )
        return self

    def tags(self) -> dict[str, str]:
        """The tags points must carry."""
        return {name.removeprefix(_TAG): str(value) for name, value in (self.model_extra or {}).items()}


@router.get("/names")
def names(telemetry: TelemetryDep, workload: str | None = None) -> tuple[MetricName, ...]:
    """The metrics there are points of."""
    return telemetry.metric_names(workload)


@router.get("/series")
def series(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedSeries, Query()]
) -> MetricAnswer:
    """One metric, in steps, with what all its points show together."""
    question = MetricQuestion(name=asked.name, workload=asked.workload, kind=asked.kind, tags=asked.tags())
    return metric_answer(
        telemetry,
        question,
        during=asked.during(services),
        statistic=asked.statistic,
        step_s=asked_seconds(asked.step),
        compare=asked.compare,
    )

"""Series of a metric, and what its points add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.telemetry.questions.answers import AskedRange

Statistic = Literal["mean", "sum", "rate", "p50", "p95", "p99", "min", "max", "count", "last"]
STATISTICS: tuple[Statistic, ...] = (
    "mean",
    "sum",
    "rate",
    "p50",
    "p95",
    "p99",
    "min",
    "max",
    "count",
    "last",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One step of a series."""

    begins: datetime
    value: float | None
    """Null where no point fell into the step."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatistics:
    """What all points asked about show together; null is no data."""

    count: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    last: float | None
    sum: float | None
    per_second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesBefore:
    """The period of the same length before; its points stand for those of the present one, in order."""

    range: AskedRange
    points: tuple[SeriesPoint, ...]
    statistics: SeriesStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAnswer:
    """One metric over time."""

    name: str
    kind: MetricKind | None
    """Null where no point of it is known."""
    unit: str
    statistic: Statistic
    step_s: int
    tags: Mapping[str, str]
    range: AskedRange
    points: tuple[SeriesPoint, ...]
    statistics: SeriesStatistics
    before: SeriesBefore | None

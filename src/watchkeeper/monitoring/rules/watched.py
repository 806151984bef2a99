"""What a rule watches: a figure of calls, a statistic of a metric, a workload's own figure, or a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

CallFigure = Literal[
    "requests",
    "failed",
    "error_rate",
    "success_rate",
    "degraded_rate",
    "cached_rate",
    "average_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cost_usd",
]
CALL_FIGURES: tuple[CallFigure, ...] = get_args(CallFigure)
REQUESTS: CallFigure = "requests"
"""The one figure that is 0 of a window without calls; all others are no data then, failures too: of a
workload that does nothing it is not known whether it would fail."""

MetricStatistic = Literal["count", "sum", "mean", "min", "max", "last", "p50", "p95", "p99"]
METRIC_STATISTICS: tuple[MetricStatistic, ...] = get_args(MetricStatistic)

CallFilterName = Literal["route", "model", "provider", "agent", "operation", "component", "release"]
CALL_FILTERS: tuple[CallFilterName, ...] = get_args(CallFilterName)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCalls:
    """A figure of a workload's calls in a window."""

    figure: CallFigure
    only: Mapping[CallFilterName, str] = field(default_factory=dict)
    """Only calls that have all of these."""

    @property
    def told(self) -> str:
        """As a person reads it."""
        only = "".join(f" {name}={value}" for name, value in sorted(self.only.items()))
        return f"{self.figure} of calls{only}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedMetric:
    """A statistic of a metric's points in a window."""

    name: str
    statistic: MetricStatistic
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """As a person reads it."""
        tags = "".join(f" {name}={value}" for name, value in sorted(self.tags.items()))
        return f"{self.statistic} of {self.name}{tags}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFigure:
    """A figure a workload names, such as the average accuracy of its readers."""

    name: str

    @property
    def told(self) -> str:
        """As a person reads it."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSql:
    """What one SELECT over the window's rows answers: the way out where nothing else says it."""

    text: str
    name: str | None = None
    """What the query is called, where it is one of the named ones."""
    unit: str = ""
    """Of what it answers, where it says so."""

    @property
    def told(self) -> str:
        """As a person reads it."""
        return f"query {self.name}" if self.name else "a query of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedBurn:
    """How fast an objective's budget burns, over the rule's window and a short one: the slower of both."""

    objective: str
    allowed: float
    """The share of calls that may be bad."""
    slower_than_ms: float | None
    """A call that takes longer is bad too."""
    short_s: float
    least_calls: int
    """Calls of the rule's window below which nothing is known."""
    only: Mapping[CallFilterName, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """As a person reads it."""
        return f"burn rate of {self.objective}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedAnomaly:
    """How surprising the last point of a series is: zeros in the chance of one as odd."""

    series: WatchedCalls | WatchedMetric
    every_s: float
    """Seconds a point."""
    detector: str
    chance: float
    """At which a point is told."""
    learn_days: float

    @property
    def told(self) -> str:
        """As a person reads it."""
        return f"anomaly of {self.series.told} by {self.detector}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedModel:
    """Whether a model answers as it did: 1 when it changed silently, 0 when not."""

    model: str
    current_s: float
    reference_s: float

    @property
    def told(self) -> str:
        """As a person reads it."""
        return f"silent change of model {self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedReference:
    """How many columns of a workload's calls are no longer as a reference is."""

    reference: str
    """`name`, or `name@version`."""

    @property
    def told(self) -> str:
        """As a person reads it."""
        return f"columns drifted from {self.reference}"


Watched = (
    WatchedCalls
    | WatchedMetric
    | WatchedFigure
    | WatchedSql
    | WatchedBurn
    | WatchedAnomaly
    | WatchedModel
    | WatchedReference
)


def component_of(watched: Watched) -> str | None:
    """The one component that is watched; None where it is more than one, or none.

    >>> component_of(WatchedCalls(figure="error_rate", only={"component": "ranker"}))
    'ranker'
    """
    match watched:
        case WatchedCalls(only=only) | WatchedBurn(only=only):
            return only.get("component")
        case WatchedMetric(tags=tags):
            return tags.get("component")
        case WatchedAnomaly(series=series):
            return component_of(series)
        case _:
            return None

"""Questions about metrics, and the figures that answer them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.metric_point import Buckets, MetricKind, MetricPoint
from watchkeeper.statistics.quantile_sketch import bucket_of, ranked

NS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuestion:
    """Points of one name, added up by steps of time and by tags."""

    name: str
    workload: str | None = None
    kind: MetricKind | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    """Only points that carry all of these."""
    since_ns: int | None = None
    """At or after this instant, in nanoseconds since the epoch."""
    until_ns: int | None = None
    """Before this instant."""
    step_s: int | None = None
    """Seconds a step, counted from the epoch; None for one figure of all."""
    by: tuple[str, ...] = ()
    """Tags whose values are told apart."""

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InvalidInputError: The step is no number of seconds.
        """
        if self.step_s is not None and not 1 <= self.step_s <= 10**9:
            raise InvalidInputError(
                f"a step of {self.step_s!r} seconds cannot be", action="give a whole number of seconds from 1"
            )

    def matches(self, point: MetricPoint) -> bool:
        """Whether the point is one of those asked for."""
        return (
            point.name == self.name
            and self.workload in {None, point.workload}
            and self.kind in {None, point.kind}
            and (self.since_ns is None or point.ts_ns >= self.since_ns)
            and (self.until_ns is None or point.ts_ns < self.until_ns)
            and all(point.tags.get(tag) == value for tag, value in self.tags.items())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFigures:
    """What the points of one step, kind and set of tags add up to.

    Of a histogram, `count`, `sum`, `min`, `max` and quantiles are those of what it counted.
    """

    begins: datetime | None
    """Where the step begins, aware, UTC; None without steps."""
    kind: MetricKind
    tags: Mapping[str, str | None]
    """The values of the tags told apart."""
    points: int
    count: int
    """Figures: as many as points, except of histograms."""
    sum: float | None
    """None when a histogram did not keep it."""
    min: float | None
    """None when nothing was counted, or a histogram did not keep it."""
    max: float | None
    last: float | None
    """The value of the newest point; None of histograms."""
    sketch: Mapping[int, int]
    """Of figures from 0."""
    below_zero: Mapping[int, int]
    """Sketch of the figures below 0, without their sign."""

    @property
    def mean(self) -> float | None:
        """The mean of the figures; None when there are none or their sum is unknown."""
        return self.sum / self.count if self.count and self.sum is not None else None

    def quantile(self, share: float) -> float | None:
        """The figure below which this share lies: within 1 %, or within the sender's buckets.

        None when nothing was counted.
        """
        below, above = sum(self.below_zero.values()), sum(self.sketch.values())
        if not below + above:
            return None
        rank = int(share * (below + above - 1))
        if rank < below:
            return -ranked(self.below_zero, below - 1 - rank)
        return ranked(self.sketch, rank - below)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricName:
    """A name there are points of."""

    workload: str
    name: str
    kind: MetricKind
    unit: str
    """As it was told first."""
    tags: tuple[str, ...]
    """Names of the tags its points carry, sorted."""
    series: int
    """How many different sets of tags."""


def sketches_of_values(values: Iterable[float]) -> tuple[dict[int, int], dict[int, int]]:
    """The sketch of figures from 0, and that of figures below 0 without their sign."""
    above: dict[int, int] = {}
    below: dict[int, int] = {}
    for value in values:
        side = below if value < 0 else above
        bucket = bucket_of(abs(value))
        side[bucket] = side.get(bucket, 0) + 1
    return above, below


def sketches_of_buckets(buckets: Buckets) -> tuple[dict[int, int], dict[int, int]]:
    """The same of a histogram: each of its buckets counted at its middle, within its least and largest."""
    above: dict[int, int] = {}
    below: dict[int, int] = {}
    for at, count in enumerate(buckets.counts):
        if count:
            figure = _middle(buckets, at)
            side = below if figure < 0 else above
            bucket = bucket_of(abs(figure))
            side[bucket] = side.get(bucket, 0) + count
    return above, below


def _middle(buckets: Buckets, at: int) -> float:
    bounds = buckets.bounds
    low = bounds[at - 1] if at else buckets.min
    high = bounds[at] if at < len(bounds) else buckets.max
    if buckets.min is not None:
        low = buckets.min if low is None else max(low, buckets.min)
    if buckets.max is not None:
        high = buckets.max if high is None else min(high, buckets.max)
    if low is None or high is None:
        known = high if low is None else low
        return 0.0 if known is None else known
    return math.sqrt(low * high) if low > 0 and high > 0 else (low + high) / 2


def metric_order(row: MetricFigures) -> tuple[float, str, list[tuple[bool, str]]]:
    """What figures are sorted by: earliest step, then kind, then tags, None last."""
    begins = 0.0 if row.begins is None else row.begins.timestamp()
    return begins, row.kind, [(value is None, value or "") for value in row.tags.values()]

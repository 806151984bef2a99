"""A metric point: what one series showed at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MetricKind = Literal["counter", "gauge", "histogram", "rate"]
"""How points of a series combine: a counter's deltas add up, a gauge's last value stands, a histogram's
buckets add up, a rate is events a second."""

METRIC_KINDS: tuple[MetricKind, ...] = ("counter", "gauge", "histogram", "rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """What a histogram point counted."""

    count: int
    sum: float | None
    """None where the sender does not keep it."""
    min: float | None = None
    max: float | None = None
    bounds: tuple[float, ...] = ()
    """Upper bounds, inclusive, rising; the last bucket is open."""
    counts: tuple[int, ...] = ()
    """One more than the bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPoint:
    """One row of the metrics table; workload, name, tags, instant and kind are its key."""

    workload: str
    name: str
    kind: MetricKind
    unit: str = ""
    """As UCUM writes it; `""` when it was not told."""
    ts_ns: int
    """Nanoseconds since the epoch; of a delta, its end."""
    start_ns: int | None = None
    """Where a delta begins; None for a gauge."""
    value: float | None = None
    """A counter's delta, a gauge's or rate's value; None for a histogram."""
    buckets: Buckets | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

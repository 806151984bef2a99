"""A series: one metric with one set of tags, as the process itself remembers it (HE-19 to HE-22)."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from watchkeeper.domain.metric_point import Buckets, MetricKind
from watchkeeper.sdk.metrics.window import Window
from watchkeeper.statistics.quantile_sketch import RELATIVE_ERROR, bucket_of

Tags = tuple[tuple[str, str], ...]
"""Sorted by name."""

SHARES = (0.5, 0.95, 0.99)
RATE_OVER_MS = 60_000
"""A rate is told over the last minute: long enough to be steady at one event a second."""
_NS_PER_MS = 1_000_000
_MOST_BOUNDS = 1_000
"""Of one histogram point: ingest takes up to 1,024. Values of a wider spread get wider buckets."""
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A series' statistics panel (HE-21). Figures of no points are None, never 0."""

    count: int
    mean: float | None
    median: float | None
    std: float | None
    """Of a sample (n - 1); None below two points."""
    min: float | None
    max: float | None
    percentiles: Mapping[str, float | None]
    """`p50`, `p95`, `p99`."""
    exact: bool
    """False: median and percentiles are within 1 % of a recorded value; all else is exact always."""
    as_of_ns: int
    """When it was worked out, in nanoseconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a series has to tell since it was last asked."""

    value: float | None = None
    buckets: Buckets | None = None
    begins_ns: int = 0


@dataclass(slots=True)
class _Sent:
    added: int = 0
    total: float = 0.0
    at_ns: int = 0


@dataclass(eq=False, slots=True)
class Series:
    """One series. `record` is safe from any thread."""

    name: str
    kind: MetricKind
    tags: Tags
    unit: str
    elapsed_ns: Callable[[], int]
    now_ns: Callable[[], int]
    window: Window
    total: float = 0.0
    """Sum of all that was ever recorded; a counter's reading."""
    last: float | None = None
    born_ms: int = 0
    held: bool = False
    """Somebody records to it without looking it up each time."""
    refused: int = 0
    """Values that are no numbers, and counts below 0."""
    _lock: Lock = field(default_factory=Lock, repr=False)
    _sent: _Sent = field(default_factory=_Sent, repr=False)
    _kept: tuple[tuple[int, int], int, Statistics] | None = None

    def record(self, value: float) -> bool:
        """Take a value in; False when it is none that this kind takes."""
        if not math.isfinite(value) or (value < 0 and self.kind in {"counter", "rate"}):
            self.refused += 1
            return False
        with self._lock:
            self.window.add(self.elapsed_ns() // _NS_PER_MS, value)
            self.total += value
            self.last = value
        return True

    def reading(self) -> float | None:
        """The one figure its kind stands for: a counter's sum, a gauge's last value, a rate a second.

        None of a histogram, which is a distribution, and of a gauge that has no value yet.
        """
        if self.kind == "counter":
            return self.total
        if self.kind == "rate":
            return self.per_second()
        return self.last if self.kind == "gauge" else None

    def per_second(self) -> float | None:
        """The sum of the last minute's values a second; of the time since the first, when that is shorter."""
        now = self.elapsed_ns() // _NS_PER_MS
        over = min(RATE_OVER_MS, max(1_000, now - self.born_ms))
        with self._lock:
            values = self.window.values_since(now - over)
        return math.fsum(values) / (over / 1000)

    def statistics(self, *, max_age_s: float = 0.0) -> Statistics:
        """The window's statistics.

        Worked out anew only when a point has come or gone since; so what is told is always right, unless the
        caller takes an older one.

        Args:
            max_age_s: How old an answer may be that points have come to since; at most 60.
        """
        with self._lock:
            now = self.elapsed_ns() // _NS_PER_MS
            age_ms = min(max_age_s, 60.0) * 1000
            if self._kept is not None and age_ms > 0 and now - self._kept[1] <= age_ms:
                return self._kept[2]
            self.window.forget(now)
            version = (self.window.added, len(self.window))
            if self._kept is None or self._kept[0] != version:
                self._kept = (version, now, self._worked_out())
            return self._kept[2]

    def quantile(self, share: float) -> float | None:
        """The figure below which this share of the window's values lies; None of no values.

        Raises:
            ValueError: `share` is not from 0 to 1.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a share is from 0 to 1, not {share!r}; 0.95 asks for the 95th percentile")
        with self._lock:
            self.window.forget(self.elapsed_ns() // _NS_PER_MS)
            return self.window.quantiles((share,))[0][0]

    def values(self, *, over_s: float | None = None) -> list[float]:
        """Values of the window, or of its last seconds, oldest first."""
        with self._lock:
            now = self.elapsed_ns() // _NS_PER_MS
            self.window.forget(now)
            return (
                self.window.values() if over_s is None else self.window.values_since(now - int(over_s * 1000))
            )

    def points(self) -> list[tuple[int, float]]:
        """The window's points as nanoseconds since the epoch and value, oldest first."""
        with self._lock:
            now = self.elapsed_ns() // _NS_PER_MS
            self.window.forget(now)
            shift = self.now_ns() - now * _NS_PER_MS
            return [(int(at * _NS_PER_MS) + shift, value) for at, value in self.window.points()]

    def export(self, now_ns: int) -> Exported | None:
        """What has come since the last call; None when there is nothing new to tell."""
        with self._lock:
            new = self.window.added - self._sent.added
            if not new and self.kind != "rate":
                return None
            begins, delta = self._sent.at_ns, self.total - self._sent.total
            values = self.window.newest(new) if self.kind == "histogram" else []
            self._sent = _Sent(self.window.added, self.total, now_ns)
        if self.kind == "counter":
            return Exported(value=delta, begins_ns=begins)
        if self.kind == "gauge":
            return Exported(value=self.last, begins_ns=begins)
        if self.kind == "rate":
            return Exported(value=delta / max((now_ns - begins) / 1e9, 1e-9), begins_ns=begins)
        return Exported(buckets=buckets_of(values), begins_ns=begins)

    def put_back(self, times_ms: Sequence[int], values: Sequence[float], total: float) -> int:
        """Take in points of an earlier process, by milliseconds since the epoch; how many were young enough.

        They come before all others and are not exported again.
        """
        with self._lock:
            now = self.elapsed_ns() // _NS_PER_MS
            shift = now - self.now_ns() // _NS_PER_MS
            oldest = now - self.window.retention_ms
            kept = 0
            for time, value in zip(times_ms, values, strict=True):
                if oldest <= time + shift <= now:
                    self.window.add(time + shift, value)
                    self.last = value
                    kept += 1
            self.total += total
            self._sent.added, self._sent.total = self.window.added, self.total
            return kept

    def is_idle(self, *, exported: bool) -> bool:
        """Whether the window holds nothing and nothing is left to send; a counter, or one in use, is not."""
        with self._lock:
            self.window.forget(self.elapsed_ns() // _NS_PER_MS)
            empty = not len(self.window) and (not exported or self.window.added == self._sent.added)
        return empty and self.kind != "counter" and not self.held

    def begin_exports(self, now_ns: int) -> None:
        """Where the first delta begins."""
        self._sent.at_ns = now_ns

    def _worked_out(self) -> Statistics:
        summary = self.window.summary()
        told, exact = self.window.quantiles(SHARES)
        some = summary.count > 0
        return Statistics(
            count=summary.count,
            mean=summary.mean if some else None,
            median=told[0],
            std=math.sqrt(summary.square_sum / (summary.count - 1)) if summary.count > 1 else None,
            min=summary.low if some else None,
            max=summary.high if some else None,
            percentiles={"p50": told[0], "p95": told[1], "p99": told[2]},
            exact=exact,
            as_of_ns=self.now_ns(),
        )


def buckets_of(values: list[float]) -> Buckets:
    """A distribution in buckets 2 % wide, only those that hold something.

    Wider ones where the values reach over more than four powers of ten without a gap.

    >>> buckets_of([1.0, 1.0, 50.0]).counts
    (0, 2, 0, 1, 0)
    """
    width = 1
    counted, bounds = _counted(values, width)
    while len(bounds) >= _MOST_BOUNDS:
        width *= 2
        counted, bounds = _counted(values, width)
    rising = tuple(sorted(bounds))
    return Buckets(
        count=len(values),
        sum=math.fsum(values),
        min=min(values, default=None),
        max=max(values, default=None),
        bounds=rising,
        counts=(*(counted.get(bound, 0) for bound in rising), 0),
    )


def _counted(values: list[float], width: int) -> tuple[dict[float, int], set[float]]:
    """How many values lie below each upper bound and above the one before, and all bounds."""
    tally: dict[tuple[bool, int], int] = {}
    zeros = 0
    for value in values:
        if value:
            place = (value > 0, bucket_of(abs(value)))
            tally[place] = tally.get(place, 0) + 1
        else:
            zeros += 1
    counted: dict[float, int] = {0.0: zeros} if zeros else {}
    bounds: set[float] = set(counted)
    for (positive, bucket), count in tally.items():
        below, upper = _bounds(-(-bucket // width) * width, width, positive=positive)
        bounds.update((below, upper))
        counted[upper] = counted.get(upper, 0) + count
    return counted, bounds


def _bounds(bucket: int, width: int, *, positive: bool) -> tuple[float, float]:
    """The bounds of a bucket that is `width` of the sketch's."""
    try:
        low, high = _GAMMA ** (bucket - width), _GAMMA**bucket
    except OverflowError:
        low, high = sys.float_info.max / _GAMMA**width, sys.float_info.max
    return (low, high) if positive else (-high, -low)

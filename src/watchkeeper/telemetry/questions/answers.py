"""What the figures of calls are told as: rows, a total, and the period before beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.figures import KnownSum

Step = Literal["minute", "hour", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRange:
    """The time an answer is about."""

    since: datetime
    until: datetime
    """Not included."""
    timezone: str
    """Whose days are meant."""


def asked(range_: TimeRange) -> AskedRange:
    """A range as answers tell it."""
    return AskedRange(since=range_.since, until=range_.until, timezone=range_.zone.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """What the calls of one group, in one step of time, add up to; null is no data."""

    group: Mapping[str, str | None]
    """By dimension; null where calls have none, such as no agent."""
    begins: datetime | None
    """Where the step begins; null where no step was asked for."""
    calls: int
    failed: int
    model_calls: int
    """Those of `calls` that count tokens and cost (law 2)."""
    error_rate: float | None
    """From 0 to 1, as every rate; null without calls."""
    success_rate: float | None
    cached: int
    cache_hit_rate: float | None
    """Of the model calls."""
    degraded: int
    degraded_rate: float | None
    """Answers that were a fallback, of all calls (HE: fallback rate)."""
    calls_per_minute: float | None
    """Over the step, or over the whole time asked about."""
    average_ms: float | None
    max_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    input_tokens: KnownSum[int]
    """`known` is the sum of those told; `unknown` says of how many model calls it was not told."""
    output_tokens: KnownSum[int]
    cache_read_tokens: KnownSum[int]
    cache_write_tokens: KnownSum[int]
    reasoning_tokens: KnownSum[int]
    cost_usd: KnownSum[Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeFigures:
    """The period of the same length before (HE-53); its rows stand for those of the present one, in order."""

    range: AskedRange
    rows: tuple[FigureRow, ...]
    total: FigureRow
    change: Mapping[str, float | None]
    """By figure, the part it grew by since: 0.1 is 10 % more; null where either is not known or it was 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresAnswer:
    """Figures of calls by anything, over time or not."""

    range: AskedRange
    by: tuple[str, ...]
    step: Step | None
    rows: tuple[FigureRow, ...]
    """Without a step most calls first; with one by time, then most calls first; steps without calls too
    where nothing else was asked by."""
    total: FigureRow
    before: BeforeFigures | None

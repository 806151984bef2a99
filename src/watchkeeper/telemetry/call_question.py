"""Questions about calls, and the figures that answer them: sums and latencies of any group and step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.statistics.quantile_sketch import quantile
from watchkeeper.telemetry.figures import CallSummary, Dimension, KnownSum, check_dimensions
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter
from watchkeeper.telemetry.time_steps import Step, zone_of

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestion:
    """Which calls, grouped by what, in which steps of time."""

    which: SpanFilter = EVERYTHING
    by: tuple[Dimension, ...] = ()
    step: Step | None = None
    """None for one figure over all time asked for."""
    timezone: str = "UTC"
    """Whose days and hours are meant, by IANA name."""
    latencies: bool = True
    """False leaves `CallFigures.latency` empty, for a quicker answer."""

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InvalidInputError: A name is no dimension, or there is no such timezone.
        """
        check_dimensions(self.by)
        zone_of(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """What the calls of one group and step add up to; there is none for a step without calls.

    Tokens and cost are those of `model_calls`, whose parts may be unknown (`KnownSum`).
    """

    group: Mapping[Dimension, str | None]
    begins: datetime | None
    """Where the step begins, aware, in the timezone asked for; None without steps."""
    calls: int
    """Spans of every operation."""
    failed: int
    model_calls: int
    """Those of `calls` that count tokens and cost (law 2)."""
    input_tokens: KnownSum[int]
    output_tokens: KnownSum[int]
    cache_read_tokens: KnownSum[int]
    cache_write_tokens: KnownSum[int]
    reasoning_tokens: KnownSum[int]
    cost_usd: KnownSum[Decimal]
    cached: int
    degraded: int
    duration_sum_ns: int
    duration_max_ns: int
    latency: Mapping[int, int]
    """Sketch of all calls' durations in milliseconds (`quantile_sketch`); empty where not asked for."""

    @property
    def error_rate(self) -> float:
        """The share of calls that failed, from 0 to 1."""
        return self.failed / self.calls

    @property
    def average_duration_ms(self) -> float:
        """The mean duration of the group's calls, in milliseconds."""
        return self.duration_sum_ns / self.calls / _NS_PER_MS

    @property
    def max_duration_ms(self) -> float:
        """The longest call, in milliseconds."""
        return self.duration_max_ns / _NS_PER_MS

    def quantile_ms(self, share: float) -> float | None:
        """The duration below which this share of calls lies, within 1 %; None where not asked for."""
        return quantile(self.latency, share)


def figures_order(row: CallFigures) -> tuple[float, int, list[tuple[bool, str]]]:
    """What figures are sorted by: earliest step first, then most calls, then by group, None last."""
    begins = 0.0 if row.begins is None else row.begins.timestamp()
    return begins, -row.calls, [(value is None, value or "") for value in row.group.values()]


def summary_of(figures: CallFigures) -> CallSummary:
    """The part of figures that a summary tells."""
    return CallSummary(
        group=figures.group,
        calls=figures.calls,
        failed=figures.failed,
        model_calls=figures.model_calls,
        input_tokens=figures.input_tokens,
        output_tokens=figures.output_tokens,
        cost_usd=figures.cost_usd,
        duration_sum_ns=figures.duration_sum_ns,
        duration_max_ns=figures.duration_max_ns,
    )

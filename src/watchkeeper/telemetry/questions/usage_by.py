"""How many calls were of which query type, and by which agent their tokens were used (W4-04, FA-39)."""

from dataclasses import dataclass, replace
from decimal import Decimal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.figures import Dimension, KnownSum
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.call_figures import within
from watchkeeper.telemetry.span_filter import SpanFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One agent, model or query type: calls, tokens and cost (FA-39)."""

    name: str | None
    """Null for calls that told of none."""
    calls: int
    failed: int
    share: float
    """Of the calls asked about, from 0 to 1."""
    input_tokens: KnownSum[int]
    output_tokens: KnownSum[int]
    cost_usd: KnownSum[Decimal]


def usage_by(
    store: TelemetryStore, dimension: Dimension, which: SpanFilter, *, during: TimeRange
) -> tuple[UsageRow, ...]:
    """Model calls, each once (law 2), by one dimension; most calls first, nothing without calls."""
    question = CallQuestion(
        which=replace(within(which, during), counted_only=True), by=(dimension,), latencies=False
    )
    found = store.figures(question)
    total = sum(one.calls for one in found)
    return tuple(
        UsageRow(
            name=one.group[dimension],
            calls=one.calls,
            failed=one.failed,
            share=one.calls / total,
            input_tokens=one.input_tokens,
            output_tokens=one.output_tokens,
            cost_usd=replace(one.cost_usd, known=plain_usd(one.cost_usd.known)),
        )
        for one in found
    )

"""Figures of calls, added up one span at a time: what every store's answers are compared with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from decimal import Decimal

from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.statistics.quantile_sketch import bucket_of
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion, figures_order
from watchkeeper.telemetry.figures import KnownSum, dimension_value
from watchkeeper.telemetry.time_steps import step_begins

NS_PER_MS = 1_000_000

CountedSpan = tuple[Span, bool]
"""A span, and False for a client's span whose call a gateway span tells too (law 2)."""


def counted(spans: Sequence[Span], told: Set[tuple[str, str]]) -> list[CountedSpan]:
    """Mark spans by law 2: of a client's span and the gateway span under it, the latter counts.

    Args:
        spans: The spans.
        told: Keys of spans that some gateway span has for its parent.
    """
    return [
        (span, span.receipt_id is not None or (span.trace_id, span.span_id) not in told) for span in spans
    ]


def figures_of(question: CallQuestion, spans: Iterable[CountedSpan]) -> tuple[CallFigures, ...]:
    """The answer to a question over these spans, which its filter has let through."""
    question.check()
    groups: defaultdict[tuple[datetime | None, tuple[str | None, ...]], list[CountedSpan]] = defaultdict(list)
    for span, counts in spans:
        begins = (
            None if question.step is None else step_begins(span.start_ns, question.step, question.timezone)
        )
        group = tuple(dimension_value(span, dimension) for dimension in question.by)
        groups[begins, group].append((span, counts))
    rows = [_figures(question, begins, group, some) for (begins, group), some in groups.items()]
    return tuple(sorted(rows, key=figures_order))


def _figures(
    question: CallQuestion,
    begins: datetime | None,
    group: tuple[str | None, ...],
    some: Sequence[CountedSpan],
) -> CallFigures:
    spans = [span for span, _ in some]
    model_calls = [span for span, counts in some if counts and span.operation in MODEL_OPERATIONS]
    latency: dict[int, int] = {}
    if question.latencies:
        for span in spans:
            bucket = bucket_of(span.duration_ns / NS_PER_MS)
            latency[bucket] = latency.get(bucket, 0) + 1
    return CallFigures(
        group=dict(zip(question.by, group, strict=True)),
        begins=begins,
        calls=len(spans),
        failed=sum(not span.ok for span in spans),
        model_calls=len(model_calls),
        input_tokens=_tokens([span.input_tokens for span in model_calls]),
        output_tokens=_tokens([span.output_tokens for span in model_calls]),
        cache_read_tokens=_tokens([span.cache_read_tokens for span in model_calls]),
        cache_write_tokens=_tokens([span.cache_write_tokens for span in model_calls]),
        reasoning_tokens=_tokens([span.reasoning_tokens for span in model_calls]),
        cost_usd=money_of([span.cost_usd for span in model_calls]),
        cached=sum(span.cached for span in spans),
        degraded=sum(span.degraded for span in spans),
        duration_sum_ns=sum(span.duration_ns for span in spans),
        duration_max_ns=max(span.duration_ns for span in spans),
        latency=latency,
    )


def _tokens(parts: Sequence[int | None]) -> KnownSum[int]:
    known = [part for part in parts if part is not None]
    return KnownSum(known=sum(known), counted=len(known), unknown=len(parts) - len(known))


def money_of(parts: Sequence[Decimal | None]) -> KnownSum[Decimal]:
    """Amounts added up, those that are not known counted apart."""
    known = [part for part in parts if part is not None]
    return KnownSum(known=sum(known, Decimal(0)), counted=len(known), unknown=len(parts) - len(known))

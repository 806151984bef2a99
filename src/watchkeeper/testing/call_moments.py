"""Count, mean and scatter of calls, counted over spans in memory."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_moments import LEAST_COST, CallMoments, MomentsQuestion, moments_of, unit_of

SpanKey = tuple[str, str]


def call_moments_of(
    question: MomentsQuestion, spans: Iterable[Span], verdicts: Mapping[SpanKey, float]
) -> CallMoments:
    """The answer over spans that the filter has let through, and the verdict that counts of each call."""
    figures: dict[str, defaultdict[str, list[float]]] = {
        name: defaultdict(list) for name in ("quality", "errors", "latency", "cost")
    }
    calls = answered = unpriced = 0
    units: set[str] = set()
    for span in spans:
        key = (span.trace_id, span.span_id)
        unit = unit_of(span) if question.by_subject else "/".join(key)
        calls += 1
        units.add(unit)
        figures["errors"][unit].append(0.0 if span.ok else 1.0)
        if key in verdicts:
            figures["quality"][unit].append(verdicts[key])
        if not span.ok:
            continue
        answered += 1
        if span.duration_ns > 0:
            figures["latency"][unit].append(math.log(span.duration_ns))
        if span.cost_usd is None:
            unpriced += 1
        else:
            figures["cost"][unit].append(math.log(max(float(span.cost_usd), LEAST_COST)))
    return CallMoments(
        calls=calls,
        units=len(units),
        answered=answered,
        unpriced=unpriced,
        **{name: moments_of(some) for name, some in figures.items()},
    )

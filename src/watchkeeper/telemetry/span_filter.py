"""Which spans a question is about."""

from dataclasses import dataclass

from watchkeeper.domain.span import ARM_ATTRIBUTE, EXPERIMENT_ATTRIBUTE, MODEL_OPERATIONS, Span

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanFilter:
    """Spans for which everything given holds; None asks nothing."""

    workload: str | None = None
    content_sha256s: frozenset[str] | None = None
    """Spans whose prompt or reply is one of these pieces of content."""
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    model: str | None = None
    target: str | None = None
    ok: bool | None = None
    error_code: str | None = None
    operation: str | None = None
    provider: str | None = None
    route: str | None = None
    release: str | None = None
    component: str | None = None
    conversation_id: str | None = None
    query_type: str | None = None
    trace_id: str | None = None
    experiment: str | None = None
    """Calls that took part in this experiment."""
    arm: str | None = None
    """Of the experiment."""
    cached: bool | None = None
    degraded: bool | None = None
    since_ns: int | None = None
    """Start at or after this instant, in nanoseconds since the epoch."""
    until_ns: int | None = None
    """Start before this instant, in nanoseconds since the epoch."""
    min_duration_ms: float | None = None
    """Took at least so long."""
    model_operations_only: bool = False
    """Only the operations that count tokens and cost, whichever of them."""
    gateway_only: bool = False
    """Only calls the gateway made: those with a receipt."""
    counted_only: bool = False
    """Only model operations that count: of a client's span and its gateway span, the latter (law 2)."""

    def matches(self, span: Span, *, counts: bool = True) -> bool:
        """Whether the span is one of those asked for.

        Args:
            span: The span.
            counts: False for a client's span whose call a gateway span tells too.
        """
        asked = self.content_sha256s
        if asked is not None and asked.isdisjoint((span.prompt_sha256, span.response_sha256)):
            return False
        equal = (
            (self.workload, span.workload),
            (self.run_id, span.run_id),
            (self.item_id, span.item_id),
            (self.agent, span.agent),
            (self.model, span.model),
            (self.target, span.target),
            (self.ok, span.ok),
            (self.error_code, span.error_code),
            (self.operation, span.operation),
            (self.provider, span.provider),
            (self.route, span.route),
            (self.release, span.release),
            (self.component, span.component),
            (self.conversation_id, span.conversation_id),
            (self.query_type, span.query_type),
            (self.trace_id, span.trace_id),
            (self.experiment, span.attributes.get(EXPERIMENT_ATTRIBUTE)),
            (self.arm, span.attributes.get(ARM_ATTRIBUTE)),
            (self.cached, span.cached),
            (self.degraded, span.degraded),
        )
        model_operation = span.operation in MODEL_OPERATIONS
        return (
            all(wanted is None or wanted == found for wanted, found in equal)
            and (self.since_ns is None or span.start_ns >= self.since_ns)
            and (self.until_ns is None or span.start_ns < self.until_ns)
            and (self.min_duration_ms is None or span.duration_ns >= self.min_duration_ms * _NS_PER_MS)
            and (not self.model_operations_only or model_operation)
            and (not self.gateway_only or span.receipt_id is not None)
            and (not self.counted_only or (model_operation and counts))
        )


EVERYTHING = SpanFilter()
"""Every span there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanPlace:
    """Where a page of newest spans ended: what `newest` goes on after."""

    start_ns: int
    trace_id: str
    span_id: str

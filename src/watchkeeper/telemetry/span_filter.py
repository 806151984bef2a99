"""Which spans a question is about."""

from dataclasses import dataclass

from watchkeeper.domain.span import MODEL_OPERATIONS, Span


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
    since_ns: int | None = None
    """Start at or after this instant, in nanoseconds since the epoch."""
    until_ns: int | None = None
    """Start before this instant, in nanoseconds since the epoch."""
    model_operations_only: bool = False
    """Only the operations that count tokens and cost, whichever of them."""

    def matches(self, span: Span) -> bool:
        """Whether the span is one of those asked for."""
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
        )
        return (
            all(wanted is None or wanted == found for wanted, found in equal)
            and (self.since_ns is None or span.start_ns >= self.since_ns)
            and (self.until_ns is None or span.start_ns < self.until_ns)
            and (not self.model_operations_only or span.operation in MODEL_OPERATIONS)
        )


EVERYTHING = SpanFilter()
"""Every span there is."""

"""A call as lists and traces show it: a span without what only its own page has room for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.minutes import instant_of

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One line of a list of calls; None is not known or not so."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    operation: str
    is_model_call: bool
    """Whether it is of those that count tokens and cost (law 2)."""
    workload: str
    started_at: datetime
    """In UTC, to the microsecond."""
    start_ns: int
    duration_ms: float
    ok: bool
    error_code: str | None
    error_message: str | None
    http_status: int | None
    finish_reason: str | None
    provider: str | None
    model: str | None
    route: str | None
    target: str | None
    release: str | None
    agent: str | None
    component: str | None
    run_id: str | None
    item_id: str | None
    conversation_id: str | None
    query_type: str | None
    attempt: int | None
    ttft_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: Decimal | None
    cached: bool
    degraded: bool
    receipt_id: str | None
    """Told by the gateway; None came by telemetry alone."""
    prompt_preview: str | None
    reply_preview: str | None
    snippet: str | None
    """What a search found, with a little around it; null where nothing was searched for."""


def call_row(span: Span, *, snippet: str | None = None) -> CallRow:
    """The line of a span."""
    return CallRow(
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        name=span.name,
        operation=span.operation,
        is_model_call=span.operation in MODEL_OPERATIONS,
        workload=span.workload,
        started_at=instant_of(span.start_ns),
        start_ns=span.start_ns,
        duration_ms=span.duration_ns / _NS_PER_MS,
        ok=span.ok,
        error_code=span.error_code,
        error_message=span.error_message,
        http_status=span.http_status,
        finish_reason=span.finish_reason,
        provider=span.provider,
        model=span.model,
        route=span.route,
        target=span.target,
        release=span.release,
        agent=span.agent,
        component=span.component,
        run_id=span.run_id,
        item_id=span.item_id,
        conversation_id=span.conversation_id,
        query_type=span.query_type,
        attempt=span.attempt,
        ttft_ms=span.ttft_ms,
        input_tokens=span.input_tokens,
        output_tokens=span.output_tokens,
        cache_read_tokens=span.cache_read_tokens,
        cache_write_tokens=span.cache_write_tokens,
        reasoning_tokens=span.reasoning_tokens,
        cost_usd=None if span.cost_usd is None else plain_usd(span.cost_usd),
        cached=span.cached,
        degraded=span.degraded,
        receipt_id=span.receipt_id,
        prompt_preview=span.prompt_preview,
        reply_preview=span.reply_preview,
        snippet=snippet,
    )

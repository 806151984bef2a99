"""A span: one timed operation of a trace, in neutral columns (names of providers' SDKs stay at the edge)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from watchkeeper.domain.receipt import Receipt

MODEL_OPERATIONS = frozenset({"chat", "generate_content", "text_completion", "embeddings"})
"""The only operations that count tokens and cost (law 2)."""

EXPERIMENT_ATTRIBUTE = "watchkeeper.experiment"
"""The experiment a call took part in, among a span's attributes: few calls do."""
ARM_ATTRIBUTE = "watchkeeper.arm"
SUBJECT_ATTRIBUTE = "watchkeeper.subject_sha256"
"""Whom such a call was for."""

_NS_PER_MS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One row of the telemetry store; `(trace_id, span_id)` is its key."""

    trace_id: str
    span_id: str
    parent_span_id: str | None = None
    name: str
    operation: str
    workload: str
    start_ns: int
    """Nanoseconds since the epoch."""
    duration_ns: int
    ok: bool
    error_code: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    route: str | None = None
    target: str | None = None
    provider: str | None = None
    model: str | None = None
    release: str | None = None
    attempt: int | None = None
    finish_reason: str | None = None
    ttft_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: Decimal | None = None
    cached: bool = False
    degraded: bool = False
    json_ok: bool | None = None
    schema_ok: bool | None = None
    receipt_id: str | None = None
    prompt_sha256: str | None = None
    response_sha256: str | None = None
    document_sha256: str | None = None
    component: str | None = None
    """The part of an application that did the work."""
    conversation_id: str | None = None
    query_type: str | None = None
    prompt_preview: str | None = None
    """Redacted, at most 200 characters (law 10); None where content is opted out or was not sent."""
    reply_preview: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)


def span_of_receipt(receipt: Receipt) -> Span:
    """The span a receipt stands for: same ids, so that telemetry counts the call once.

    Raises:
        ValueError: `ts` is no instant with an offset, or a number is no number.
        ArithmeticError: A number is too large, or the cost no decimal.
    """
    ended = datetime.fromisoformat(receipt.ts)
    if ended.tzinfo is None:
        raise ValueError(f"ts {receipt.ts!r} has no offset from UTC")
    end_ns = (ended - _EPOCH) // _MICROSECOND * 1000
    latency_ms: object = receipt.latency_ms
    if not isinstance(latency_ms, int | float):
        raise ValueError(f"latency_ms is no number: {latency_ms!r:.40}")
    duration_ns = int(latency_ms * _NS_PER_MS)
    return Span(
        trace_id=receipt.trace_id,
        span_id=receipt.span_id,
        parent_span_id=receipt.parent_span_id,
        name=f"{receipt.operation} {receipt.model}",
        operation=receipt.operation,
        workload=receipt.workload,
        start_ns=end_ns - duration_ns,
        duration_ns=duration_ns,
        ok=receipt.error is None,
        error_code=receipt.error_code,
        error_message=receipt.error,
        http_status=receipt.http_status,
        run_id=receipt.run_id,
        item_id=receipt.item_id,
        agent=receipt.agent,
        route=receipt.route,
        target=receipt.target,
        provider=receipt.provider,
        model=receipt.model,
        release=receipt.release,
        attempt=receipt.attempt,
        finish_reason=receipt.finish_reason,
        ttft_ms=receipt.ttft_ms,
        input_tokens=receipt.input_tokens,
        output_tokens=receipt.output_tokens,
        cache_read_tokens=receipt.cache_read_tokens,
        cache_write_tokens=receipt.cache_write_tokens,
        reasoning_tokens=receipt.reasoning_tokens,
        cost_usd=None if receipt.cost_usd is None else Decimal(receipt.cost_usd),
        cached=receipt.cached,
        degraded=receipt.degraded,
        json_ok=receipt.json_ok,
        schema_ok=receipt.schema_ok,
        receipt_id=receipt.receipt_id,
        prompt_sha256=receipt.prompt_sha256,
        response_sha256=receipt.response_sha256,
        document_sha256=receipt.document_sha256,
        attributes=_exposure(receipt),
    )


def _exposure(receipt: Receipt) -> dict[str, object]:
    if receipt.experiment is None:
        return {}
    told = {
        EXPERIMENT_ATTRIBUTE: receipt.experiment,
        ARM_ATTRIBUTE: receipt.arm,
        SUBJECT_ATTRIBUTE: receipt.subject_sha256,
    }
    return {name: value for name, value in told.items() if value is not None}

"""The receipt of an attempt, and of a call that was refused before any."""

import hashlib
from dataclasses import dataclass
from typing import Any

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import TargetError, WatchkeeperError
from watchkeeper.domain.money import Cost, usd_text
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.baseline import BASELINE, EngineRun
from watchkeeper.gateway.fingerprint import answer_sha256
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD, Caller

_ERROR_CHARACTERS = 500
"""Of an error's text; a receipt stays a line of about a kilobyte."""
NOBODY = "none"
"""Target and provider of a call that was refused before anybody was asked."""


@dataclass(slots=True, kw_only=True)
class Told:
    """What every receipt of one call says alike."""

    caller: Caller
    trace_id: str
    operation: str
    stream: bool
    route: str | None = None
    """Once it is known where the call goes."""
    prompt_sha256: str | None = None


def _alike(told: Told, clock: Clock) -> dict[str, Any]:
    """The columns that every receipt of a call has alike, and the instant."""
    caller = told.caller
    return {
        "ts": clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "trace_id": told.trace_id,
        "parent_span_id": caller.parent_span_id,
        "workload": caller.workload or DEFAULT_WORKLOAD,
        "run_id": caller.run_id,
        "item_id": caller.item_id,
        "agent": caller.agent,
        "route": told.route,
        "operation": told.operation,
        "key_id": caller.key_id,
        "prompt_sha256": told.prompt_sha256,
        "document_sha256": caller.document_sha256,
        **_exposure(caller),
    }


def _exposure(caller: Caller) -> dict[str, str | None]:
    """That the call took part in an experiment; whom it was for is told by a hash."""
    if caller.experiment is None:
        return {}
    subject = caller.subject
    return {
        "experiment": caller.experiment,
        "arm": caller.arm,
        "subject_sha256": None
        if subject is None
        else hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def attempt_receipt(
    told: Told, made: Attempted, *, first_receipt_id: str | None, response_sha256: str | None, clock: Clock
) -> Receipt:
    """The receipt of an attempt that is over.

    Args:
        told: What the call's receipts say alike.
        made: The attempt.
        first_receipt_id: Of the call's first attempt; None when this is it.
        response_sha256: Of the answer's text.
        clock: Where the time comes from.
    """
    facts, cost = made.facts, made.cost or Cost(usd=None)
    usage = facts.usage if facts else None
    return Receipt(
        **_alike(told, clock),
        receipt_id=made.receipt_id,
        span_id=made.span_id,
        parent_receipt_id=first_receipt_id,
        target=made.target.name,
        provider=made.target.provider,
        model=(facts.model if facts else "") or made.asked_model,
        release=told.caller.release,
        attempt=made.number,
        stream=made.stream,
        http_status=made.http_status,
        finish_reason=facts.finish_reason if facts else None,
        latency_ms=made.latency_ms,
        ttft_ms=made.ttft_ms,
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        cache_read_tokens=usage.cache_read_tokens if usage else None,
        cache_write_tokens=usage.cache_write_tokens if usage else None,
        reasoning_tokens=usage.reasoning_tokens if usage else None,
        cost_usd=None if cost.usd is None else usd_text(cost.usd),
        cost_source=cost.source,
        price_version=cost.price_version,
        degraded=made.degraded,
        json_ok=made.json_ok,
        schema_ok=made.schema_ok,
        error=_error_text(made.error),
        error_code=made.error.code if made.error else None,
        response_sha256=response_sha256,
    )


def refusal_receipt(
    told: Told, error: WatchkeeperError, *, model: str, latency_ms: float, clock: Clock, ids: IdSource
) -> Receipt:
    """The receipt of a call that was refused before any target was asked: it cost nothing."""
    return Receipt(
        **_alike(told, clock),
        receipt_id=ids.trace_id(),
        span_id=ids.span_id(),
        target=NOBODY,
        provider=NOBODY,
        model=model[:200] or NOBODY,
        release=told.caller.release,
        stream=told.stream,
        http_status=error.http_status if isinstance(error, TargetError) else None,
        latency_ms=latency_ms,
        cost_usd="0",
        cost_source="unspent",
        error=_error_text(error),
        error_code=error.code,
    )


def baseline_receipt(
    told: Told,
    run: EngineRun,
    *,
    number: int,
    first_receipt_id: str | None,
    degraded: bool,
    clock: Clock,
    ids: IdSource,
) -> Receipt:
    """The receipt of a baseline engine's run: it cost nothing, and no status came over HTTP."""
    engine = run.engine
    return Receipt(
        **_alike(told, clock),
        receipt_id=ids.trace_id(),
        span_id=ids.span_id(),
        parent_receipt_id=first_receipt_id,
        target=engine.name,
        provider=BASELINE,
        model=engine.name,
        # Without a release, what decides an engine's answer is the version of the engine.
        release=told.caller.release or engine.version,
        attempt=number,
        finish_reason="stop" if run.answered else None,
        latency_ms=run.latency_ms,
        cost_usd="0",
        cost_source=BASELINE,
        degraded=degraded,
        schema_ok=run.schema_ok,
        error=_error_text(run.error),
        error_code=run.error.code if run.error else None,
        response_sha256=answer_sha256(run.answer) if run.answered else None,
    )


def cached_receipt(
    told: Told,
    *,
    target: str,
    provider: str,
    model: str,
    receipt_id: str,
    span_id: str,
    latency_ms: float,
    clock: Clock,
) -> Receipt:
    """The receipt of an answer from the cache: nobody was asked, no token counted, and it cost nothing."""
    return Receipt(
        **_alike(told, clock),
        receipt_id=receipt_id,
        span_id=span_id,
        target=target,
        provider=provider,
        model=model,
        release=told.caller.release,
        stream=told.stream,
        latency_ms=latency_ms,
        cost_usd="0",
        cost_source="cache",
        cached=True,
    )


def _error_text(error: WatchkeeperError | None) -> str | None:
    return None if error is None else f"{error.code}: {error.message}"[:_ERROR_CHARACTERS]

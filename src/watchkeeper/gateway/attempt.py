"""One attempt at a call: what the target answered, judged, and the receipt it leaves."""

import logging
from dataclasses import dataclass, replace

from watchkeeper.domain.call import ModelCall, Reply
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import BrokenJsonError, TargetError, TargetRefusedError, WatchkeeperError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.baseline import BASELINE, place_of
from watchkeeper.gateway.call_content import kept_prompt, kept_response
from watchkeeper.gateway.ports import ContentSink, Target
from watchkeeper.gateway.strict_json import JsonSchema, parse_strictly

REFUSALS = frozenset({"refusal", "content_filter"})
"""Finish reasons of an answer that declines to answer."""
CUT_SHORT = "length"
"""Finish reason of an answer that reached its most tokens."""

_ERROR_CHARACTERS = 500
"""Of an error's text in a receipt; a receipt stays a line of about a kilobyte."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Attempt:
    """What became of one attempt."""

    reply: Reply | None = None
    """What was answered, also when it was judged a failure."""
    error: WatchkeeperError | None = None
    json_ok: bool | None = None
    schema_ok: bool | None = None
    latency_ms: float = 0.0


def attempt(target: Target, call: ModelCall, *, clock: Clock) -> Attempt:
    """Send the call once, time it and judge the answer."""
    made = Attempt()
    started_s = clock.monotonic()
    try:
        schema = None if call.json_schema is None else JsonSchema(call.json_schema)
        started_s = clock.monotonic()
        made.reply = target.send(call)
        made.latency_ms = _ms_since(started_s, clock)
        _judge(made, target, call, schema)
    except WatchkeeperError as failed:
        made.error = failed
    except Exception as defect:  # noqa: BLE001 - a call ends here, and a defect is one more way to fail
        _log.exception("target %r failed by a defect", target.name)
        made.error = WatchkeeperError(
            f"target {target.name!r} failed by a defect: {place_of(defect)}",
            action="report it; the log holds the whole trace",
        )
    if made.reply is None:
        made.latency_ms = _ms_since(started_s, clock)
    return made


def _ms_since(started_s: float, clock: Clock) -> float:
    return round((clock.monotonic() - started_s) * 1000, 3)


def _judge(made: Attempt, target: Target, call: ModelCall, schema: JsonSchema | None) -> None:
    reply = made.reply
    if reply is None:
        return
    if schema is not None and target.provider != BASELINE:
        made.json_ok = False  # until it has been read
    if reply.finish_reason in REFUSALS:
        raise TargetRefusedError(
            f"target {target.name!r} declined to answer ({reply.finish_reason})",
            action="reword the instruction, or use another target",
            http_status=reply.http_status,
        )
    if schema is None:
        return
    if target.provider == BASELINE:
        answer = reply.parsed
    else:
        if reply.finish_reason == CUT_SHORT:
            raise BrokenJsonError(
                f"the answer was cut after {call.max_output_tokens} tokens, so it is not whole JSON",
                action="raise max_output_tokens, or ask for fewer fields in one call",
            )
        answer = parse_strictly(reply.text)
        made.json_ok = True
    made.schema_ok = False
    schema.check(answer)
    made.schema_ok = True
    made.reply = replace(reply, parsed=answer)


def receipt_of(
    made: Attempt,
    call: ModelCall,
    target: Target,
    *,
    clock: Clock,
    ids: IdSource,
    number: int,
    first: Receipt | None,
    content: ContentSink | None = None,
) -> Receipt:
    """The receipt of an attempt that has just ended.

    Args:
        made: The attempt.
        call: The call, its trace id given.
        target: Who was asked.
        clock: Where the time comes from.
        ids: Where ids come from.
        number: Which attempt it was, from 1.
        first: The receipt of the call's first attempt; None when this is it.
        content: Where what was asked and answered is kept; None keeps neither.
    """
    reply, error = made.reply, made.error
    usage = reply.usage if reply else None
    free = target.provider == BASELINE
    return Receipt(
        receipt_id=ids.trace_id(),
        ts=clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
        trace_id=call.trace_id or ids.trace_id(),
        span_id=ids.span_id(),
        parent_span_id=call.parent_span_id,
        parent_receipt_id=first.receipt_id if first else None,
        workload=call.workload,
        run_id=call.run_id,
        item_id=call.item_id,
        agent=call.agent,
        route=call.route,
        operation=call.operation,
        target=target.name,
        provider=target.provider,
        model=reply.model if reply else target.model,
        release=call.release if target.release is None else target.release,
        attempt=number,
        http_status=_http_status(made),
        finish_reason=reply.finish_reason if reply else None,
        latency_ms=made.latency_ms,
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        cache_read_tokens=usage.cache_read_tokens if usage else None,
        cache_write_tokens=usage.cache_write_tokens if usage else None,
        reasoning_tokens=usage.reasoning_tokens if usage else None,
        cost_usd="0" if free else None,
        cost_source=BASELINE if free else None,
        json_ok=made.json_ok,
        schema_ok=made.schema_ok,
        error=f"{error.code}: {error.message}"[:_ERROR_CHARACTERS] if error else None,
        error_code=error.code if error else None,
        prompt_sha256=first.prompt_sha256 if first else kept_prompt(call, content),
        response_sha256=kept_response(call, reply, content) if reply else None,
        document_sha256=call.document_sha256,
    )


def _http_status(made: Attempt) -> int | None:
    if made.reply is not None:
        return made.reply.http_status
    return made.error.http_status if isinstance(made.error, TargetError) else None

"""What an answer is held to: whether it is the JSON that was asked for, and whether it answers at all."""

from watchkeeper.domain.errors import (
    BrokenJsonError,
    InvalidInputError,
    SchemaMismatchError,
    TargetRefusedError,
    WatchkeeperError,
)
from watchkeeper.gateway.dialects import ReplyFacts
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.strict_json import JsonSchema, parse_strictly

CUT_SHORT = "length"
"""Finish reason of an answer that reached its most tokens."""
REFUSALS = frozenset({"refusal", "content_filter"})
"""Finish reasons of an answer that declines to answer."""


def check_answer(made: Attempted, request: ClientRequest) -> None:
    """Hold an answer to what was asked for.

    Whoever asked through HTTP sees the answer as it is and judges it: of JSON it is noted whether it is
    any. Under strict terms an answer that declines, is none, or breaks its JSON or schema has failed.
    """
    if made.error is not None or made.facts is None:
        return
    if not request.terms.strict:
        _note_json(made, made.facts, request)
        return
    try:
        _hold_to(made, made.facts, request)
    except WatchkeeperError as failure:
        made.error = failure


def _note_json(made: Attempted, reply: ReplyFacts, request: ClientRequest) -> None:
    if reply.tool_calls or not _asks_for_json(request):
        return
    made.json_ok = False
    try:
        _check_json(made, reply, request)
    except (BrokenJsonError, SchemaMismatchError):
        return
    except InvalidInputError:
        made.schema_ok = None  # no schema to hold it to: unknown, not wrong


def _hold_to(made: Attempted, reply: ReplyFacts, request: ClientRequest) -> None:
    asks_for_json = _asks_for_json(request)
    if asks_for_json:
        made.json_ok = False  # until it has been read
    if reply.refusal is not None or reply.finish_reason in REFUSALS:
        raise TargetRefusedError(
            f"target {made.target.name!r} declined to answer"
            f" ({'refusal' if reply.refusal is not None else reply.finish_reason})",
            action="reword the instruction, or use another target",
            http_status=made.http_status,
        )
    if asks_for_json and reply.finish_reason == CUT_SHORT:
        most = request.facts.max_output_tokens
        raise BrokenJsonError(
            f"the answer was cut after {most or 'its most'} tokens, so it is not whole JSON",
            action="raise max_output_tokens, or ask for fewer fields in one call",
        )
    if reply.says_nothing and reply.finish_reason != CUT_SHORT:
        raise made.target.malformed("its message has no text", http_status=made.http_status or 0)
    if asks_for_json:
        _check_json(made, reply, request)


def _asks_for_json(request: ClientRequest) -> bool:
    return request.facts.json_schema is not None or request.facts.is_json_mode


def _check_json(made: Attempted, reply: ReplyFacts, request: ClientRequest) -> None:
    parsed = parse_strictly(reply.text)
    made.json_ok = True
    if request.facts.json_schema is None:
        return
    made.schema_ok = False
    JsonSchema(request.facts.json_schema).check(parsed)
    made.schema_ok = True

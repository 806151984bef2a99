"""What is noted of an answer that had to be JSON: whether it is, and whether it fits its schema."""

from watchkeeper.domain.errors import BrokenJsonError, InvalidInputError, SchemaMismatchError
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.strict_json import JsonSchema, parse_strictly

CUT_SHORT = "length"


def check_answer(made: Attempted, request: ClientRequest) -> None:
    """Note on the attempt whether a JSON answer is one; the answer itself goes out as it is.

    Whoever asked through HTTP sees the text and judges it; a workload's call fails where this says no.
    """
    facts = request.facts
    reply = made.facts
    if made.error is not None or reply is None or reply.tool_calls:
        return
    if facts.json_schema is None and not facts.is_json_mode:
        return
    try:
        parsed = parse_strictly(reply.text)
    except BrokenJsonError:
        made.json_ok = False
        return
    made.json_ok = True
    if facts.json_schema is None:
        return
    try:
        JsonSchema(facts.json_schema).check(parsed)
    except SchemaMismatchError:
        made.schema_ok = False
    except InvalidInputError:
        return  # no schema to hold it to: unknown, not wrong
    else:
        made.schema_ok = True

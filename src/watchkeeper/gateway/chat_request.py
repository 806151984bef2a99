"""A workload's call as the request that every other client would send: an OpenAI chat completion."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from watchkeeper.domain.call import ImagePart, Message, ModelCall, TextPart
from watchkeeper.gateway.dialects import Dialect, Operation, read_request
from watchkeeper.gateway.relay.caller import Caller
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.relay.terms import Terms
from watchkeeper.gateway.strict_json import JsonSchema

_NOT_IN_SCHEMA_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_SCHEMA_NAME_CHARACTERS = 64
"""What the dialect allows for the name of a schema."""


def chat_request(call: ModelCall, *, trace_id: str, terms: Terms) -> ClientRequest:
    """The request a call makes.

    Its body is plain ASCII: text taken from documents may hold lone surrogates, which no UTF-8 can carry.

    Args:
        call: What to ask.
        trace_id: The call's trace.
        terms: What the relay holds it to.

    Raises:
        InvalidInputError: Its schema is none, or it has no messages.
    """
    if call.json_schema is not None:
        JsonSchema(call.json_schema)
    body = _body(call)
    return ClientRequest(
        dialect=Dialect.OPENAI,
        operation=Operation.CHAT,
        raw=json.dumps(body, separators=(",", ":")).encode(),
        body=body,
        facts=read_request(Dialect.OPENAI, body, operation=Operation.CHAT),
        caller=caller_of(call, trace_id=trace_id),
        terms=terms,
    )


def caller_of(call: ModelCall, *, trace_id: str) -> Caller:
    """Who makes the call."""
    return Caller(
        workload=call.workload,
        run_id=call.run_id,
        item_id=call.item_id,
        agent=call.agent,
        release=call.release,
        subject=call.subject,
        experiment=call.experiment,
        arm=call.arm,
        trace_id=trace_id,
        parent_span_id=call.parent_span_id,
        document_sha256=call.document_sha256,
    )


def _body(call: ModelCall) -> dict[str, Any]:
    # `in_newest_words` relies on this order: the most tokens stand before any schema.
    body: dict[str, Any] = {
        "model": call.target,
        "messages": [_message(message) for message in call.messages],
        "temperature": call.temperature,
        "max_tokens": call.max_output_tokens,
        "stream": False,
    }
    if call.json_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": _NOT_IN_SCHEMA_NAMES.sub("_", call.agent or "answer")[:_SCHEMA_NAME_CHARACTERS],
                "strict": True,
                "schema": json.loads(json.dumps(call.json_schema, default=_as_dict)),
            },
        }
    return body


def _as_dict(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _message(message: Message) -> dict[str, Any]:
    # Plain text stays a plain string: some servers take nothing else in a system message.
    if all(isinstance(part, TextPart) for part in message.parts):
        text = "\n\n".join(part.text for part in message.parts if isinstance(part, TextPart))
        return {"role": message.role, "content": text}
    return {"role": message.role, "content": [_part(part) for part in message.parts]}


def _part(part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    data = base64.b64encode(part.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}

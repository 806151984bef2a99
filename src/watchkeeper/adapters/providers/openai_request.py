"""A call in the OpenAI chat completions dialect."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from watchkeeper.domain.call import ImagePart, Message, ModelCall, TextPart

_NOT_IN_SCHEMA_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_SCHEMA_NAME_CHARACTERS = 64
"""What the dialect allows for the name of a schema."""


def request_body(call: ModelCall, *, model: str, output_limit_field: str) -> bytes:
    """The body to post.

    It is plain ASCII: text taken from documents may hold lone surrogates, which no UTF-8 can carry.

    Args:
        call: What to ask.
        model: The model's name, as the provider knows it.
        output_limit_field: How this provider calls the most tokens of an answer.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in call.messages],
        "temperature": call.temperature,
        output_limit_field: call.max_output_tokens,
        "stream": False,
    }
    if call.json_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": _NOT_IN_SCHEMA_NAMES.sub("_", call.agent or "answer")[:_SCHEMA_NAME_CHARACTERS],
                "strict": True,
                "schema": call.json_schema,
            },
        }
    return json.dumps(body, separators=(",", ":"), default=_as_dict).encode()


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

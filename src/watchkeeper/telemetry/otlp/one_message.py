"""The one message that most prompts and replies are, without the steps that all others need."""

from typing import NamedTuple

import orjson


class OneMessage(NamedTuple):
    """A message of one text."""

    data: bytes
    """As `messages_of` and JSON would make it, byte for byte."""
    text: str


def one_message(told: str) -> OneMessage | None:
    """The message of one text that this is by the conventions' shape; None where it is anything else.

    >>> one_message('[{"role": "user", "parts": [{"type": "text", "content": "Hej"}]}]')
    OneMessage(data=b'[{"role":"user","content":"Hej"}]', text='Hej')
    """
    if not told.startswith("[{"):
        return None
    try:
        (message,) = orjson.loads(told)
        role, (part,), text = message["role"], message["parts"], message["parts"][0]["content"]
        is_plain = part["type"] == "text" and len(message) == 2 + ("finish_reason" in message)
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if not is_plain or type(role) is not str or type(text) is not str or not text:
        return None
    return OneMessage(orjson.dumps([{"role": role, "content": text}]), text)

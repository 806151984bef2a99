"""What a stored call asked and was answered, out of the bodies that gateways and applications keep."""

import json
from typing import Any

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.dataset import DatasetItem


def item_of_call(
    item_id: str, prompt: str | None, reply: str | None, *, expected: object | None = None
) -> DatasetItem:
    """The item a stored call makes.

    Args:
        item_id: Its id, such as trace and span.
        prompt: What was kept of the request.
        reply: What was kept of the reply; None where nothing was.
        expected: What should have been answered, where somebody said so.

    Raises:
        InvalidInputError: The call's prompt is not kept: it can neither be judged nor replayed.
    """
    if prompt is None:
        raise InvalidInputError(
            f"call {item_id} has no content any more", action="choose newer calls, or keep content longer"
        )
    return DatasetItem(
        item_id=item_id,
        input=asked_in(prompt),
        expected=expected,
        output=None if reply is None else answered_in(reply),
    )


def asked_in(body: str) -> str:
    """The words of a request: the one message, or all of them by role.

    >>> asked_in('{"messages": [{"role": "user", "content": "hi"}]}')
    'hi'
    >>> asked_in("just text")
    'just text'
    """
    messages = _messages(_parsed(body))
    if messages is None:
        return body
    texts = [(str(one.get("role", "user")), _text(one)) for one in messages]
    if len(texts) == 1:
        return texts[0][1]
    return "\n\n".join(f"{role}: {text}" for role, text in texts)


def answered_in(body: str) -> str:
    """The words of a reply, in either provider's form, or an application's.

    >>> answered_in('{"choices": [{"message": {"role": "assistant", "content": "hello"}}]}')
    'hello'
    >>> answered_in('{"type": "message", "content": [{"type": "text", "text": "hello"}]}')
    'hello'
    """
    said = _parsed(body)
    if isinstance(said, dict) and isinstance(said.get("choices"), list):
        said = [one["message"] for one in said["choices"][:1] if isinstance(one, dict) and "message" in one]
    elif isinstance(said, dict) and "content" in said and "messages" not in said:
        said = [said]
    messages = _messages(said)
    return body if not messages else "\n".join(_text(one) for one in messages)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _messages(said: Any) -> list[dict[str, Any]] | None:
    found = said.get("messages") if isinstance(said, dict) else said
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        return found
    return None


def _text(message: dict[str, Any]) -> str:
    held = message.get("content", message.get("parts"))
    if isinstance(held, str):
        return held
    parts = held if isinstance(held, list) else []
    words = [part.get("text", part.get("content")) for part in parts if isinstance(part, dict)]
    return "\n".join(word for word in words if isinstance(word, str))

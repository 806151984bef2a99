"""Reading an OpenAI chat completion: what is there is taken, what is unknown stays unknown."""

import json
import re
from typing import Any

from watchkeeper.domain.call import Reply, Usage

REFUSAL = "refusal"
"""Finish reason of a reply whose message declines to answer; the dialect says `stop` there."""

_LABEL = re.compile(r"[\w.:/@+ -]{1,200}")
"""What a model's name or a finish reason may look like; anything else is not repeated in receipts."""


class MalformedReplyError(Exception):
    """The body is not a chat completion; the message says what is wrong and repeats none of it."""


def reply_of(body: bytes, *, http_status: int, asked_model: str) -> Reply:
    """The reply a completion holds.

    Args:
        body: As received.
        http_status: As received.
        asked_model: Stands for the model's name where the provider gives none.

    Raises:
        MalformedReplyError: It is not a chat completion.
    """
    completion = _json_object(body)
    choice = _first_choice(completion)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise MalformedReplyError("its first choice has no message")
    finish_reason = label(choice.get("finish_reason"))
    refusal = message.get("refusal")
    content = message.get("content")
    if isinstance(refusal, str) and refusal:
        content, finish_reason = refusal, REFUSAL
    elif content is None and finish_reason == "content_filter":
        content = ""
    if not isinstance(content, str):
        raise MalformedReplyError("its message has no text")
    return Reply(
        model=label(completion.get("model")) or asked_model,
        text=content,
        usage=usage_of(completion.get("usage")),
        finish_reason=finish_reason,
        http_status=http_status,
    )


def usage_of(found: object) -> Usage:
    """Tokens as counted by the provider; anything but a whole number is unknown."""
    usage = found if isinstance(found, dict) else {}
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
        cache_read_tokens=_count(_within(usage, "prompt_tokens_details", "cached_tokens")),
        reasoning_tokens=_count(_within(usage, "completion_tokens_details", "reasoning_tokens")),
    )


def label(found: object) -> str | None:
    """A short name as it is; None for anything that is not one."""
    return found if isinstance(found, str) and _LABEL.fullmatch(found) else None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedReplyError(f"its {len(body)} bytes are not JSON") from None
    if not isinstance(found, dict):
        raise MalformedReplyError("it is not a JSON object")
    return found


def _first_choice(completion: dict[str, Any]) -> dict[str, Any]:
    choices = completion.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise MalformedReplyError("it has no choices")
    return choices[0]


def _within(usage: dict[str, Any], details: str, name: str) -> object:
    inner = usage.get(details)
    return inner.get(name) if isinstance(inner, dict) else None


def _count(found: object) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None

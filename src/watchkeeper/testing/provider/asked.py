"""What a request asks of a scripted provider, read from either dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

BYTES_A_TOKEN = 4
"""How a scripted provider counts its input: a token for every four bytes of the body, one at least."""
_ECHO_CHARACTERS = 80


class Speech(StrEnum):
    """What is spoken on a path."""

    CHAT = "/v1/chat/completions"
    EMBEDDINGS = "/v1/embeddings"
    MESSAGES = "/v1/messages"


class RefusedError(Exception):
    """The request is wrong; a provider answers 400."""


@dataclass(slots=True)
class Asked:
    """One request, as far as an answer depends on it."""

    speech: Speech
    model: str
    input_tokens: int
    stream: bool = False
    tells_usage: bool = False
    """Whether an OpenAI stream ends with usage."""
    most_tokens: int | None = None
    choices: int = 1
    echo: str = ""
    """The first word of the last user message with any: answers begin with it, so that none is mixed up."""
    prefix: str | None = None
    """Words of the assistant's to go on after."""
    tool: Mapping[str, Any] | None = None
    """The schema of the tool to call, with its name as `name`."""
    schema: Mapping[str, Any] | None = None
    """What the answer's JSON must match."""
    images: int = 0
    inputs: int = 0
    """Texts to embed."""


def read_asked(speech: Speech, body: object, size_bytes: int) -> Asked:
    """Read a request.

    Args:
        speech: By its path.
        body: Its JSON.
        size_bytes: Of the body as it came.

    Raises:
        RefusedError: It lacks what the real provider asks for.
    """
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise RefusedError("model is required")
    asked = Asked(speech, body["model"], max(1, size_bytes // BYTES_A_TOKEN))
    if speech is Speech.EMBEDDINGS:
        given = body.get("input")
        if not isinstance(given, str | list):
            raise RefusedError("input is required")
        asked.inputs = 1 if isinstance(given, str) else len(given)
        return asked
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise RefusedError("messages is required")
    asked.stream = body.get("stream") is True
    _read_words(asked, messages)
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    if speech is Speech.MESSAGES and not isinstance(most, int):
        raise RefusedError("max_tokens is required")
    asked.most_tokens = most if isinstance(most, int) else None
    if speech is Speech.CHAT:
        asked.choices = body.get("n") or 1
        asked.tells_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        asked.schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    else:
        asked.schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if body.get("tools") and not _has_tool_result(messages[-1]):
        first = body["tools"][0]
        asked.tool = first.get("function", first)
    return asked


def _read_words(asked: Asked, messages: list[dict[str, Any]]) -> None:
    for message in reversed(messages):
        content = message.get("content")
        if message.get("role") == "user":
            text = content if isinstance(content, str) else _text_and_images(asked, content)
            if text.strip():  # else it holds a tool's result, or an image alone
                asked.echo = text.split(maxsplit=1)[0][:_ECHO_CHARACTERS]
                break
    last = messages[-1]
    if last.get("role") == "assistant":
        content = last.get("content")
        asked.prefix = content if isinstance(content, str) else _text_and_images(asked, content)


def _text_and_images(asked: Asked, content: object) -> str:
    texts = []
    for part in content if isinstance(content, list) else ():
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            texts.append(str(part.get("text", "")))
        elif kind in {"image_url", "image"}:
            asked.images += 1
    return " ".join(texts)


def _has_tool_result(message: Mapping[str, Any]) -> bool:
    if message.get("role") == "tool":
        return True
    content = message.get("content")
    return isinstance(content, list) and any(
        isinstance(part, dict) and part.get("type") == "tool_result" for part in content
    )

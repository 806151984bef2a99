"""Anthropic's messages, as the provider writes them."""

from collections.abc import Mapping
from typing import Any

import orjson

from watchkeeper.testing.provider.asked import Asked
from watchkeeper.testing.provider.said import Said

NONSENSE_USAGE: Mapping[str, Any] = {"input_tokens": -7, "output_tokens": "many"}


def usage_of(asked: Asked, said: Said) -> dict[str, Any]:
    """What an answer cost."""
    return {
        "input_tokens": asked.input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": said.output_tokens,
    }


def whole(asked: Asked, said: Said, number: int, usage: Mapping[str, Any]) -> bytes:
    """The body of a message."""
    content: list[dict[str, Any]] = [{"type": "text", "text": said.text}]
    if said.tool_arguments is not None:
        block = _tool_block(asked, number)
        content = [{**block, "input": orjson.loads(said.tool_arguments)}]
    return orjson.dumps({**_head(asked, number, usage), "content": content, "stop_reason": stop_of(said)})


def stop_of(said: Said) -> str:
    """Why an answer ended."""
    if said.tool_arguments is not None:
        return "tool_use"
    return "max_tokens" if said.is_cut_short else "end_turn"


def _head(asked: Asked, number: int, usage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }


def _tool_block(asked: Asked, number: int) -> dict[str, Any]:
    name = (asked.tool or {}).get("name", "")
    return {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}


class MessageStream:
    """The events of one streamed message."""

    def __init__(self, asked: Asked, said: Said, number: int, usage: Mapping[str, Any]) -> None:
        self._asked, self._said, self._number, self._usage = asked, said, number, usage
        self._is_tool = said.tool_arguments is not None
        kind = b'"input_json_delta","partial_json":' if self._is_tool else b'"text_delta","text":'
        self._words_head = (
            b"event: content_block_delta\n"
            b'data: {"type":"content_block_delta","index":0,"delta":{"type":' + kind
        )

    def opening(self) -> bytes:
        """Before the first words."""
        usage = {**self._usage, "output_tokens": 1}
        block = _tool_block(self._asked, self._number) if self._is_tool else {"type": "text", "text": ""}
        start = {"type": "content_block_start", "index": 0, "content_block": block}
        message = _head(self._asked, self._number, usage)
        return _event({"type": "message_start", "message": message}) + _event(start)

    def words(self, text: str) -> bytes:
        """Some words, or a piece of a tool's arguments."""
        return self._words_head + orjson.dumps(text) + b"}}\n\n"

    def closing(self) -> bytes:
        """After the last."""
        delta = {"stop_reason": stop_of(self._said), "stop_sequence": None}
        usage = {"output_tokens": self._usage["output_tokens"]}
        return (
            _event({"type": "content_block_stop", "index": 0})
            + _event({"type": "message_delta", "delta": delta, "usage": usage})
            + _event({"type": "message_stop"})
        )


def _event(data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (data["type"].encode(), orjson.dumps(data))


_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def error(status: int, message: str) -> bytes:
    """The body of a failure."""
    kind = _KINDS.get(status, "overloaded_error" if status == 503 else "api_error")
    return orjson.dumps({"type": "error", "error": {"type": kind, "message": message}})

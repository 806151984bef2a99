"""OpenAI's chat completions, embeddings and models, as the provider writes them."""

from collections.abc import Mapping
from typing import Any

import orjson

from watchkeeper.testing.provider.asked import Asked
from watchkeeper.testing.provider.said import Said

CREATED = 1_767_225_600
"""Seconds since the epoch at the start of 2026: every answer is as old, so bodies are equal."""
DIMENSIONS = 8
DONE = b"data: [DONE]\n\n"


def usage_of(asked: Asked, said: Said) -> dict[str, Any]:
    """What an answer cost, all choices together."""
    output = said.output_tokens * asked.choices
    return {
        "prompt_tokens": asked.input_tokens,
        "completion_tokens": output,
        "total_tokens": asked.input_tokens + output,
    }


NONSENSE_USAGE: Mapping[str, Any] = {"prompt_tokens": -7, "completion_tokens": "many", "total_tokens": None}


def whole(asked: Asked, said: Said, number: int, usage: Mapping[str, Any]) -> bytes:
    """The body of a completion."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None}
    if said.tool_arguments is not None:
        message = {"role": "assistant", "content": None, "tool_calls": [_tool_call(asked, said, number)]}
    choices = [
        {"index": index, "message": message, "finish_reason": finish_of(said), "logprobs": None}
        for index in range(asked.choices)
    ]
    return orjson.dumps(
        {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": CREATED,
            "model": asked.model,
            "choices": choices,
            "usage": usage,
        }
    )


def finish_of(said: Said) -> str:
    """Why an answer ended."""
    if said.tool_arguments is not None:
        return "tool_calls"
    return "length" if said.is_cut_short else "stop"


def _tool_call(asked: Asked, said: Said, number: int) -> dict[str, Any]:
    name = (asked.tool or {}).get("name", "")
    return {
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": name, "arguments": said.tool_arguments},
    }


class ChatStream:
    """The events of one streamed completion."""

    def __init__(self, asked: Asked, said: Said, number: int, usage: Mapping[str, Any]) -> None:
        self._asked, self._said, self._number, self._usage = asked, said, number, usage
        head = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": CREATED}
        self._head = b"data: " + orjson.dumps({**head, "model": asked.model})[:-1] + b',"choices":['
        self._text_head = self._head + b'{"index":0,"delta":{"content":'

    def opening(self) -> bytes:
        """Before the first words."""
        delta: dict[str, Any] = {"role": "assistant", "content": ""}
        if self._said.tool_arguments is not None:
            call = {**_tool_call(self._asked, self._said, self._number), "index": 0}
            call["function"] = {**call["function"], "arguments": ""}
            delta = {"role": "assistant", "content": None, "tool_calls": [call]}
        return self._choices(delta, None)

    def words(self, text: str) -> bytes:
        """Some words, or a piece of a tool's arguments."""
        if self._said.tool_arguments is not None:
            return self._choices({"tool_calls": [{"index": 0, "function": {"arguments": text}}]}, None)
        if self._asked.choices == 1:
            return self._text_head + orjson.dumps(text) + b'},"finish_reason":null}]}\n\n'
        return self._choices({"content": text}, None)

    def closing(self) -> bytes:
        """After the last."""
        end = self._choices({}, finish_of(self._said))
        if self._asked.tells_usage:
            end += self._head + b'],"usage":' + orjson.dumps(self._usage) + b"}\n\n"
        return end + DONE

    def _choices(self, delta: Mapping[str, Any], finish: str | None) -> bytes:
        return b"".join(
            self._head + orjson.dumps({"index": index, "delta": delta, "finish_reason": finish}) + b"]}\n\n"
            for index in range(self._asked.choices)
        )


def embeddings(asked: Asked, usage: Mapping[str, Any]) -> bytes:
    """Vectors that tell the texts' places apart."""
    rows = [
        {
            "object": "embedding",
            "index": n,
            "embedding": [1.0 if at == n % DIMENSIONS else 0.0 for at in range(8)],
        }
        for n in range(asked.inputs)
    ]
    return orjson.dumps({"object": "list", "data": rows, "model": asked.model, "usage": usage})


def models() -> bytes:
    """The list of models; any name is served."""
    row = {"id": "scripted-1", "object": "model", "created": CREATED, "owned_by": "scripted"}
    return orjson.dumps({"object": "list", "data": [row]})


def error(status: int, code: str, message: str) -> bytes:
    """The body of a failure."""
    kind = {429: "rate_limit_error"}.get(status, "invalid_request_error" if status < 500 else "server_error")
    return orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})

"""The events of an Anthropic stream in OpenAI's words."""

from typing import Any

from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.error_body import stream_error_event
from watchkeeper.gateway.dialects.json_text import json_bytes
from watchkeeper.gateway.dialects.request_to_anthropic import ANSWER_TOOL
from watchkeeper.gateway.dialects.sse import SseEvent
from watchkeeper.gateway.dialects.stream_facts import StreamFacts, block_index
from watchkeeper.gateway.dialects.usage import openai_block

_DONE_EVENT = b"data: [DONE]\n\n"


class AnthropicToOpenAI:
    """Translates one stream; see `watchkeeper.gateway.dialects.translation.StreamTranslator`."""

    def __init__(self, *, asked_model: str, created_s: int, include_usage: bool) -> None:
        self._facts = StreamFacts(Dialect.ANTHROPIC)
        self._head: dict[str, Any] = {
            "id": "",
            "object": "chat.completion.chunk",
            "created": created_s,
            "model": asked_model,
        }
        self._include_usage = include_usage
        self._calls: dict[int, int] = {}
        """Which tool call, counted from 0, a block is."""
        self._silent_calls: set[int] = set()
        """Tool blocks without a piece of input so far."""
        self._answers: set[int] = set()
        """Blocks of the tool that stands for a JSON schema."""

    def take(self, event: SseEvent) -> bytes:
        """The bytes to send for an event; empty when there is nothing to say.

        Raises:
            MalformedReplyError: It is no event of the dialect.
        """
        data = self._facts.take(event)
        if data is None:
            return b""
        kind = data.get("type")
        if kind == "content_block_delta":
            return self._delta(block_index(data), data["delta"])
        if kind == "content_block_start":
            return self._block(block_index(data), data["content_block"])
        if kind == "content_block_stop":
            return self._block_end(block_index(data))
        if kind == "message_start":
            return self._start(data["message"])
        if kind == "message_delta":
            return self._reason()
        if kind == "message_stop":
            return self._end()
        if self._facts.error is not None and kind == "error":
            return stream_error_event(Dialect.OPENAI, self._facts.error)
        return b""

    def _start(self, message: dict[str, Any]) -> bytes:
        if isinstance(message.get("id"), str):
            self._head["id"] = message["id"]
        if self._facts.model is not None:
            self._head["model"] = self._facts.model
        return self._chunk({"role": "assistant", "content": ""})

    def _block(self, index: int, block: dict[str, Any]) -> bytes:
        if block.get("type") == "text" and block.get("text"):
            return self._chunk({"content": block["text"]})
        if block.get("type") != "tool_use":
            return b""
        if block.get("name") == ANSWER_TOOL:
            self._answers.add(index)
            return b""
        at = self._calls.setdefault(index, len(self._calls))
        self._silent_calls.add(index)
        function = {"name": block.get("name") or "", "arguments": ""}
        call = {"index": at, "id": block.get("id"), "type": "function", "function": function}
        return self._chunk({"tool_calls": [call]})

    def _delta(self, index: int, delta: dict[str, Any]) -> bytes:
        kind = delta.get("type")
        if kind == "text_delta":
            return b"" if self._answers else self._chunk({"content": delta["text"]})
        if kind == "thinking_delta":
            return self._chunk({"reasoning_content": delta.get("thinking")})
        piece = delta.get("partial_json")
        if kind != "input_json_delta" or not isinstance(piece, str) or not piece:
            return b""
        if index in self._answers:
            return self._chunk({"content": piece})
        return self._arguments(index, piece)

    def _block_end(self, index: int) -> bytes:
        # A tool without arguments sends no piece of input; OpenAI's clients parse what they got.
        return self._arguments(index, "{}") if index in self._silent_calls else b""

    def _arguments(self, index: int, piece: str) -> bytes:
        if index not in self._calls:
            return b""
        self._silent_calls.discard(index)
        return self._chunk({"tool_calls": [{"index": self._calls[index], "function": {"arguments": piece}}]})

    def _reason(self) -> bytes:
        reason = self._facts.finish_reason
        if reason is None:
            return b""
        if reason == "tool_calls" and self._answers and not self._calls:
            reason = "stop"
        return self._chunk({}, reason)

    def _end(self) -> bytes:
        usage = openai_block(self._facts.usage) if self._include_usage else None
        if usage is None:
            return _DONE_EVENT
        return b"data: " + json_bytes({**self._head, "choices": [], "usage": usage}) + b"\n\n" + _DONE_EVENT

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return b"data: " + json_bytes({**self._head, "choices": [choice]}) + b"\n\n"

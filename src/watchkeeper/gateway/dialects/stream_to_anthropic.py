"""The events of an OpenAI stream in Anthropic's words."""

from typing import Any

from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.error_body import stream_error_event
from watchkeeper.gateway.dialects.finish_reason import anthropic_words
from watchkeeper.gateway.dialects.json_text import json_bytes
from watchkeeper.gateway.dialects.reply_facts import malformed, reasoning_of
from watchkeeper.gateway.dialects.sse import SseEvent
from watchkeeper.gateway.dialects.stream_facts import StreamFacts
from watchkeeper.gateway.dialects.usage import anthropic_block


class OpenAIToAnthropic:
    """Translates one stream; see `watchkeeper.gateway.dialects.translation.StreamTranslator`.

    Blocks are numbered as they begin. A text or thinking block ends when another begins; tool calls may
    come in turns, so their blocks end together. OpenAI tells usage last and Anthropic's `message_delta`
    carries it, so the reason waits for the end mark.
    """

    def __init__(self, *, asked_model: str) -> None:
        self._facts = StreamFacts(Dialect.OPENAI)
        self._asked_model = asked_model
        self._started = False
        self._blocks = 0
        self._open_kind: str | None = None
        """The text or thinking block that goes on, the newest one."""
        self._calls: dict[int, int] = {}
        """Which block a tool call is."""
        self._open_calls: list[int] = []
        """The blocks of tool calls that go on."""
        self._refused = False

    def take(self, event: SseEvent) -> bytes:
        """The bytes to send for an event; empty when there is nothing to say.

        Raises:
            MalformedReplyError: It is no event of the dialect.
        """
        data = self._facts.take(event)
        if data is None:
            return self._end()
        if self._facts.error is not None:
            return stream_error_event(Dialect.ANTHROPIC, self._facts.error)
        made = b"" if self._started else self._start(data)
        for choice in data.get("choices") or ():
            delta = choice.get("delta")
            if delta and not choice.get("index"):
                made += self._delta(delta)
        return made

    def _start(self, data: dict[str, Any]) -> bytes:
        self._started = True
        message: dict[str, Any] = {
            "id": data.get("id") or "",
            "type": "message",
            "role": "assistant",
            "model": self._facts.model or self._asked_model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            # Counts are of the stream so far, and nothing was counted yet; `message_delta` has them.
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        return _event("message_start", message=message)

    def _delta(self, delta: dict[str, Any]) -> bytes:
        made = b""
        thought = reasoning_of(delta)
        if thought:
            made += self._go_on("thinking", {"type": "thinking_delta", "thinking": thought})
        text = delta.get("content")
        if text:
            made += self._go_on("text", {"type": "text_delta", "text": text})
        refusal = delta.get("refusal")
        if isinstance(refusal, str) and refusal:
            self._refused = True
            made += self._go_on("text", {"type": "text_delta", "text": refusal})
        calls = delta.get("tool_calls")
        if isinstance(calls, list):
            for call in calls:
                made += self._call(call)
        return made

    def _go_on(self, kind: str, delta: dict[str, Any]) -> bytes:
        made = b""
        if self._open_kind != kind:
            made = self._close()
            block = {"type": "text", "text": ""}
            if kind == "thinking":
                block = {"type": "thinking", "thinking": "", "signature": ""}
            made += self._open(block)
            self._open_kind = kind
        return made + _event("content_block_delta", index=self._blocks - 1, delta=delta)

    def _call(self, call: dict[str, Any]) -> bytes:
        made = b""
        function = call.get("function") or {}
        at = call.get("index")
        if type(at) is not int:
            at = len(self._calls)
        if at not in self._calls:
            if self._open_kind is not None:
                made = self._close()
            self._calls[at] = self._blocks
            self._open_calls.append(self._blocks)
            name, identity = function.get("name") or "", call.get("id") or ""
            made += self._open({"type": "tool_use", "id": identity, "name": name, "input": {}})
        piece = function.get("arguments")
        if isinstance(piece, str) and piece:
            if self._calls[at] not in self._open_calls:
                raise malformed("a tool call goes on after other content has begun")
            delta = {"type": "input_json_delta", "partial_json": piece}
            made += _event("content_block_delta", index=self._calls[at], delta=delta)
        return made

    def _open(self, block: dict[str, Any]) -> bytes:
        self._blocks += 1
        return _event("content_block_start", index=self._blocks - 1, content_block=block)

    def _close(self) -> bytes:
        """End what is open."""
        ended = self._open_calls
        if self._open_kind is not None:
            ended = [self._blocks - 1]
        self._open_kind, self._open_calls = None, []
        return b"".join(_event("content_block_stop", index=at) for at in ended)

    def _end(self) -> bytes:
        made = b"" if self._started else self._start({})
        reason = "refusal" if self._refused else anthropic_words(self._facts.finish_reason)
        delta = {"stop_reason": reason, "stop_sequence": None}
        usage = anthropic_block(self._facts.usage)
        return (
            made + self._close() + _event("message_delta", delta=delta, usage=usage) + _event("message_stop")
        )


def _event(kind: str, **fields: object) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + json_bytes({"type": kind, **fields}) + b"\n\n"

"""A baseline engine's answer in the words of a client's dialect."""

from dataclasses import dataclass
from typing import Any

import orjson

from watchkeeper.gateway.dialects import Dialect, SseReader, StreamTranslator, translate_reply

_NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
"""An engine reads and writes none: its usage is known, and is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """What an engine has answered to one chat."""

    text: str
    model: str
    """The engine's name."""
    receipt_id: str
    created_s: int
    """In seconds since the epoch."""

    def reply(self, dialect: Dialect) -> dict[str, Any]:
        """As a whole reply."""
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        whole = {**self._head("chat.completion"), "choices": [choice], "usage": _NO_TOKENS}
        return translate_reply(
            whole, Dialect.OPENAI, dialect, asked_model=self.model, created_s=self.created_s
        )

    def events(self, dialect: Dialect) -> bytes:
        """As the events of a stream."""
        head = self._head("chat.completion.chunk")
        pieces: list[tuple[dict[str, str], str | None]] = [
            ({"role": "assistant", "content": self.text}, None),
            ({}, "stop"),
        ]
        raw = b"".join(
            _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
            for delta, reason in pieces
        )
        raw += b"data: [DONE]\n\n"
        if dialect is Dialect.OPENAI:
            return raw
        translator = StreamTranslator(
            Dialect.OPENAI, dialect, asked_model=self.model, created_s=self.created_s, include_usage=True
        )
        return b"".join(translator.take(event) for event in SseReader().feed(raw))

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.receipt_id}",
            "object": kind,
            "created": self.created_s,
            "model": self.model,
        }


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(data) + b"\n\n"

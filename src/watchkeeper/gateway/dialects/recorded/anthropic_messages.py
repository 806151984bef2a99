"""Anthropic's messages, whole or as a stream, and its older completions."""

from typing import Any

from watchkeeper.gateway.dialects.fields import objects, word
from watchkeeper.gateway.dialects.recorded.counting import anthropic_usage, bedrock_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_EVENTS = frozenset({
    *("message_start", "content_block_start", "content_block_delta", "content_block_stop"),
    *("message_delta", "message_stop", "ping"),
})  # fmt: skip
_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
METRICS = "amazon-bedrock-invocationMetrics"
"""What Bedrock adds to the last event of any model's stream."""


class AnthropicMessages:
    """`type: message`, or the events of one."""

    name = "anthropic.messages"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It says so."""
        kind = word(document.get("type"))
        return kind in _EVENTS or (kind == "message" and isinstance(document.get("content"), list))

    def reading(self, found: Found) -> "_MessagesReading":
        """Begin to read a reply into `found`."""
        return _MessagesReading(found)


class _MessagesReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        kind = document.get("type")
        if kind == "message":
            self._take_message(document)
        elif kind == "message_start" and isinstance(document.get("message"), dict):
            self._take_message(document["message"])
        elif kind == "content_block_start" and isinstance(document.get("content_block"), dict):
            self._take_block(document["content_block"], document.get("index"), streamed=True)
        elif kind == "content_block_delta" and isinstance(document.get("delta"), dict):
            self._take_delta(document["delta"], document.get("index"))
        elif kind == "message_delta":
            delta = document.get("delta")
            self._found.stop(delta.get("stop_reason") if isinstance(delta, dict) else None)
            self._take_usage(document.get("usage"))
        elif kind == "message_stop":
            self._found.ended = True
        metrics = document.get(METRICS)
        if self._found.raw_usage is None and isinstance(metrics, dict):
            self._found.raw_usage, self._found.usage = metrics, metrics_usage(metrics)

    def finish(self) -> None:
        """Nothing waits."""

    def _take_message(self, message: dict[str, Any]) -> None:
        self._found.name_model(message.get("model"))
        for at, block in enumerate(objects(message.get("content"))):
            self._take_block(block, at, streamed=False)
        self._found.stop(message.get("stop_reason"))
        self._take_usage(message.get("usage"))

    def _take_block(self, block: dict[str, Any], index: object, *, streamed: bool) -> None:
        found, kind = self._found, word(block.get("type"))
        if kind == "text":
            found.add_text(block.get("text"))
        elif kind == "thinking":
            found.add_reasoning(block.get("thinking"))
        elif kind in _CALLS:
            call = found.call(("block", str(index)))
            call.name_it(block.get("id"), block.get("name"))
            call.by_provider = kind != "tool_use"
            given = block.get("input")
            if given or not streamed:  # a stream begins with an empty input and sends the pieces
                call.add_arguments(given)

    def _take_delta(self, delta: dict[str, Any], index: object) -> None:
        kind = delta.get("type")
        if kind == "text_delta":
            self._found.add_text(delta.get("text"))
        elif kind == "thinking_delta":
            self._found.add_reasoning(delta.get("thinking"))
        elif kind == "input_json_delta":
            self._found.call(("block", str(index))).add_arguments(delta.get("partial_json"))

    def _take_usage(self, block: object) -> None:
        if isinstance(block, dict) and block:
            # The later block counts the whole reply so far; what only the first tells stays.
            told = {name: value for name, value in block.items() if value is not None}
            self._found.raw_usage = {**(self._found.raw_usage or {}), **told}
            self._found.usage = anthropic_usage(self._found.raw_usage)


def metrics_usage(metrics: dict[str, Any]) -> Any:
    """Usage from what Bedrock adds to a stream's last event."""
    renamed = {
        "inputTokens": metrics.get("inputTokenCount"),
        "outputTokens": metrics.get("outputTokenCount"),
        "cacheReadInputTokens": metrics.get("cacheReadInputTokenCount"),
        "cacheWriteInputTokens": metrics.get("cacheWriteInputTokenCount"),
    }
    return bedrock_usage(renamed)


class AnthropicCompletions:
    """`completion`: Anthropic's replies of the time before messages, also through Bedrock."""

    name = "anthropic.completions"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It has a completion."""
        return isinstance(document.get("completion"), str)

    def reading(self, found: Found) -> "_CompletionsReading":
        """Begin to read a reply into `found`."""
        return _CompletionsReading(found)


class _CompletionsReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        self._found.name_model(document.get("model"))
        self._found.add_text(document.get("completion"))
        self._found.stop(document.get("stop_reason"))
        if document.get("stop_reason") is not None:
            self._found.ended = True
        metrics = document.get(METRICS)
        if isinstance(metrics, dict):
            self._found.raw_usage, self._found.usage = metrics, metrics_usage(metrics)

    def finish(self) -> None:
        """Nothing waits."""

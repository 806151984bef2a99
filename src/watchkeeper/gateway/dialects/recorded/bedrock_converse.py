"""Bedrock's converse, and Nova's own replies, which look the same; whole or as a stream."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects
from watchkeeper.gateway.dialects.recorded.anthropic_messages import METRICS, metrics_usage
from watchkeeper.gateway.dialects.recorded.counting import bedrock_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_EVENTS = frozenset({
    *("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop"),
    *("messageStop", "metadata"),
})  # fmt: skip


class BedrockConverse:
    """`output.message` with a `stopReason`, or the events of one."""

    name = "bedrock.converse"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It has a message, or is one of its events."""
        if isinstance(inner(document.get("output"), "message"), dict):
            return True
        # Many replies have `metadata`; converse's stands alone and counts.
        if isinstance(inner(document.get("metadata"), "usage"), dict) and len(document) == 1:
            return True
        return any(
            name in _EVENTS and name != "metadata" and isinstance(document[name], dict) for name in document
        )

    def reading(self, found: Found) -> "_ConverseReading":
        """Begin to read a reply into `found`."""
        return _ConverseReading(found)


class _ConverseReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        for at, block in enumerate(objects(inner(inner(document.get("output"), "message"), "content"))):
            self._take_block(block, at)
        self._found.stop(document.get("stopReason"))
        self._take_usage(document.get("usage"))
        for name in _EVENTS & document.keys():
            if isinstance(document[name], dict):
                self._take_event(name, document[name])
        metrics = document.get(METRICS)
        if self._found.raw_usage is None and isinstance(metrics, dict):
            self._found.raw_usage, self._found.usage = metrics, metrics_usage(metrics)

    def finish(self) -> None:
        """Nothing waits."""

    def _take_event(self, name: str, event: dict[str, Any]) -> None:
        index = event.get("contentBlockIndex")
        if name == "contentBlockStart" and isinstance(event.get("start"), dict):
            self._take_block(event["start"], index)
        elif name == "contentBlockDelta" and isinstance(event.get("delta"), dict):
            self._take_block(event["delta"], index)
        elif name == "messageStop":
            self._found.stop(event.get("stopReason"))
            self._found.ended = True
        elif name == "metadata":
            self._take_usage(event.get("usage"))

    def _take_block(self, block: dict[str, Any], index: object) -> None:
        found = self._found
        found.add_text(block.get("text"))
        thought = block.get("reasoningContent")
        found.add_reasoning(inner(thought, "text") or inner(inner(thought, "reasoningText"), "text"))
        tool = block.get("toolUse")
        if isinstance(tool, dict):
            call = found.call(("block", str(index)))
            call.name_it(tool.get("toolUseId"), tool.get("name"))
            call.add_arguments(tool.get("input"))
            call.by_provider = call.by_provider or tool.get("type") == "server_tool_use"

    def _take_usage(self, usage: object) -> None:
        if isinstance(usage, dict):
            self._found.raw_usage, self._found.usage = usage, bedrock_usage(usage)

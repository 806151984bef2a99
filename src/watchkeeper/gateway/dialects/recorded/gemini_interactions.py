"""Google's interactions: steps of thought, words and calls, whole or as a stream."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects, word
from watchkeeper.gateway.dialects.recorded.counting import interaction_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_ENDED = frozenset({"completed", "incomplete", "failed", "cancelled", "requires_action"})


class GeminiInteractions:
    """`object: interaction`, or the events of one."""

    name = "gemini.interactions"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It says so."""
        event = document.get("event_type")
        named = isinstance(event, str) and event.startswith(("interaction.", "step.", "content."))
        return named or document.get("object") == "interaction"

    def reading(self, found: Found) -> "_InteractionReading":
        """Begin to read a reply into `found`."""
        return _InteractionReading(found)


class _InteractionReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._streamed = False

    def take(self, document: Document) -> None:
        if document.get("object") == "interaction":
            self._take_interaction(document)
            return
        self._streamed = True
        index = document.get("index")
        if isinstance(document.get("interaction"), dict):
            self._take_interaction(document["interaction"])
        if isinstance(document.get("step"), dict):
            self._take_step(document["step"], index)
        if isinstance(document.get("delta"), dict):
            self._take_content(document["delta"], index)
        if isinstance(document.get("error"), dict):
            self._found.error = document["error"]
        self._take_usage(inner(document.get("metadata"), "usage"))

    def finish(self) -> None:
        """Nothing waits."""

    def _take_interaction(self, interaction: dict[str, Any]) -> None:
        found = self._found
        found.name_model(interaction.get("model") or interaction.get("agent"))
        if word(interaction.get("status")) in _ENDED:
            found.stop(interaction["status"])
            found.ended = True
        if isinstance(interaction.get("error"), dict):
            found.error = interaction["error"]
        self._take_usage(interaction.get("usage"))
        steps = objects(interaction.get("steps")) or objects(interaction.get("outputs"))
        if not (self._streamed and (found.texts or found.tool_calls or found.reasoning)):
            for at, step in enumerate(steps):
                self._take_step(step, at)

    def _take_step(self, step: dict[str, Any], index: object) -> None:
        kind = step.get("type")
        for part in (*objects(step.get("summary")), *objects(step.get("content"))):
            if kind == "thought":
                self._found.add_reasoning(part.get("text"))
            else:
                self._take_content(part, index)
        if isinstance(kind, str) and (kind.endswith("_call") or kind == "text"):
            self._take_content(step, index)

    def _take_content(self, part: dict[str, Any], index: object) -> None:
        found, kind = self._found, part.get("type")
        if kind == "text":
            found.add_text(part.get("text"))
        elif kind == "thought_summary":
            found.add_reasoning(inner(part.get("content"), "text"))
        elif isinstance(kind, str) and kind.endswith("_call"):
            call = found.call(("step", str(index)))
            call.name_it(part.get("id"), part.get("name") or kind)
            call.add_arguments(part.get("arguments"))
            call.by_provider = kind != "function_call"
        elif kind == "arguments_delta":
            found.call(("step", str(index))).add_arguments(
                part.get("arguments") or part.get("partial_arguments")
            )

    def _take_usage(self, usage: object) -> None:
        if isinstance(usage, dict):
            self._found.raw_usage, self._found.usage = usage, interaction_usage(usage)

"""Google's `generateContent`, of Gemini and Vertex, whole or as a stream."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects
from watchkeeper.gateway.dialects.recorded.counting import gemini_usage
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_REASONS = {
    "1": "STOP",
    "2": "MAX_TOKENS",
    "3": "SAFETY",
    "4": "RECITATION",
    "5": "OTHER",
    "6": "BLOCKLIST",
    "7": "PROHIBITED_CONTENT",
    "8": "SPII",
    "9": "MALFORMED_FUNCTION_CALL",
}
"""Vertex's `Candidate.FinishReason` where it comes as the number of its protocol buffer."""


class Gemini:
    """`candidates`, or `usageMetadata` alone, or a prompt that was blocked."""

    name = "gemini.generate_content"
    operation = "generate_content"

    def knows(self, document: Document) -> bool:
        """It has one of these."""
        named = {"candidates", "usageMetadata", "promptFeedback"}
        return "embedding" not in document and "embeddings" not in document and not named.isdisjoint(document)

    def reading(self, found: Found) -> "_GeminiReading":
        """Begin to read a reply into `found`."""
        return _GeminiReading(found)


class _GeminiReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._calls = 0

    def take(self, document: Document) -> None:
        found = self._found
        found.name_model(document.get("modelVersion"))
        for at, candidate in enumerate(objects(document.get("candidates"))):
            index = candidate.get("index")
            self._take_candidate(candidate, index if isinstance(index, int) else at)
        blocked = inner(document.get("promptFeedback"), "blockReason")
        if blocked is not None:
            found.stop(blocked)
            found.ended = True
        usage = document.get("usageMetadata")
        if isinstance(usage, dict):
            # Each event counts the whole reply so far, but not each event says everything.
            found.raw_usage = {**(found.raw_usage or {}), **usage}
            counted = gemini_usage(found.raw_usage)
            found.usage = counted if counted != RecordedUsage() else None

    def finish(self) -> None:
        """Nothing waits."""

    def _take_candidate(self, candidate: dict[str, Any], index: int) -> None:
        for part in objects(inner(candidate.get("content"), "parts")):
            self._take_part(part, index)
        reason = candidate.get("finishReason")
        if reason is not None and reason != 0:
            self._found.stop(_REASONS.get(str(reason), reason), index)
            self._found.ended = True

    def _take_part(self, part: dict[str, Any], index: int) -> None:
        found = self._found
        if part.get("thought") is True:
            found.add_reasoning(part.get("text"))
        else:
            found.add_text(part.get("text"), index)
        function = part.get("functionCall")
        if isinstance(function, dict):
            self._add_call(function.get("id"), function.get("name"), function.get("args"))
        program = part.get("executableCode")
        if isinstance(program, dict):
            self._add_call(program.get("id"), "code_execution", program.get("code"), by_provider=True)
        run = part.get("toolCall")
        if isinstance(run, dict):
            self._add_call(run.get("id"), run.get("toolType"), run.get("args"), by_provider=True)

    def _add_call(
        self, identity: object, name: object, arguments: object, *, by_provider: bool = False
    ) -> None:
        call = self._found.call()
        call.name_it(identity, name)
        call.add_arguments(arguments)
        call.by_provider = by_provider

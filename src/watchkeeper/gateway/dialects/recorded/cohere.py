"""Cohere's chat of both versions, generate, embed and rerank; whole or as a stream."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects, word
from watchkeeper.gateway.dialects.recorded.counting import cohere_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_EVENTS = frozenset({
    *("message-start", "content-start", "content-delta", "content-end", "tool-plan-delta", "citation-start"),
    *("tool-call-start", "tool-call-delta", "tool-call-end", "citation-end", "message-end"),
})  # fmt: skip
_OLD_EVENTS = frozenset({
    *("stream-start", "text-generation", "tool-calls-chunk", "tool-calls-generation", "stream-end"),
    *("search-queries-generation", "search-results", "citation-generation"),
})  # fmt: skip


class CohereChat:
    """Version 2: a `message` with a `finish_reason`, or the events of one."""

    name = "cohere.chat"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It is one of these."""
        if word(document.get("type")) in _EVENTS:
            return True
        return "finish_reason" in document and isinstance(document.get("message"), dict)

    def reading(self, found: Found) -> "_ChatReading":
        """Begin to read a reply into `found`."""
        return _ChatReading(found)


class _ChatReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        delta = document.get("delta")
        told: dict[str, Any] = delta if isinstance(delta, dict) else document
        if isinstance(told.get("message"), dict):
            self._take_message(told["message"], document.get("index"))
        self._found.stop(told.get("finish_reason"))
        take_usage(self._found, told.get("usage"))
        self._found.ended = self._found.ended or document.get("type") == "message-end"

    def finish(self) -> None:
        """Nothing waits."""

    def _take_message(self, message: dict[str, Any], index: object) -> None:
        found = self._found
        found.add_reasoning(message.get("tool_plan"))
        content = message.get("content")
        for part in [content] if isinstance(content, dict) else objects(content):
            found.add_text(part.get("text"))
            found.add_reasoning(part.get("thinking"))
        found.add_text(content)
        calls = message.get("tool_calls")
        whole = isinstance(calls, list)
        for at, one in enumerate(objects(calls) if whole else objects([calls])):
            call = found.call(("call", str(at if whole else index)))
            function = one.get("function")
            call.name_it(one.get("id"), inner(function, "name"))
            call.add_arguments(inner(function, "arguments"))


class CohereOldChat:
    """Version 1: a `text` with a `chat_history`, `generations`, or events with an `event_type`."""

    name = "cohere.v1"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It is one of these."""
        if word(document.get("event_type")) in _OLD_EVENTS:
            return True
        replies = not {"generation_id", "chat_history"}.isdisjoint(document)
        return replies and isinstance(document.get("text"), str)

    def reading(self, found: Found) -> "_OldChatReading":
        """Begin to read a reply into `found`."""
        return _OldChatReading(found)


class CohereGenerate(CohereOldChat):
    """`generations`: completions of the time before chat, also through Bedrock."""

    name = "cohere.generate"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It has generations."""
        return any("text" in one for one in objects(document.get("generations")))


class _OldChatReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        found = self._found
        event = document.get("event_type")
        if event == "stream-end":
            found.ended = True
            ended = document.get("response")
            if isinstance(ended, dict):
                self._take_end(ended, unsaid=not found.texts)
        elif event == "tool-calls-generation" or event is None:
            self._take_end(document, unsaid=True)
        elif event == "text-generation":
            found.add_text(document.get("text"))
        if event is not None:
            found.stop(document.get("finish_reason"))

    def finish(self) -> None:
        """Nothing waits."""

    def _take_end(self, answer: dict[str, Any], *, unsaid: bool) -> None:
        found = self._found
        found.name_model(answer.get("model"))
        if unsaid:
            found.add_text(answer.get("text"))
        for at, one in enumerate(objects(answer.get("generations"))):
            found.add_text(one.get("text"), at)
            found.stop(one.get("finish_reason"), at)
        for at, one in enumerate(objects(answer.get("tool_calls"))):
            if not found.has_call(at):
                call = found.call(at)
                call.name_it(None, one.get("name"))
                call.add_arguments(one.get("parameters"))
        found.stop(answer.get("finish_reason"))
        take_usage(found, answer.get("meta"))


class CohereOther:
    """Embeddings and rankings."""

    name = "cohere.embed"
    operation = "embeddings"

    def knows(self, document: Document) -> bool:
        """It has embeddings and Cohere's `meta`."""
        return "embeddings" in document and isinstance(document.get("meta"), dict)

    def reading(self, found: Found) -> "_OtherReading":
        """Begin to read a reply into `found`."""
        return _OtherReading(found)


class CohereRerank(CohereOther):
    """Rankings: `results` with a score each."""

    name = "cohere.rerank"
    operation = "rerank"

    def knows(self, document: Document) -> bool:
        """It has scores."""
        return any("relevance_score" in one for one in objects(document.get("results")))


class _OtherReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        self._found.name_model(document.get("model"))
        take_usage(self._found, document.get("meta") or document.get("usage"))

    def finish(self) -> None:
        """Nothing waits."""


def take_usage(found: Found, block: object) -> None:
    """Note a `usage` or `meta` block that counts something."""
    if isinstance(block, dict) and not {"tokens", "billed_units"}.isdisjoint(block):
        found.raw_usage, found.usage = block, cohere_usage(block)

"""Replies with one thing in them: counts of tokens, transcriptions, pictures."""

from watchkeeper.gateway.dialects.fields import count, objects
from watchkeeper.gateway.dialects.recorded.counting import responses_usage
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_COUNTS = ("input_tokens", "inputTokens", "totalTokens")


class TokenCount:
    """A count and nothing else that was asked for instead of an answer."""

    name = "token_count"
    operation = "count_tokens"

    def knows(self, document: Document) -> bool:
        """It has a count of its own, and no answer."""
        return any(count(document.get(name)) is not None for name in _COUNTS)

    def reading(self, found: Found) -> "_CountReading":
        """Begin to read a reply into `found`."""
        return _CountReading(found)


class _CountReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        for name in _COUNTS:
            tokens = count(document.get(name))
            if tokens is not None:
                self._found.raw_usage = {name: tokens}
                self._found.usage = RecordedUsage(input_tokens=tokens)

    def finish(self) -> None:
        """Nothing waits."""


class Transcription:
    """The `text` of a sound, whole or as `transcript.text.*` events."""

    name = "openai.transcription"
    operation = "transcription"

    def knows(self, document: Document) -> bool:
        """It has a text of its own."""
        kind = document.get("type")
        streamed = isinstance(kind, str) and kind.startswith("transcript.text")
        return streamed or (isinstance(document.get("text"), str) and "choices" not in document)

    def reading(self, found: Found) -> "_MediaReading":
        """Begin to read a reply into `found`."""
        return _MediaReading(found)


class Images:
    """Pictures: `data` with a `b64_json` or `url` each."""

    name = "openai.images"
    operation = "image_generation"

    def knows(self, document: Document) -> bool:
        """It has pictures."""
        return any(not {"b64_json", "url"}.isdisjoint(one) for one in objects(document.get("data")))

    def reading(self, found: Found) -> "_MediaReading":
        """Begin to read a reply into `found`."""
        return _MediaReading(found)


class _MediaReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._pieces: list[str] = []
        self._whole: str | None = None

    def take(self, document: Document) -> None:
        if document.get("type") == "transcript.text.delta":
            self._pieces.append(str(document.get("delta") or ""))
        elif isinstance(document.get("text"), str):
            self._whole = document["text"]
        usage = document.get("usage")
        if isinstance(usage, dict):
            self._found.raw_usage, self._found.usage = usage, responses_usage(usage)

    def finish(self) -> None:
        """Tell the text: the whole one where it came, else its pieces."""
        text = "".join(self._pieces) if self._whole is None else self._whole
        if text:
            self._found.add_text(text)

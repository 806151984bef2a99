"""Text generation of Hugging Face's own servers, whole or as a stream of tokens."""

from typing import Any

from watchkeeper.gateway.dialects.fields import count, inner
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document


class HuggingFaceGenerate:
    """`generated_text`, or a `token` each."""

    name = "huggingface.generate"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It has one of these."""
        return "generated_text" in document or isinstance(inner(document.get("token"), "text"), str)

    def reading(self, found: Found) -> "_GenerateReading":
        """Begin to read a reply into `found`."""
        return _GenerateReading(found)


class _GenerateReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._tokens: list[str] = []
        self._whole: list[str] = []

    def take(self, document: Document) -> None:
        token = document.get("token")
        text = inner(token, "text")
        if isinstance(text, str) and inner(token, "special") is not True:
            self._tokens.append(text)
        if isinstance(document.get("generated_text"), str):
            self._whole.append(document["generated_text"])
            self._found.ended = True
        details: Any = document.get("details")
        if isinstance(details, dict):
            self._found.stop(details.get("finish_reason"))
            told = {name: details[name] for name in ("input_length", "generated_tokens") if name in details}
            if told:
                self._found.raw_usage = told
                self._found.usage = RecordedUsage(
                    input_tokens=count(told.get("input_length")),
                    output_tokens=count(told.get("generated_tokens")),
                )

    def finish(self) -> None:
        """Tell the texts: the whole ones where they came, else the tokens."""
        for at, text in enumerate(self._whole or ["".join(self._tokens)]):
            self._found.add_text(text, at)

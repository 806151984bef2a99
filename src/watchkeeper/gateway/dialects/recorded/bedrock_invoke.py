"""Models invoked through Bedrock that have a form of their own: Titan, Llama, Mistral, AI21."""

from typing import Any

from watchkeeper.gateway.dialects.fields import count, inner, objects
from watchkeeper.gateway.dialects.recorded.anthropic_messages import METRICS, metrics_usage
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_INPUT = ("inputTextTokenCount", "prompt_token_count")
_OUTPUT = ("totalOutputTextTokenCount", "generation_token_count", "tokenCount")


class BedrockInvoke:
    """`results` or `outputText` (Titan), `generation` (Llama), `outputs` (Mistral), `completions` (AI21)."""

    name = "bedrock.invoke"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It has one of these."""
        titan = any("outputText" in one for one in objects(document.get("results")))
        ai21 = any("data" in one for one in objects(document.get("completions")))
        mistral = any("text" in one for one in objects(document.get("outputs")))
        return titan or ai21 or mistral or "outputText" in document or "generation" in document

    def reading(self, found: Found) -> "_InvokeReading":
        """Begin to read a reply into `found`."""
        return _InvokeReading(found)


class _InvokeReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._counts: dict[str, Any] = {}

    def take(self, document: Document) -> None:
        found = self._found
        self._take_answer(document, 0)
        for at, one in enumerate((*objects(document.get("results")), *objects(document.get("outputs")))):
            self._take_answer(one, at)
        for at, one in enumerate(objects(document.get("completions"))):
            found.add_text(inner(one.get("data"), "text"), at)
            found.stop(inner(one.get("finishReason"), "reason"), at)
        self._take_counts(document)
        for one in objects(document.get("results")):
            self._take_counts(one)
        metrics = document.get(METRICS)
        if isinstance(metrics, dict):
            found.ended = True
            if not self._counts:
                found.raw_usage, found.usage = metrics, metrics_usage(metrics)

    def finish(self) -> None:
        """Tell the counts, which stand here and there."""
        if self._counts:
            self._found.raw_usage = self._counts
            self._found.usage = RecordedUsage(
                input_tokens=_of(self._counts, _INPUT), output_tokens=_of(self._counts, _OUTPUT)
            )

    def _take_answer(self, answer: dict[str, Any], index: int) -> None:
        found = self._found
        for name in ("outputText", "generation", "text"):
            found.add_text(answer.get(name), index)
        found.stop(answer.get("completionReason") or answer.get("stop_reason"), index)

    def _take_counts(self, document: dict[str, Any]) -> None:
        for name in (*_INPUT, *_OUTPUT):
            if document.get(name) is not None:
                self._counts[name] = document[name]


def _of(counts: dict[str, Any], names: tuple[str, ...]) -> int | None:
    return next((count(counts[name]) for name in names if name in counts), None)

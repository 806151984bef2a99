"""Embeddings, of OpenAI and its imitators, Gemini, Bedrock's Titan and Ollama."""

from typing import Any

from watchkeeper.gateway.dialects.fields import count, inner, objects
from watchkeeper.gateway.dialects.recorded.counting import chat_usage, first_count, gemini_usage
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document


class Embeddings:
    """`data` with an `embedding` each, or an `embedding` or `embeddings` of its own."""

    name = "embeddings"
    operation = "embeddings"

    def knows(self, document: Document) -> bool:
        """It holds an embedding."""
        if any("embedding" in one for one in objects(document.get("data"))):
            return True
        if any("embeddings" in one for one in objects(document.get("predictions"))):
            return True
        return "choices" not in document and ("embedding" in document or "embeddings" in document)

    def reading(self, found: Found) -> "_EmbeddingsReading":
        """Begin to read a reply into `found`."""
        return _EmbeddingsReading(found)


class _EmbeddingsReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        found = self._found
        found.name_model(document.get("model"))
        usage: Any = document.get("usage")
        if isinstance(usage, dict):
            found.raw_usage = usage
            counted = chat_usage(usage)
            # Some count nothing but a total, and everything embedded is input.
            tokens = first_count(counted.input_tokens, usage.get("input_tokens"), usage.get("total_tokens"))
            output = None if counted.output_tokens == 0 else counted.output_tokens
            found.usage = RecordedUsage(input_tokens=tokens, output_tokens=output)
        elif isinstance(document.get("usageMetadata"), dict):
            found.raw_usage = document["usageMetadata"]
            found.usage = gemini_usage(document["usageMetadata"])
        else:
            self._take_bare_count(document)

    def finish(self) -> None:
        """Nothing waits."""

    def _take_bare_count(self, document: Document) -> None:
        counts = [_statistics(one) for one in objects(document.get("predictions"))]  # Vertex's
        if counts and None not in counts:
            self._found.raw_usage = {"token_count": sum(one for one in counts if one is not None)}
            self._found.usage = RecordedUsage(input_tokens=self._found.raw_usage["token_count"])
        for name in ("inputTextTokenCount", "prompt_eval_count"):
            tokens = count(document.get(name))
            if tokens is not None:
                self._found.raw_usage = {name: tokens}
                self._found.usage = RecordedUsage(input_tokens=tokens)


def _statistics(prediction: dict[str, Any]) -> int | None:
    tokens = inner(inner(prediction.get("embeddings"), "statistics"), "token_count")
    # Vertex writes whole numbers as floats here.
    return count(int(tokens)) if isinstance(tokens, float) and tokens.is_integer() else count(tokens)

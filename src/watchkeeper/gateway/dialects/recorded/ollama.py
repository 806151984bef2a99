"""Ollama's own chat and generate, whole or as lines."""

from watchkeeper.gateway.dialects.fields import count, inner, objects
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_COUNTS = ("prompt_eval_count", "eval_count")


class OllamaChat:
    """A `message` that is `done` or not."""

    name = "ollama.chat"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It says whether it is done, and has a message."""
        return "done" in document and isinstance(document.get("message"), dict)

    def reading(self, found: Found) -> "_OllamaReading":
        """Begin to read a reply into `found`."""
        return _OllamaReading(found)


class OllamaGenerate(OllamaChat):
    """A `response` that is `done` or not."""

    name = "ollama.generate"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It says whether it is done, and has a response."""
        return "done" in document and isinstance(document.get("response"), str)


class _OllamaReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        found, message = self._found, document.get("message")
        found.name_model(document.get("model"))
        found.add_text(document.get("response"))
        found.add_text(inner(message, "content"))
        found.add_reasoning(document.get("thinking") or inner(message, "thinking"))
        for one in objects(inner(message, "tool_calls")):
            call = found.call()
            call.name_it(one.get("id"), inner(one.get("function"), "name"))
            call.add_arguments(inner(one.get("function"), "arguments"))
        if document.get("done") is True:
            found.ended = True
            found.stop(document.get("done_reason"))
        told = {name: document[name] for name in _COUNTS if name in document}
        if told:
            found.raw_usage = told
            found.usage = RecordedUsage(
                input_tokens=count(told.get("prompt_eval_count")), output_tokens=count(told.get("eval_count"))
            )

    def finish(self) -> None:
        """Nothing waits."""

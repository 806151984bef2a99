"""OpenAI's responses, whole or as a stream of events."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects, word
from watchkeeper.gateway.dialects.recorded.counting import responses_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_RESULTS = ("custom_tool_call_output", "function_call_output", "compaction", "item_reference")
"""Items that are neither words nor calls of the model."""
_CLIENT_CALLS = frozenset(
    {
        "function_call",
        "custom_tool_call",
        "computer_call",
        "local_shell_call",
        "shell_call",
        "apply_patch_call",
    }
)
_BESIDE_ARGUMENTS = frozenset(
    {"id", "status", "type", "call_id", "name", "results", "outputs", "output", "result"}
)
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


class OpenAIResponses:
    """`object: response`, or events named `response.*`."""

    name = "openai.responses"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It says so."""
        if word(document.get("object")) in {"response", "response.compaction"}:
            return True
        if document.get("object") == "list":  # items of a response or a conversation
            return any(
                one.get("type") == "message" and "role" in one for one in objects(document.get("data"))
            )
        return word(document.get("type")).startswith("response.")

    def reading(self, found: Found) -> "_ResponsesReading":
        """Begin to read a reply into `found`."""
        return _ResponsesReading(found)


class _Item:
    """An output item that comes in by events."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}
        self.done = False
        self.text: list[str] = []
        self.refusal: list[str] = []
        self.reasoning: list[str] = []
        self.arguments: list[str] = []


class _ResponsesReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._items: dict[int, _Item] = {}

    def take(self, document: Document) -> None:
        kind = word(document.get("type"))
        if document.get("object") == "list":
            for item in objects(document.get("data")):
                if item.get("role", "assistant") == "assistant":
                    self._take_item(item)
        elif "object" in document:
            self._take_response(document)
        elif isinstance(document.get("response"), dict):
            self._take_response(document["response"])
            self._found.ended = self._found.ended or kind in _ENDS
        elif kind:
            self._take_event(kind, document)

    def finish(self) -> None:
        """Put the items together: as they were when done, else as far as they came."""
        for at in sorted(self._items):
            item = self._items[at]
            if item.done:
                self._take_item(item.item)
            else:
                self._take_torn(item)

    def _take_response(self, response: dict[str, Any]) -> None:
        found = self._found
        found.name_model(response.get("model"))
        for at, item in enumerate(objects(response.get("output"))):
            whole = self._items.setdefault(at, _Item())
            whole.item, whole.done = item, True
        usage = response.get("usage")
        if isinstance(usage, dict):
            found.raw_usage, found.usage = usage, responses_usage(usage)
        if isinstance(response.get("error"), dict):
            found.error = response["error"]
        self._take_status(response)

    def _take_status(self, response: dict[str, Any]) -> None:
        status = word(response.get("status"))
        if status == "incomplete":
            self._found.stop(inner(response.get("incomplete_details"), "reason") or status)
        elif status in {"completed", "failed", "cancelled"}:
            self._found.stop(status)

    def _take_event(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "error" or kind == "response.error":
            self._found.error = event.get("error") if isinstance(event.get("error"), dict) else event
            return
        index = event.get("output_index")
        if not isinstance(index, int):
            return
        item = self._items.setdefault(index, _Item())
        delta = event.get("delta")
        if kind == "response.output_item.added" and isinstance(event.get("item"), dict):
            item.item = event["item"]
        elif kind == "response.output_item.done" and isinstance(event.get("item"), dict):
            item.item, item.done = event["item"], True
        elif not isinstance(delta, str):
            return
        elif kind in {"response.output_text.delta", "response.audio_transcript.delta"}:
            item.text.append(delta)
        elif kind == "response.refusal.delta":
            item.refusal.append(delta)
        elif kind.startswith("response.reasoning"):
            item.reasoning.append(delta)
        else:  # arguments of functions and MCP tools, input of custom tools, code
            item.arguments.append(delta)

    def _take_torn(self, item: _Item) -> None:
        found = self._found
        if item.text:
            found.add_text("".join(item.text))
        found.add_refusal("".join(item.refusal))
        found.add_reasoning("".join(item.reasoning))
        if word(item.item.get("type")) not in {"message", "reasoning", ""}:
            self._take_call({**item.item, "arguments": "".join(item.arguments)})

    def _take_item(self, item: dict[str, Any]) -> None:
        kind = item.get("type")
        if kind == "message":
            for part in objects(item.get("content")):
                self._found.add_refusal(part.get("refusal"))
                self._found.add_text(part.get("text") or part.get("transcript"))
        elif kind == "reasoning":
            for part in (*objects(item.get("summary")), *objects(item.get("content"))):
                self._found.add_reasoning(part.get("text"))
        elif isinstance(kind, str) and kind not in _RESULTS:
            self._take_call(item)

    def _take_call(self, item: dict[str, Any]) -> None:
        kind = word(item.get("type"))
        call = self._found.call()
        call.name_it(item.get("call_id") or item.get("id"), item.get("name") or kind)
        call.by_provider = kind not in _CLIENT_CALLS
        arguments = item.get("arguments") or item.get("input") or item.get("code")
        if arguments is None:  # a search or the like: what was asked for stands in fields of its own
            beside = {
                name: one for name, one in item.items() if name not in _BESIDE_ARGUMENTS and one is not None
            }
            arguments = beside or None
        call.add_arguments(arguments)

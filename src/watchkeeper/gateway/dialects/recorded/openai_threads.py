"""OpenAI's assistants: threads, their messages and runs, whole or as a stream of events."""

from collections.abc import Hashable
from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects, word
from watchkeeper.gateway.dialects.recorded.counting import chat_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document

_ENDED = frozenset({"completed", "failed", "incomplete", "expired", "cancelled", "requires_action"})


class OpenAIThreads:
    """`object: thread.*`, or a list of them."""

    name = "openai.threads"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It says so, or its first entry does."""
        named = document.get("object")
        if named == "list":
            named = next((one.get("object") for one in objects(document.get("data"))), None)
        return isinstance(named, str) and named.startswith("thread.")

    def reading(self, found: Found) -> "_ThreadsReading":
        """Begin to read a reply into `found`."""
        return _ThreadsReading(found)


class _ThreadsReading:
    def __init__(self, found: Found) -> None:
        self._found = found
        self._texts: dict[object, tuple[bool, str]] = {}
        """By message: whether the assistant said it, and what."""
        self._places: dict[Hashable, Hashable] = {}
        """By a call's place in its step: the key it is collected under."""

    def take(self, document: Document) -> None:
        named = document.get("object")
        if named == "list":
            for one in objects(document.get("data")):
                self.take(one)
        elif named == "thread.message":
            self._take_message(document)
        elif named == "thread.message.delta":
            self._take_message_delta(document)
        elif named == "thread.run":
            self._take_run(document)
        elif named == "thread.run.step":
            ended = document.get("status") == "completed"
            self._take_step(document.get("id"), document.get("step_details"), whole=ended)
        elif named == "thread.run.step.delta":
            details = inner(document.get("delta"), "step_details")
            self._take_step(document.get("id"), details, whole=False)

    def finish(self) -> None:
        """The assistant's messages are the first choices; what the user said comes after."""
        said = [text for assistant, text in self._texts.values() if assistant]
        heard = [text for assistant, text in self._texts.values() if not assistant]
        for at, text in enumerate(said + heard):
            self._found.add_text(text, at)

    def _take_message(self, message: dict[str, Any]) -> None:
        texts = [_text(part) for part in objects(message.get("content"))]
        if texts:
            self._texts[message.get("id")] = message.get("role") == "assistant", "".join(texts)

    def _take_message_delta(self, message: dict[str, Any]) -> None:
        piece = "".join(_text(part) for part in objects(inner(message.get("delta"), "content")))
        _, text = self._texts.get(message.get("id"), (True, ""))
        self._texts[message.get("id")] = True, text + piece

    def _take_run(self, run: dict[str, Any]) -> None:
        found = self._found
        found.name_model(run.get("model"))
        status = word(run.get("status"))
        if status in _ENDED:
            found.stop(inner(run.get("incomplete_details"), "reason") or status)
            found.ended = True
        if isinstance(run.get("usage"), dict):
            found.raw_usage, found.usage = run["usage"], chat_usage(run["usage"])
        if isinstance(run.get("last_error"), dict):
            found.error = run["last_error"]
        wanted = inner(run.get("required_action"), "submit_tool_outputs")
        for call in objects(inner(wanted, "tool_calls")):
            self._take_call(call, ("run", call.get("id")), whole=True)

    def _take_step(self, step: object, details: object, *, whole: bool) -> None:
        for at, call in enumerate(objects(inner(details, "tool_calls"))):
            index = call.get("index")
            self._take_call(call, (step, at if index is None else index), whole=whole)

    def _take_call(self, call: dict[str, Any], place: Hashable, *, whole: bool) -> None:
        """Note a call, which pieces of a stream name by its place in a step and all else by its id."""
        identity, kind = call.get("id"), call.get("type")
        key = self._places.setdefault(place, identity if isinstance(identity, str) else place)
        body = call.get(kind) if isinstance(kind, str) else None
        found = self._found.call(key)
        found.name_it(identity, inner(body, "name") or kind)
        found.by_provider = kind != "function"
        piece = inner(body, "arguments") or inner(body, "input")
        if whole and piece is not None:
            found.arguments.clear()
        found.add_arguments(piece)


def _text(part: dict[str, Any]) -> str:
    text = part.get("text")
    value = text.get("value") if isinstance(text, dict) else text
    return value if isinstance(value, str) else ""

"""OpenAI's chat completions, the older text completions, and everyone who imitates them."""

from typing import Any

from watchkeeper.gateway.dialects.fields import inner, objects, word
from watchkeeper.gateway.dialects.recorded.counting import chat_usage
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.shape import Document


class OpenAIChat:
    """`choices` with a `message`, a `delta` or a `text`."""

    name = "openai.chat"
    operation = "chat"

    def knows(self, document: Document) -> bool:
        """It has choices, or is a chunk that has only usage."""
        choices = document.get("choices")
        if word(document.get("object")) in {"chat.completion", "chat.completion.chunk"}:
            return True
        return isinstance(choices, list) and not any("text" in choice for choice in objects(choices))

    def reading(self, found: Found) -> "_ChatReading":
        """Begin to read a reply into `found`."""
        return _ChatReading(found)


class OpenAICompletions(OpenAIChat):
    """`choices` with a `text`: completions of the time before chat."""

    name = "openai.completions"
    operation = "text_completion"

    def knows(self, document: Document) -> bool:
        """It has choices with text, or says that it is a text completion."""
        choices = document.get("choices")
        if word(document.get("object")) in {"text_completion", "text.completion"}:
            return True
        return isinstance(choices, list) and any("text" in choice for choice in objects(choices))


class _ChatReading:
    def __init__(self, found: Found) -> None:
        self._found = found

    def take(self, document: Document) -> None:
        self._found.name_model(document.get("model"))
        for at, choice in enumerate(objects(document.get("choices"))):
            index = choice.get("index")
            self._take_choice(choice, index if isinstance(index, int) else at)
        usage = document.get("usage") or inner(document.get("x_groq"), "usage")
        if isinstance(usage, dict):
            self._found.raw_usage = usage
            self._found.usage = chat_usage(usage)

    def finish(self) -> None:
        """Nothing waits."""

    def _take_choice(self, choice: dict[str, Any], index: int) -> None:
        found = self._found
        found.add_text(choice.get("text"), index)
        message = choice.get("message") or choice.get("delta")
        if isinstance(message, dict):
            self._take_message(message, index)
        found.stop(choice.get("finish_reason") or choice.get("stop_reason"), index)
        if isinstance(choice.get("error"), dict):  # OpenRouter's, when a provider behind it breaks off
            found.error = choice["error"]

    def _take_message(self, message: dict[str, Any], index: int) -> None:
        found = self._found
        self._take_content(message.get("content"), index)
        found.add_reasoning(message.get("reasoning_content") or message.get("reasoning"))
        found.add_refusal(message.get("refusal"))
        found.add_text(inner(message.get("audio"), "transcript"), index)
        for at, tool_call in enumerate(objects(message.get("tool_calls"))):
            self._take_call(tool_call, at, index)
        old_call = message.get("function_call")
        if isinstance(old_call, dict):
            call = found.call((index, "function_call"))
            call.name_it(None, old_call.get("name"))
            call.add_arguments(old_call.get("arguments"))
        for executed in objects(message.get("executed_tools")):  # Groq runs some tools itself
            # A stream tells each tool twice: when it begins and when its output is there.
            key = (index, "executed", executed.get("index"))
            if not found.has_call(key):
                call = found.call(key)
                call.name_it(None, executed.get("name") or executed.get("type"))
                call.add_arguments(executed.get("arguments"))
                call.by_provider = True

    def _take_content(self, content: object, index: int) -> None:
        self._found.add_text(content, index)
        for part in objects(content):
            if part.get("type") == "thinking":  # Mistral's
                thinking = part.get("thinking")
                self._found.add_reasoning(thinking)
                for piece in objects(thinking):
                    self._found.add_reasoning(piece.get("text"))
            elif part.get("type") == "refusal":
                self._found.add_refusal(part.get("refusal"))
            else:
                self._found.add_text(part.get("text"), index)

    def _take_call(self, call: dict[str, Any], at: int, choice: int) -> None:
        index = call.get("index")
        key = (choice, index if isinstance(index, int) else at)
        named = call.get("id")
        if not isinstance(index, int) and self._found.has_call(key) and self._found.call(key).id != named:
            key = (choice, len(self._found.tool_calls))  # servers without `index` send each call whole
        found = self._found.call(key)
        function = call.get("function") or call.get("custom")
        found.name_it(named, inner(function, "name"))
        found.add_arguments(inner(function, "arguments") or inner(function, "input"))

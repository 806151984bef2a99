"""What a streamed reply has said so far, whatever its dialect."""

from collections.abc import Callable
from typing import Any

import orjson

from watchkeeper.domain.call import Usage
from watchkeeper.domain.errors import TargetError
from watchkeeper.gateway.dialects.alike_events import AlikeEvents
from watchkeeper.gateway.dialects.dialect import FLAVORS, Dialect, Operation
from watchkeeper.gateway.dialects.fields import label
from watchkeeper.gateway.dialects.finish_reason import openai_words
from watchkeeper.gateway.dialects.reply_facts import (
    ReplyFacts,
    ToolCall,
    malformed,
    raw_usage_of,
    reasoning_of,
)
from watchkeeper.gateway.dialects.sse import DONE, SseEvent
from watchkeeper.gateway.dialects.stream_failure import stream_failure
from watchkeeper.gateway.dialects.usage import usage_of


class StreamFacts:
    """Collects events of one stream; `reply()` tells at any moment what they amount to.

    Attributes:
        complete: The dialect's end mark was seen: `[DONE]`, or `message_stop`. A stream that ends
            without it was cut.
        error: The failure the provider reported inside the stream.
        first_content: Something a reader would see has come: text, thinking, a tool call, a refusal.
        usage_only: The event taken last holds usage and no choice: the extra chunk of a client that
            asked for usage.
        model: The model that answers, as the provider names it.
        raw_usage: The usage block as sent; of Anthropic's two, the later one's counts over the first's.
        take_alike: Notes the events at the beginning of a piece that differ from one before by their text
            alone, and tells how many bytes of the piece these are; see `AlikeEvents.take`.
    """

    __slots__ = (
        "_alike",
        "_calls",
        "_refusal",
        "_texts",
        "_thoughts",
        "complete",
        "dialect",
        "error",
        "first_content",
        "model",
        "provider_finish_reason",
        "raw_usage",
        "take_alike",
        "usage_only",
    )

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.complete = False
        self.error: TargetError | None = None
        self.first_content = False
        self.usage_only = False
        self.model: str | None = None
        self.provider_finish_reason: str | None = None
        self.raw_usage: dict[str, Any] | None = None
        self._texts: dict[int, list[str]] = {}
        self._thoughts: list[str] = []
        self._refusal: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._alike = AlikeEvents(dialect)
        self.take_alike: Callable[[bytes], int] = self._alike.take

    def take(self, event: SseEvent) -> dict[str, Any] | None:
        """Note what an event says, and give its parsed data; None for the end mark.

        Raises:
            MalformedReplyError: Its data is no event of the dialect.
        """
        data = event.data
        if data == DONE:
            self.complete = True
            return None
        try:
            parsed = orjson.loads(data)
        except orjson.JSONDecodeError:
            if data.strip() == DONE:
                self.complete = True
                return None
            raise malformed("an event of its stream is not JSON") from None
        if not isinstance(parsed, dict):
            raise malformed("an event of its stream is not a JSON object")
        if self.dialect is Dialect.OPENAI:
            self._take_openai(parsed)
        else:
            self._take_anthropic(parsed)
        self._alike.learn(event.raw, parsed)
        return parsed

    @property
    def text(self) -> str:
        """The text so far, of the first choice."""
        return "".join(self._texts.get(0, ()))

    @property
    def usage(self) -> Usage:
        """Tokens as counted so far; nothing is known until the provider has said it."""
        return usage_of(self.dialect, self.raw_usage)

    @property
    def finish_reason(self) -> str | None:
        """Why the first choice ended, in OpenAI's words; None while it goes on."""
        reason = self.provider_finish_reason
        return openai_words(reason) if self.dialect is Dialect.ANTHROPIC else reason

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls so far, of the first choice; arguments may be unfinished."""
        return tuple(self._calls[at].whole() for at in sorted(self._calls))

    def reply(self) -> ReplyFacts:
        """The facts so far, as of a reply that was not streamed."""
        return ReplyFacts(
            model=self.model,
            text=self.text,
            tool_calls=self.tool_calls,
            finish_reason=self.finish_reason,
            provider_finish_reason=self.provider_finish_reason,
            refusal="".join(self._refusal) or None,
            reasoning="".join(self._thoughts),
            choices=max(1, len(self._texts)),
            usage=self.usage,
            raw_usage=self.raw_usage,
            flavor=FLAVORS[self.dialect, Operation.CHAT],
        )

    def _take_openai(self, chunk: dict[str, Any]) -> None:
        usage = chunk.get("usage")
        if usage:
            self._note_usage(raw_usage_of(chunk))
        choices = chunk.get("choices")
        self.usage_only = bool(usage) and not choices
        if self.model is None:
            self.model = label(chunk.get("model"))
        if chunk.get("error") is not None:
            self.error = stream_failure(Dialect.OPENAI, chunk)
        if not choices:
            return
        if not isinstance(choices, list):
            raise malformed("the choices of an event are no array")
        for choice in choices:
            if not isinstance(choice, dict):
                raise malformed("a choice of an event is no object")
            self._take_choice(choice)

    def _take_choice(self, choice: dict[str, Any]) -> None:
        at = choice.get("index") or 0
        if type(at) is not int:
            raise malformed("the index of a choice is no number")
        delta = choice.get("delta")
        if delta:
            if not isinstance(delta, dict):
                raise malformed("the delta of a choice is no object")
            self._take_delta(at, delta)
        reason = choice.get("finish_reason")
        if reason is not None and at == 0:
            self.provider_finish_reason = label(reason)

    def _take_delta(self, at: int, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        if content:
            self._add_text(content, at)
            if len(delta) == 1:
                return
        if at == 0:
            self._take_beside_text(delta)
        elif delta.get("tool_calls"):
            self.first_content = True

    def _take_beside_text(self, delta: dict[str, Any]) -> None:
        calls = delta.get("tool_calls")
        if isinstance(calls, list):
            for call in calls:
                self._take_call(call)
        old_call = delta.get("function_call")
        if old_call:
            self._take_call({"index": 0, "function": old_call})
        refusal = delta.get("refusal")
        if isinstance(refusal, str) and refusal:
            self._refusal.append(refusal)
            self.first_content = True
        thought = reasoning_of(delta)
        if thought:
            self._thoughts.append(thought)
            self.first_content = True

    def _take_call(self, found: object) -> None:
        function = found.get("function") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(function, dict):
            raise malformed("a tool call of an event names no function")
        self.first_content = True
        call = self._call_at(found)
        call.id = call.id or _string(found.get("id"))
        call.name = call.name or _string(function.get("name")) or ""
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call.arguments.append(arguments)

    def _call_at(self, found: dict[str, Any]) -> "_Call":
        """The call an event goes on with; servers without `index` send each call whole."""
        at = found.get("index")
        if type(at) is not int:
            at = len(self._calls)
        return self._calls.setdefault(at, _Call())

    def _take_anthropic(self, data: dict[str, Any]) -> None:
        kind = data.get("type")
        if kind == "content_block_delta":
            self._take_block_delta(data)
        elif kind == "content_block_start":
            self._take_block(data)
        elif kind == "message_start":
            message = data.get("message")
            if not isinstance(message, dict):
                raise malformed("its message_start holds no message")
            self.model = label(message.get("model"))
            self._note_usage(message.get("usage"))
        elif kind == "message_delta":
            delta = data.get("delta")
            reason = delta.get("stop_reason") if isinstance(delta, dict) else None
            if reason is not None:
                self.provider_finish_reason = label(reason)
            self._note_usage(data.get("usage"))
        elif kind == "message_stop":
            self.complete = True
        elif kind == "error":
            self.error = stream_failure(Dialect.ANTHROPIC, data)
        elif not isinstance(kind, str):
            raise malformed("an event of its stream has no type")

    def _take_block(self, data: dict[str, Any]) -> None:
        block = data.get("content_block")
        if not isinstance(block, dict):
            raise malformed("a content_block_start holds no block")
        kind = block.get("type")
        if kind == "text" and block.get("text"):
            self._add_text(block["text"])
        elif kind == "tool_use":
            self.first_content = True
            call = self._calls.setdefault(block_index(data), _Call())
            call.id, call.name = _string(block.get("id")), _string(block.get("name")) or ""

    def _take_block_delta(self, data: dict[str, Any]) -> None:
        delta = data.get("delta")
        if not isinstance(delta, dict):
            raise malformed("a content_block_delta holds no delta")
        kind = delta.get("type")
        if kind == "text_delta":
            self._add_text(delta.get("text"))
        elif kind == "input_json_delta":
            piece = delta.get("partial_json")
            call = self._calls.get(block_index(data))
            if call is not None and isinstance(piece, str):
                call.arguments.append(piece)
        elif kind == "thinking_delta":
            thought = delta.get("thinking")
            if isinstance(thought, str):
                self._thoughts.append(thought)
                self.first_content = True

    def _add_text(self, text: object, choice: int = 0) -> None:
        if not isinstance(text, str):
            raise malformed("the text of an event is no string")
        self.first_content = True
        texts = self._texts.get(choice)
        if texts is None:
            texts = self._texts[choice] = self._alike.texts if choice == 0 else []
        texts.append(text)

    def _note_usage(self, block: object) -> None:
        if not isinstance(block, dict):
            return
        # Counts are of the whole reply so far, so a later block is right where both speak; fields
        # that only the first has (what the cache gave) stay.
        known = self.raw_usage or {}
        self.raw_usage = {**known, **{name: found for name, found in block.items() if found is not None}}


class _Call:
    """A tool call that is still coming in."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id: str | None = None
        self.name = ""
        self.arguments: list[str] = []

    def whole(self) -> ToolCall:
        return ToolCall(self.id, self.name, "".join(self.arguments) or "{}")


def block_index(data: dict[str, Any]) -> int:
    """Which block an Anthropic event is about.

    Raises:
        MalformedReplyError: It does not say.
    """
    at = data.get("index")
    if type(at) is not int:
        raise malformed("an event of its stream has no index")
    return at


def _string(found: object) -> str | None:
    return found if isinstance(found, str) else None

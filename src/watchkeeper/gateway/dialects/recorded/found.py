"""What has been read of a reply so far; every shape writes into it."""

from collections.abc import Hashable
from typing import Any

from watchkeeper.gateway.dialects.fields import label
from watchkeeper.gateway.dialects.json_text import compact_json
from watchkeeper.gateway.dialects.recorded.exchange import RecordedToolCall, RecordedUsage


class CallFound:
    """A tool call, whole or still coming in."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.name = ""
        self.arguments: list[str] = []
        self.by_provider = False

    def name_it(self, identity: object, name: object) -> None:
        """Note its id and name; what a later piece leaves out stays."""
        if isinstance(identity, str) and identity:
            self.id = identity
        if isinstance(name, str) and name:
            self.name = name

    def add_arguments(self, found: object) -> None:
        """Note a piece of its arguments: text as it is, anything else as JSON."""
        if isinstance(found, str):
            self.arguments.append(found)
        elif found is not None:
            self.arguments.append(compact_json(found))

    def whole(self) -> RecordedToolCall:
        """The call so far; no arguments are an empty object."""
        return RecordedToolCall(self.id, self.name, "".join(self.arguments) or "{}", self.by_provider)


class Found:
    """Collects one reply, choice by choice."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.refusals: list[str] = []
        self.reasoning: list[str] = []
        self.stop_reasons: dict[int, str] = {}
        self.usage: RecordedUsage | None = None
        self.raw_usage: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None
        """An error object found inside the reply."""
        self.ended = False
        """A mark was seen that ends this shape's streams."""
        self._texts: dict[int, list[str]] = {}
        self._calls: dict[Hashable, CallFound] = {}

    def name_model(self, found: object) -> None:
        """Note the model that answers; the first to be named stays."""
        self.model = self.model or label(found)

    def add_text(self, found: object, choice: int = 0) -> None:
        """Note a piece of a choice's text."""
        if isinstance(found, str):
            self._texts.setdefault(choice, []).append(found)

    def add_reasoning(self, found: object) -> None:
        """Note a piece of shown thinking."""
        if isinstance(found, str) and found:
            self.reasoning.append(found)

    def add_refusal(self, found: object) -> None:
        """Note a piece of a refusal's words."""
        if isinstance(found, str) and found:
            self.refusals.append(found)

    def stop(self, reason: object, choice: int = 0) -> None:
        """Note why a choice ended."""
        if reason is not None:
            self.stop_reasons[choice] = str(reason)

    def call(self, key: Hashable | None = None) -> CallFound:
        """The tool call of this key, begun where it is new; without a key a new one."""
        if key is None:
            key = ("unnamed", len(self._calls))
        return self._calls.setdefault(key, CallFound())

    def has_call(self, key: Hashable) -> bool:
        """Whether a tool call of this key has begun."""
        return key in self._calls

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each choice, in order."""
        return tuple("".join(self._texts[choice]) for choice in sorted(self._texts))

    @property
    def tool_calls(self) -> tuple[RecordedToolCall, ...]:
        """The tool calls, in the order they began."""
        return tuple(call.whole() for call in self._calls.values())

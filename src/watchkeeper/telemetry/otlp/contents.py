"""What a span, or an event beside it, tells of what was asked and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from watchkeeper.telemetry.otlp.content_names import (
    PROMPT_LISTS,
    PROMPT_NAMES,
    REPLY_LISTS,
    REPLY_NAMES,
    SYSTEM_NAMES,
    TOOL_CALL_NAMES,
)
from watchkeeper.telemetry.otlp.messages import Message, messages_of, nested, text_of_messages
from watchkeeper.telemetry.otlp.one_message import one_message

PREVIEW_CHARACTERS = 200
"""What lists show of content (law 10)."""
_JSON = "application/json"
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a call, as the content store takes it."""

    data: bytes = field(repr=False)
    media_type: str
    preview: str | None


@dataclass(slots=True)
class Told:
    """Content as it was found: named values, leaves of flattened lists, and messages of events."""

    values: dict[str, object] = field(default_factory=dict)
    leaves: dict[str, list[tuple[str, object]]] = field(default_factory=dict)
    prompt_messages: list[Message] = field(default_factory=list)
    reply_messages: list[Message] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything was told."""
        return bool(self.values or self.leaves or self.prompt_messages or self.reply_messages)


def prompt_of(told: Told) -> Side | None:
    """What was asked."""
    plain = _plain_side(told.values.get(PROMPT_NAMES[0]))
    if plain is not None and SYSTEM_NAMES[0] not in told.values:
        return plain
    system = _system_messages(told.values) if SYSTEM_NAMES[0] in told.values else []
    found = _from(told, PROMPT_NAMES, PROMPT_LISTS, role="user", of_events=told.prompt_messages)
    if isinstance(found, list):
        return _piece([*system, *found], role="user")
    if found is None:
        return _piece(system, role="system") if system else None
    return _other(found)


def reply_of(told: Told) -> Side | None:
    """What was answered."""
    plain = _plain_side(told.values.get(REPLY_NAMES[0]))
    if plain is not None:
        return plain
    calls = told.values.get(TOOL_CALL_NAMES[0])
    found = _from(told, REPLY_NAMES, REPLY_LISTS, role="assistant", of_events=told.reply_messages)
    if calls is not None and not isinstance(found, list):
        said = found if isinstance(found, str) else None
        made = messages_of(
            [{"role": "assistant", "content": said, "tool_calls": _loaded(calls)}], "assistant"
        )
        return None if made is None else _piece(made, role="assistant")
    if isinstance(found, list):
        return _piece(found, role="assistant")
    return None if found is None else _other(found)


def _plain_side(first: object) -> Side | None:
    """The side that its first name, which wins, tells as one message of one text."""
    one = one_message(first) if isinstance(first, str) else None
    return None if one is None else Side(one.data, _JSON, one.text[:PREVIEW_CHARACTERS])


def _from(
    told: Told, names: Sequence[str], lists: Sequence[str], *, role: str, of_events: list[Message]
) -> list[Message] | object | None:
    """Messages, where any were told; else what else was told; None where nothing was."""
    first = told.values.get(names[0])
    if first is not None and (found := messages_of(first, role)):
        return found
    for name in lists:
        if name in told.leaves:
            tree = nested(told.leaves[name])
            found = messages_of(tree, role)
            return found or _of_list(name, tree)
    if of_events:
        return of_events
    values = [told.values[name] for name in names if told.values.get(name) not in (None, "")]
    for value in values:
        if found := messages_of(value, role):
            return found
    return values[0] if values else None


def _of_list(name: str, tree: object) -> object:
    """A list that holds no messages: an embedding's texts, a retriever's documents."""
    if name == "embedding.embeddings." and isinstance(tree, list):
        inner = [one.get("embedding", one) if isinstance(one, dict) else one for one in tree]
        # Vectors are no content: they can be made again, and are a hundred times the text.
        return {"input": [one.get("text") if isinstance(one, dict) else one for one in inner]}
    return {name.rstrip("."): tree}


def _system_messages(values: Mapping[str, object]) -> list[Message]:
    for name in SYSTEM_NAMES:
        held = _loaded(values.get(name))
        if held in (None, "", []):
            continue
        parts = held if isinstance(held, list) else [held]
        return messages_of([{"role": "system", "content": parts}], "system") or []
    return []


def _loaded(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return orjson.loads(value)
        except ValueError:
            return value
    return value


def _piece(messages: list[Message], *, role: str) -> Side:
    said = text_of_messages(messages, role=role)
    return Side(orjson.dumps(messages), _JSON, None if said is None else said[:PREVIEW_CHARACTERS])


def _other(value: object) -> Side:
    if isinstance(value, str):
        is_json = value.lstrip()[:1] in ("[", "{")
        data = value.encode("utf-8", "replace")
        return Side(data, _JSON if is_json else _PLAIN, value[:PREVIEW_CHARACTERS])
    data = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Side(data, _JSON, data[: 4 * PREVIEW_CHARACTERS].decode("utf-8", "ignore")[:PREVIEW_CHARACTERS])

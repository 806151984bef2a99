"""Attributes sorted into what they are: columns of ours, content, and the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from watchkeeper.telemetry.otlp.any_value import MOST_ATTRIBUTES, MOST_KEY_CHARACTERS, plain
from watchkeeper.telemetry.otlp.attribute_names import COLUMNS, RENAMED
from watchkeeper.telemetry.otlp.content_names import CHOICE_EVENT, CONTENT_NAMES, MESSAGE_EVENTS, list_of
from watchkeeper.telemetry.otlp.contents import Told
from watchkeeper.telemetry.otlp.messages import normal_messages

_EVENT_LISTS = frozenset({"events", "all_messages_events"})
_LISTED_FIRST = frozenset("gler")
"""First letters of the flattened lists' names, looked at before anything dearer."""
_MOST_LEAVES = 50_000
_EMBEDDING_VECTOR = ".vector"


@dataclass(slots=True)
class Sorted:
    """What the attributes of one span or event say."""

    columns: dict[str, object] = field(default_factory=dict)
    rest: dict[str, object] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    ranks: dict[str, tuple[int, str]] = field(default_factory=dict)
    leaves: int = 0


def sorted_attributes(pairs: Iterable[KeyValue]) -> Sorted:
    """Sort attributes; of several names for one column the first of the tables wins.

    A name that lost with another value stays among the rest, so that nothing is untold.
    """
    found = Sorted()
    columns, ranks = found.columns, found.ranks
    place_of = COLUMNS.get
    for pair in pairs:
        name = pair.key
        place = place_of(name)
        if place is not None:
            value = plain(pair.value)
            if place[0] in ranks:
                _take_again(found, place, name, value)
            elif value is not None and value != "":
                columns[place[0]] = value
                ranks[place[0]] = (place[1], name)
        elif name in CONTENT_NAMES:
            _take_content(found.told, name, pair)
        elif name[:1] in _LISTED_FIRST and (prefix := list_of(name)) is not None:
            found.leaves += 1
            if found.leaves <= _MOST_LEAVES and not name.endswith(_EMBEDDING_VECTOR):
                found.told.leaves.setdefault(prefix, []).append((name[len(prefix) :], _whole(pair)))
        elif len(found.rest) < MOST_ATTRIBUTES:
            found.rest[RENAMED.get(name, name)[:MOST_KEY_CHARACTERS]] = plain(pair.value)
    return found


def _take_again(found: Sorted, place: tuple[str, int], name: str, value: object) -> None:
    """Take another name of a column that is told already."""
    if value is None or value == "":
        return
    column, rank = place
    known = found.ranks[column]
    if rank < known[0]:
        loser, lost = known[1], found.columns[column]
        found.columns[column] = value
        found.ranks[column] = (rank, name)
    else:
        loser, lost = name, value
    if lost != found.columns[column]:
        found.rest[RENAMED.get(loser, loser)] = lost


def _take_content(told: Told, name: str, pair: KeyValue) -> None:
    if name in _EVENT_LISTS and take_event_list(told, pair.value.string_value):
        return
    told.values[name] = _whole(pair)


def _whole(pair: KeyValue) -> object:
    """Content's value: its text is not cut here, its own store bounds it."""
    text: str = pair.value.string_value
    return text or plain(pair.value)


def take_event_list(told: Told, text: str) -> bool:
    """Take the messages of a span that tells its events in an attribute; whether it was such a list."""
    try:
        events = orjson.loads(text)
    except ValueError:
        return False
    if not isinstance(events, list) or not all(isinstance(one, dict) for one in events):
        return False
    for one in events:
        name = one.get("event.name")
        if name == CHOICE_EVENT:
            told.reply_messages.extend(normal_messages(one, "assistant"))
        elif name in MESSAGE_EVENTS:
            told.prompt_messages.extend(normal_messages(one, MESSAGE_EVENTS[name]))
    return bool(told.reply_messages or told.prompt_messages)

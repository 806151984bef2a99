"""OTLP/JSON as the message it stands for: ids in hexadecimal, 64-bit numbers as text, unknown fields gone.

Each item is read for itself, so that a bad one costs no other.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.otlp.signals import Signal

_IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")
_WITH_IDS = ("links", "exemplars", "dataPoints", "data_points")
_METRIC_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "exponential_histogram", "summary")


def message_of_json(signal: Signal, body: bytes) -> tuple[Any, int]:
    """The request, and how many items in it cannot be read.

    Raises:
        InvalidInputError: It is no JSON, or none of this signal.
    """
    told = _loaded(body)
    groups = told.get(_camel(signal.groups), told.get(signal.groups)) if isinstance(told, Mapping) else None
    if groups is None and told == {}:
        groups = []
    if not isinstance(groups, list):
        raise InvalidInputError(
            f"the body has no list {_camel(signal.groups)!r}",
            action="send OTLP/JSON as its specification says",
        )
    message: Any = signal.request()
    lost = 0
    for group in groups:
        if not isinstance(group, Mapping):
            lost += 1
            continue
        lost += _take_group(signal, group, getattr(message, signal.groups).add())
    return message, lost


def _take_group(signal: Signal, group: Mapping[str, Any], into: Any) -> int:
    lost = 0
    outer = {name: held for name, held in group.items() if name in ("resource", "schemaUrl", "schema_url")}
    if not _read(outer, into):
        into.Clear()
    for scoped in _list(group, signal.scoped):
        if not isinstance(scoped, Mapping):
            lost += 1
            continue
        made = getattr(into, signal.scoped).add()
        outer = {name: held for name, held in scoped.items() if name in ("scope", "schemaUrl", "schema_url")}
        if not _read(outer, made):
            made.Clear()
        items = getattr(made, signal.items)
        for item in _list(scoped, signal.items):
            if not isinstance(item, Mapping):
                lost += 1
            elif not _read(_with_bytes(item), items.add()):
                del items[-1]
                lost += 1
    return lost


def _read(told: Mapping[str, Any], into: Message) -> bool:
    try:
        json_format.ParseDict(dict(told), into, ignore_unknown_fields=True, max_recursion_depth=64)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        return False
    return True


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    held = told.get(_camel(name), told.get(name))
    return held if isinstance(held, list) else []


def _with_bytes(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item with its ids as protobuf's JSON has them, in base64."""
    made = dict(item)
    for name in _IDS:
        if isinstance(made.get(name), str):
            made[name] = _base64_of_hex(made[name])
    for name in (*_WITH_IDS, *_METRIC_KINDS):
        held = made.get(name)
        if isinstance(held, Mapping):
            made[name] = _with_bytes(held)
        elif isinstance(held, list):
            made[name] = [_with_bytes(one) if isinstance(one, Mapping) else one for one in held]
    return made


def _base64_of_hex(text: str) -> str:
    try:
        return base64.b64encode(bytes.fromhex(text)).decode()
    except ValueError:
        # No id; it is refused for what it is, with the others of its kind.
        return base64.b64encode(b"?").decode()


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        # `NaN` is no JSON, but some senders write it; text that is no UTF-8 is mended.
        return json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as wrong:
        raise InvalidInputError(
            f"the body is no JSON: {wrong}", action="send OTLP/JSON, or protobuf with its content type"
        ) from None


def _camel(name: str) -> str:
    """A field's name in JSON.

    >>> _camel("resource_spans")
    'resourceSpans'
    """
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

"""Redaction of a request before it is written anywhere (laws 8 and 10)."""

from bisect import bisect_right
from typing import Any

from watchkeeper.telemetry.otlp.item_ranges import item_ranges
from watchkeeper.telemetry.otlp.signals import Signal
from watchkeeper.telemetry.redaction import redacted_content
from watchkeeper.telemetry.redaction_need import may_need_redaction
from watchkeeper.telemetry.redaction_places import places_of_need

_NAMES = frozenset({"key", "schema_url", "unit"})
"""Texts that name things and hold nobody's words."""
_IDS = frozenset({"trace_id", "span_id", "parent_span_id"})
_SHORTEST = 8
"""No secret, address or number that a rule takes is shorter."""


def redact_request(signal: Signal, message: Any, body: bytes) -> bool:
    """Redact every text of a request; whether any was changed.

    Nearly every request of a hundred spans holds a number or an address somewhere, and few spans do: the
    request is looked at whole, and only an item with a place that may need it is gone through.

    Args:
        signal: Its kind.
        message: The request; it is changed.
        body: What it was read from, or is written as.
    """
    places = places_of_need(body)
    if not places and places is not None:
        return False
    needs = _items_at(body, places)
    changed = False
    number = 0
    for group in getattr(message, signal.groups):
        changed |= _redact(group.resource)
        for scoped in getattr(group, signal.scoped):
            changed |= _redact(scoped.scope)
            for item in getattr(scoped, signal.items):
                if needs is None or number in needs:
                    changed |= _redact(item)
                number += 1
    return changed


def _items_at(body: bytes, places: list[int] | None) -> set[int] | None:
    """Which items, by number, hold one of the places; None where that cannot be told."""
    ranges = None if places is None else item_ranges(body)
    if places is None or ranges is None:
        return None
    begins = [begin for begin, _ in ranges]
    found = ((bisect_right(begins, place) - 1, place) for place in places)
    return {number for number, place in found if number >= 0 and place < ranges[number][1]}


def _redact(message: Any) -> bool:
    """Redact every text of a message."""
    changed = False
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else (value,):
                changed |= _redact(inner)
        elif field.is_repeated or field.name in _NAMES or field.name in _IDS:
            continue
        elif field.type == field.TYPE_STRING and len(value) >= _SHORTEST:
            kept = _redacted(value.encode())
            if kept is not None:
                setattr(message, field.name, kept.decode("utf-8", "replace"))
                changed = True
        elif field.type == field.TYPE_BYTES and len(value) >= _SHORTEST:
            kept = _redacted(value)
            if kept is not None:
                setattr(message, field.name, kept)
                changed = True
    return changed


def _redacted(text: bytes) -> bytes | None:
    """The text redacted; None where it need not be."""
    if not may_need_redaction(text):
        return None
    is_json = text.lstrip()[:1] in (b"{", b"[")
    kept = redacted_content(text, "application/json" if is_json else "text/plain")
    return None if kept == text else kept

"""Redaction of a request before it is written anywhere (laws 8 and 10)."""

from typing import Any

from watchkeeper.telemetry.otlp.signals import Signal
from watchkeeper.telemetry.redaction import redacted_content
from watchkeeper.telemetry.redaction_need import may_need_redaction

_NAMES = frozenset({"key", "schema_url", "unit"})
"""Texts that name things and hold nobody's words."""
_IDS = frozenset({"trace_id", "span_id", "parent_span_id"})
_SHORTEST = 8
"""No secret, address or number that a rule takes is shorter."""


def redact_request(signal: Signal, message: Any) -> bool:
    """Redact every text of a request; whether any was changed.

    Nearly every request of a hundred spans holds a number or an address somewhere, and few spans do: each
    item is looked at whole, and only one that may need it is gone through.
    """
    changed = False
    for group in getattr(message, signal.groups):
        changed |= _redact(group.resource)
        for scoped in getattr(group, signal.scoped):
            changed |= _redact(scoped.scope)
            for item in getattr(scoped, signal.items):
                if may_need_redaction(item.SerializeToString()):
                    changed |= _redact(item)
    return changed


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

"""A filter of spans as an SQL condition with its parameters."""

import math
from dataclasses import fields

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.storable import LARGEST_INTEGER

AFTER = """(start_ns < $after_ns OR start_ns = $after_ns
    AND (trace_id > $after_trace OR trace_id = $after_trace AND span_id > $after_span))"""
"""What comes after a `SpanPlace` in the order of `newest.sql`."""

MODEL_OPERATION_LIST = sorted(MODEL_OPERATIONS)

COUNTS = """(receipt_id IS NOT NULL OR (trace_id, span_id) NOT IN (
    SELECT trace_id, parent_span_id FROM spans
    WHERE receipt_id IS NOT NULL AND parent_span_id IS NOT NULL))"""

_HOLDS_CONTENT = "(prompt_sha256 = ANY ($content_sha256s) OR response_sha256 = ANY ($content_sha256s))"

_NS_PER_MS = 1_000_000

_FLAGS = {
    "model_operations_only": "operation = ANY ($only_operations)",
    "gateway_only": "receipt_id IS NOT NULL",
    "counted_only": f"operation = ANY ($only_operations) AND {COUNTS}",
}
"""What is asked by a flag."""


def span_where(which: SpanFilter) -> tuple[str, dict[str, object]]:
    """The condition, and the values its `$names` stand for; only what is asked for is in it."""
    conditions = [condition for flag, condition in _FLAGS.items() if getattr(which, flag)]
    values: dict[str, object] = {}
    if which.model_operations_only or which.counted_only:
        values["only_operations"] = MODEL_OPERATION_LIST
    for asked in fields(SpanFilter):
        value = getattr(which, asked.name)
        if value is None or asked.name in _FLAGS:
            continue
        condition, value = _condition(asked.name, value)
        conditions.append(condition)
        if value is not None:
            values[asked.name] = value
    return " AND ".join(conditions) or "true", values


def _condition(name: str, value: object) -> tuple[str, object]:
    """A condition and its value; what no span can meet is `false`, as the engine cannot be asked."""
    if name == "since_ns" and isinstance(value, int):
        return "start_ns >= $since_ns", _bounded(value)
    if name == "until_ns" and isinstance(value, int):
        return "start_ns < $until_ns", _bounded(value)
    if name == "min_duration_ms" and isinstance(value, int | float):
        if not math.isfinite(value):
            return ("true" if value < 0 else "false"), None
        return "duration_ns >= $min_duration_ms", _bounded(math.ceil(value * _NS_PER_MS))
    if isinstance(value, frozenset):
        return _HOLDS_CONTENT, sorted(one for one in value if _is_utf8(one))
    if isinstance(value, str) and not _is_utf8(value):
        return "false", None
    return f"{name} = ${name}", value


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bounded(instant_ns: int) -> int:
    """The instant, or one beyond all that can be stored on the same side of them."""
    return max(-1, min(instant_ns, LARGEST_INTEGER + 1))

"""A filter of spans as an SQL condition with its parameters."""

import math
from dataclasses import fields

from watchkeeper.domain.span import ARM_ATTRIBUTE, EXPERIMENT_ATTRIBUTE, MODEL_OPERATIONS
from watchkeeper.telemetry.span_filter import SpanFilter, SpanPlace
from watchkeeper.telemetry.storable import LARGEST_INTEGER

_NS_PER_MS = 1_000_000

IS_MODEL_OPERATION = f"operation IN ({', '.join(repr(name) for name in sorted(MODEL_OPERATIONS))})"

COUNTS = (
    "(from_gateway OR (trace_id, span_id) NOT IN (SELECT trace_id, span_id FROM told_spans WHERE {bounds}))"
)
"""Not a client's span whose call a gateway span tells too (law 2)."""

_FLAGS = {
    "model_operations_only": IS_MODEL_OPERATION,
    "gateway_only": "from_gateway",
    "counted_only": f"{IS_MODEL_OPERATION} AND {COUNTS}",
}

_OF_ATTRIBUTES = {
    name: f"JSONExtractString(attributes, '{attribute}')"
    for name, attribute in (("experiment", EXPERIMENT_ATTRIBUTE), ("arm", ARM_ATTRIBUTE))
}

_AFTER = (
    "(start_ns < {after_ns:Int64} OR start_ns = {after_ns:Int64}"
    " AND (trace_id, span_id) > ({after_trace:String}, {after_span:String}))"
)
"""What comes after a `SpanPlace` in the order of `newest.sql`."""

Condition = tuple[str, dict[str, object]]
"""The text, and the values its `{name:Type}`s stand for."""


def span_where(which: SpanFilter, *, after: SpanPlace | None = None, bounds: str | None = None) -> Condition:
    """The condition on the table of spans; only what is asked for is in it.

    Args:
        which: What is asked for.
        after: Where the page before ended.
        bounds: What the caller holds `start_ns` to, in place of the filter's own bounds.
    """
    values: dict[str, object] = {}
    if bounds is None:
        bounds, values = time_bounds(which.since_ns, which.until_ns)
    conditions = [bounds]
    for asked in fields(SpanFilter):
        value = getattr(which, asked.name)
        if asked.name in _FLAGS:
            if value:
                conditions.append(_FLAGS[asked.name].replace("{bounds}", bounds))
        elif value is not None and asked.name not in {"since_ns", "until_ns"}:
            condition, value = _condition(asked.name, value)
            conditions.append(condition)
            if value is not None:
                values[asked.name] = value
    if after is not None:
        conditions.append(_AFTER)
        values |= {
            "after_ns": bounded(after.start_ns),
            "after_trace": after.trace_id,
            "after_span": after.span_id,
        }
    return " AND ".join(conditions), values


def time_bounds(since_ns: int | None, until_ns: int | None, *, column: str = "start_ns") -> Condition:
    """From one instant to before another; None is no bound."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    if since_ns is not None:
        conditions.append(f"{column} >= {{since_ns:Int64}}")
        values["since_ns"] = bounded(since_ns)
    if until_ns is not None:
        conditions.append(f"{column} < {{until_ns:Int64}}")
        values["until_ns"] = bounded(until_ns)
    return " AND ".join(conditions) or "true", values


def _condition(name: str, value: object) -> tuple[str, object]:
    """A condition and its value; what no span can meet is `false`, as the engine cannot be asked."""
    if isinstance(value, bool):
        return (name if value else f"NOT {name}"), None
    if name == "min_duration_ms" and isinstance(value, int | float):
        if not math.isfinite(value):
            return ("true" if value < 0 else "false"), None
        least_ns = math.ceil(value * _NS_PER_MS)
        if least_ns > LARGEST_INTEGER:
            return "false", None
        return "duration_ns >= {min_duration_ms:Int64}", bounded(least_ns)
    if isinstance(value, frozenset):
        known = sorted(one for one in value if is_utf8(one))
        asked = "{content_sha256s:Array(String)}"
        return f"(prompt_sha256 IN {asked} OR response_sha256 IN {asked})", known
    if isinstance(value, str) and not is_utf8(value):
        return "false", None
    return f"{_OF_ATTRIBUTES.get(name, name)} = {{{name}:String}}", value


def is_utf8(text: str) -> bool:
    """Whether the engine can be asked for it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def bounded(instant_ns: int) -> int:
    """The instant, or the last that a column holds on the same side of all that are stored."""
    return max(-1, min(instant_ns, LARGEST_INTEGER))

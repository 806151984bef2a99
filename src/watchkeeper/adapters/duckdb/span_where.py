"""A filter of spans as an SQL condition with its parameters."""

from dataclasses import fields

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.span_filter import SpanFilter

_CONDITIONS = {
    "since_ns": "start_ns >= $since_ns",
    "until_ns": "start_ns < $until_ns",
}
"""What is not plain equality with the column of the same name."""

MODEL_OPERATION_LIST = sorted(MODEL_OPERATIONS)


def span_where(which: SpanFilter) -> tuple[str, dict[str, object]]:
    """The condition, and the values its `$names` stand for; only what is asked for is in it."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    if which.model_operations_only:
        conditions.append("operation = ANY ($only_operations)")
        values["only_operations"] = MODEL_OPERATION_LIST
    for asked in fields(SpanFilter):
        value = getattr(which, asked.name)
        if value is None or asked.name == "model_operations_only":
            continue
        conditions.append(_CONDITIONS.get(asked.name, f"{asked.name} = ${asked.name}"))
        values[asked.name] = value
    return " AND ".join(conditions) or "true", values

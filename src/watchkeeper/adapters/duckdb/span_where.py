"""A filter of spans as an SQL condition with its parameters."""

from dataclasses import fields

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.storable import LARGEST_INTEGER

_CONDITIONS = {
    "since_ns": "start_ns >= $since_ns",
    "until_ns": "start_ns < $until_ns",
    "content_sha256s": "(prompt_sha256 = ANY ($content_sha256s) OR response_sha256 = ANY ($content_sha256s))",
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
        if isinstance(value, str) and not _is_utf8(value):
            # Nothing stored can equal it, and the engine cannot be asked.
            conditions.append("false")
            continue
        conditions.append(_CONDITIONS.get(asked.name, f"{asked.name} = ${asked.name}"))
        values[asked.name] = _as_asked(value)
    return " AND ".join(conditions) or "true", values


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_asked(value: object) -> object:
    """As the engine takes it: of a number beyond all that can be stored, one on the same side of them."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-1, min(value, LARGEST_INTEGER + 1))
    return value

"""Filters of logs, evaluations, feedback and queries as SQL conditions with their parameters."""

from collections.abc import Mapping
from dataclasses import fields

from watchkeeper.adapters.duckdb.span_where import bounded, is_utf8
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter

_CONDITIONS = {
    "since_ns": "ts_ns >= $since_ns",
    "until_ns": "ts_ns < $until_ns",
    "min_severity": "severity_number >= $min_severity",
    "contains": "contains(lower(body), $contains)",
    "failed": "(error IS NOT NULL) = $failed",
}
"""What is not plain equality with the column of the same name."""


def row_where(
    which: LogFilter | EvaluationFilter | FeedbackFilter | QueryFilter,
) -> tuple[str, Mapping[str, object]]:
    """The condition, and the values its `$names` stand for; only what is asked for is in it."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    for asked in fields(which):
        value = getattr(which, asked.name)
        if value is None:
            continue
        if isinstance(value, str) and not is_utf8(value):
            # Nothing stored can equal or hold it, and the engine cannot be asked.
            conditions.append("false")
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            value = bounded(value)
        if asked.name == "contains":
            value = value.lower()
        conditions.append(_CONDITIONS.get(asked.name, f"{asked.name} = ${asked.name}"))
        values[asked.name] = value
    return " AND ".join(conditions) or "true", values

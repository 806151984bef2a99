"""Filters of rows that are no spans, as SQL conditions with their parameters."""

from dataclasses import fields

from watchkeeper.adapters.clickhouse.span_where import Condition, is_utf8, time_bounds
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter

_SPECIAL = {
    "min_severity": "severity_number >= {min_severity:Int64}",
    "contains": "position(lowerUTF8(ifNull(body, '')), {contains:String}) > 0",
}


def row_where(which: LogFilter | EvaluationFilter | FeedbackFilter | QueryFilter) -> Condition:
    """The condition of a filter; only what is asked for is in it."""
    bounds, values = time_bounds(which.since_ns, which.until_ns, column="ts_ns")
    conditions = [bounds]
    for asked in fields(which):
        value = getattr(which, asked.name)
        if value is None or asked.name in {"since_ns", "until_ns"}:
            continue
        if isinstance(value, str) and not is_utf8(value):
            conditions.append("false")
        elif asked.name == "failed":
            conditions.append("error IS NOT NULL" if value else "error IS NULL")
        elif isinstance(value, bool):
            conditions.append(asked.name if value else f"NOT {asked.name}")
        else:
            conditions.append(_SPECIAL.get(asked.name, f"{asked.name} = {{{asked.name}:String}}"))
            values[asked.name] = value.lower() if asked.name == "contains" else value
    return " AND ".join(conditions), values


def points_where(question: MetricQuestion) -> Condition:
    """The condition on points that a question is about."""
    bounds, values = time_bounds(question.since_ns, question.until_ns, column="ts_ns")
    conditions = [bounds]
    asked = {"name": question.name, "workload": question.workload, "kind": question.kind}
    for name, value in asked.items():
        if value is not None:
            conditions.append(f"{name} = {{{name}:String}}" if is_utf8(value) else "false")
            values[name] = value
    for at, (tag, value) in enumerate(question.tags.items()):
        told = f"mapContains(tags, {{tag_{at}:String}}) AND tags[{{tag_{at}:String}}] = {{value_{at}:String}}"
        conditions.append(told if is_utf8(tag + value) else "false")
        values |= {f"tag_{at}": tag, f"value_{at}": value}
    return " AND ".join(conditions), {name: value for name, value in values.items() if _askable(value)}


def _askable(value: object) -> bool:
    return not isinstance(value, str) or is_utf8(value)

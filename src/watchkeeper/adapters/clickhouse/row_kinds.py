"""The tables of metric points, log records, evaluations, feedback and queries."""

import json
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from watchkeeper.adapters.clickhouse.row_table import RowTable
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.metric_question import sketches_of_buckets, sketches_of_values
from watchkeeper.telemetry.row_keys import (
    evaluation_key,
    feedback_key,
    log_key,
    point_key,
    query_key,
    tags_text,
)

_WORD = "LowCardinality(String)"
_MAYBE_WORD = "LowCardinality(Nullable(String))"
_MAYBE_TEXT = "Nullable(String)"
_MAYBE_WHOLE = "Nullable(Int64)"
_MAYBE_NUMBER = "Nullable(Float64)"
_MAYBE_FLAG = "Nullable(Bool)"
_SKETCH = "Map(Int32, UInt64)"

_instant = attrgetter("ts_ns")


def _point_values(point: MetricPoint) -> tuple[object, ...]:
    buckets = point.buckets
    if buckets is None:
        above, below = sketches_of_values(() if point.value is None else (point.value,))
    else:
        above, below = sketches_of_buckets(buckets)
    return (
        point.workload,
        point.name,
        point.kind,
        point.unit,
        point.ts_ns,
        point.start_ns,
        point.value,
        buckets and buckets.count,
        buckets and buckets.sum,
        buckets and buckets.min,
        buckets and buckets.max,
        list(buckets.bounds) if buckets else [],
        list(buckets.counts) if buckets else [],
        dict(point.tags),
        tags_text(point),
        above,
        below,
    )


def _point(row: Sequence[Any]) -> MetricPoint:
    workload, name, kind, unit, ts_ns, start_ns, value, counted, total, least, most, bounds, counts = row[:13]
    buckets = None
    if counted is not None:
        buckets = Buckets(
            count=counted, sum=total, min=least, max=most, bounds=tuple(bounds), counts=tuple(counts)
        )
    return MetricPoint(
        workload=workload,
        name=name,
        kind=kind,
        unit=unit,
        ts_ns=ts_ns,
        start_ns=start_ns,
        value=value,
        buckets=buckets,
        tags=dict(row[13]),
    )


METRICS: RowTable[MetricPoint] = RowTable(
    table="metric_points",
    columns={
        "workload": _WORD,
        "name": _WORD,
        "kind": _WORD,
        "unit": _WORD,
        "ts_ns": "Int64",
        "start_ns": _MAYBE_WHOLE,
        "value": _MAYBE_NUMBER,
        "counted": "Nullable(UInt64)",
        "sum": _MAYBE_NUMBER,
        "min": _MAYBE_NUMBER,
        "max": _MAYBE_NUMBER,
        "bounds": "Array(Float64)",
        "counts": "Array(UInt64)",
        "tags": "Map(String, String)",
        "tags_text": "String",
        "above": _SKETCH,
        "below": _SKETCH,
    },
    values=_point_values,
    row=_point,
    key=point_key,
    instant=_instant,
)

_log_fields = attrgetter(*(field.name for field in fields(LogRecord) if field.name != "attributes"))


def _log_values(record: LogRecord) -> tuple[object, ...]:
    attributes = json.dumps(dict(record.attributes), sort_keys=True) if record.attributes else ""
    return (*_log_fields(record), attributes)


def _log(row: Sequence[Any]) -> LogRecord:
    names = [field.name for field in fields(LogRecord)]
    told = dict(zip(names, row, strict=False))
    told["attributes"] = json.loads(told["attributes"]) if told["attributes"] else {}
    return LogRecord(**told)


LOGS: RowTable[LogRecord] = RowTable(
    table="log_records",
    columns={
        "workload": _WORD,
        "ts_ns": "Int64",
        "severity_number": _MAYBE_WHOLE,
        "severity_text": _MAYBE_WORD,
        "event_name": _MAYBE_WORD,
        "body": _MAYBE_TEXT,
        "trace_id": _MAYBE_TEXT,
        "span_id": _MAYBE_TEXT,
        "attributes": "String",
    },
    values=_log_values,
    row=_log,
    key=log_key,
    instant=_instant,
)

_EVALUATION = {
    "evaluation_id": "String",
    "workload": _WORD,
    "ts_ns": "Int64",
    "name": _WORD,
    "value": _MAYBE_NUMBER,
    "label": _MAYBE_WORD,
    "explanation": _MAYBE_TEXT,
    "evaluator": _MAYBE_WORD,
    "error": _MAYBE_TEXT,
    "trace_id": _MAYBE_TEXT,
    "span_id": _MAYBE_TEXT,
    "response_id": _MAYBE_TEXT,
}

EVALUATIONS: RowTable[EvaluationResult] = RowTable(
    table="evaluations",
    columns=_EVALUATION,
    values=attrgetter(*_EVALUATION),
    row=lambda row: EvaluationResult(**dict(zip(_EVALUATION, row, strict=False))),
    key=evaluation_key,
    instant=_instant,
)

_FEEDBACK = {
    "feedback_id": "String",
    "workload": _WORD,
    "ts_ns": "Int64",
    "rating": _MAYBE_WORD,
    "comment": _MAYBE_TEXT,
    "correction": _MAYBE_TEXT,
    "author": _MAYBE_TEXT,
    "query_id": _MAYBE_TEXT,
    "trace_id": _MAYBE_TEXT,
    "span_id": _MAYBE_TEXT,
}

FEEDBACK: RowTable[Feedback] = RowTable(
    table="feedback",
    columns=_FEEDBACK,
    values=attrgetter(*_FEEDBACK),
    row=lambda row: Feedback(**dict(zip(_FEEDBACK, row, strict=False))),
    key=feedback_key,
    instant=_instant,
)

_QUERY = {
    "query_id": "String",
    "workload": _WORD,
    "ts_ns": "Int64",
    "latency_ms": "Float64",
    "query_type": _MAYBE_WORD,
    "text": _MAYBE_TEXT,
    "used_history": _MAYBE_FLAG,
    "used_tools": _MAYBE_FLAG,
    "tokens_generated": _MAYBE_WHOLE,
    "results": _MAYBE_WHOLE,
    "ndcg": _MAYBE_NUMBER,
    "components": "Array(String)",
    "error": _MAYBE_TEXT,
    "degraded": "Bool",
    "trace_id": _MAYBE_TEXT,
    "attributes": "Array(Tuple(String, String))",
}
_query_values = attrgetter(*_QUERY)


def _query(row: Sequence[Any]) -> QueryRecord:
    told = dict(zip(_QUERY, row, strict=False))
    told["components"] = tuple(told["components"])
    told["attributes"] = tuple((name, value) for name, value in told["attributes"])
    return QueryRecord(**told)


QUERIES: RowTable[QueryRecord] = RowTable(
    table="query_records",
    columns=_QUERY,
    values=_query_values,
    row=_query,
    key=query_key,
    instant=_instant,
)

ROW_TABLES: tuple[RowTable[Any], ...] = (METRICS, LOGS, EVALUATIONS, FEEDBACK, QUERIES)

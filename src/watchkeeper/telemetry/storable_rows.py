"""Whether rows of any kind can be stored exactly; a bad row never keeps a good one out."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import RATINGS, Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import METRIC_KINDS, Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.append_result import RefusedRow, RowKind
from watchkeeper.telemetry.storable import (
    BAD_ATTRIBUTES,
    BAD_NUMBER,
    BAD_TEXT,
    LARGEST_INTEGER,
    MISSING,
    RefusedValueError,
    check_instant,
    storable,
)
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

Row = TypeVar("Row")


def storable_rows(batch: TelemetryBatch) -> tuple[TelemetryBatch, tuple[RefusedRow, ...]]:
    """The rows as a store keeps them, and those it cannot keep."""
    refused: list[RefusedRow] = []
    kept = TelemetryBatch(
        spans=_kept("spans", batch.spans, storable, refused),
        metrics=_kept("metrics", batch.metrics, storable_point, refused),
        logs=_kept("logs", batch.logs, storable_log, refused),
        evaluations=_kept("evaluations", batch.evaluations, storable_evaluation, refused),
        feedback=_kept("feedback", batch.feedback, storable_feedback, refused),
        queries=_kept("queries", batch.queries, storable_query, refused),
    )
    return kept, tuple(refused)


def _kept(
    kind: RowKind, rows: Iterable[Row], check: Callable[[Row], Row], refused: list[RefusedRow]
) -> tuple[Row, ...]:
    good: list[Row] = []
    for row in rows:
        try:
            good.append(check(row))
        except RefusedValueError as problem:
            refused.append(RefusedRow(kind=kind, reason=problem.reason, message=problem.message))
    return tuple(good)


def storable_point(point: MetricPoint) -> MetricPoint:
    """The point as a store keeps it.

    Raises:
        RefusedValueError: A value is of another kind than its column, or beyond it.
    """
    _texts(point, "workload", "name")
    _optional_texts(point, "unit")
    check_instant("metric point", "ts_ns", point.ts_ns)
    if point.start_ns is not None:
        check_instant("metric point", "start_ns", point.start_ns)
    if point.kind not in METRIC_KINDS:
        raise _refused(
            MISSING, "metric point", "kind", value=point.kind, wanted=f"one of {', '.join(METRIC_KINDS)}"
        )
    if (point.value is None) == (point.buckets is None) or (point.kind == "histogram") == (
        point.buckets is None
    ):
        raise _refused(
            MISSING,
            "metric point",
            "value",
            value=point.value,
            wanted="there, or buckets where it is a histogram",
        )
    if not all(_is_text(tag) and _is_text(value) for tag, value in point.tags.items()):
        raise _refused(
            BAD_TEXT, "metric point", "tags", value=dict(point.tags), wanted="text that UTF-8 can hold"
        )
    if point.buckets is not None:
        return replace(point, buckets=_storable_buckets(point.buckets))
    return replace(point, value=_number(point, "value", point.value))


def _storable_buckets(buckets: Buckets) -> Buckets:
    bounds = tuple(_number(buckets, "bounds", bound) or 0.0 for bound in buckets.bounds)
    if list(bounds) != sorted(set(bounds)):
        raise _refused(BAD_NUMBER, "histogram", "bounds", value=bounds, wanted="rising")
    for count in (buckets.count, *buckets.counts):
        _whole(buckets, "counts", count)
    if len(buckets.counts) not in {0, len(bounds) + 1} or sum(buckets.counts) not in {0, buckets.count}:
        raise _refused(
            BAD_NUMBER,
            "histogram",
            "counts",
            value=buckets.counts,
            wanted="one more than the bounds and add up to the count",
        )
    return Buckets(
        count=buckets.count,
        sum=_number(buckets, "sum", buckets.sum),
        min=_number(buckets, "min", buckets.min),
        max=_number(buckets, "max", buckets.max),
        bounds=bounds,
        counts=tuple(buckets.counts),
    )


def storable_log(record: LogRecord) -> LogRecord:
    """The record as a store keeps it, attributes as JSON keeps them.

    Raises:
        RefusedValueError: A value is of another kind than its column, or beyond it.
    """
    _texts(record, "workload")
    _optional_texts(record, "severity_text", "event_name", "body", "trace_id", "span_id")
    check_instant("log record", "ts_ns", record.ts_ns)
    severity = record.severity_number
    if severity is not None and not (type(severity) is int and 1 <= severity <= 24):
        raise _refused(
            BAD_NUMBER, "log record", "severity_number", value=severity, wanted="a whole number from 1 to 24"
        )
    if not record.attributes:
        return record
    return replace(record, attributes=_plain(record.attributes))


def storable_evaluation(row: EvaluationResult) -> EvaluationResult:
    """The evaluation as a store keeps it.

    Raises:
        RefusedValueError: A value is of another kind than its column, or beyond it.
    """
    _texts(row, "evaluation_id", "workload", "name")
    _optional_texts(row, "label", "explanation", "evaluator", "error", "trace_id", "span_id", "response_id")
    check_instant("evaluation", "ts_ns", row.ts_ns)
    return replace(row, value=_number(row, "value", row.value))


def storable_feedback(row: Feedback) -> Feedback:
    """The feedback as a store keeps it.

    Raises:
        RefusedValueError: A value is of another kind than its column, or beyond it.
    """
    _texts(row, "feedback_id", "workload")
    _optional_texts(row, "comment", "correction", "author", "query_id", "trace_id", "span_id")
    check_instant("feedback", "ts_ns", row.ts_ns)
    if row.rating is not None and row.rating not in RATINGS:
        raise _refused(
            BAD_TEXT, "feedback", "rating", value=row.rating, wanted=f"one of {', '.join(RATINGS)}"
        )
    return row


def storable_query(row: QueryRecord) -> QueryRecord:
    """The query as a store keeps it.

    Raises:
        RefusedValueError: A value is of another kind than its column, or beyond it.
    """
    _texts(row, "query_id", "workload")
    _optional_texts(row, "query_type", "text", "error", "trace_id")
    check_instant("query", "ts_ns", row.ts_ns)
    for name in ("tokens_generated", "results"):
        if getattr(row, name) is not None:
            _whole(row, name, getattr(row, name))
    for name in ("used_history", "used_tools", "degraded"):
        if not isinstance(getattr(row, name), bool | None) or (name == "degraded" and row.degraded is None):
            raise _refused(BAD_NUMBER, "query", name, value=getattr(row, name), wanted="true or false")
    latency_ms = _number(row, "latency_ms", row.latency_ms)
    if latency_ms is None or latency_ms < 0:
        raise _refused(BAD_NUMBER, "query", "latency_ms", value=row.latency_ms, wanted="a number from 0")
    if not all(map(_is_text, (*row.components, *(text for pair in row.attributes for text in pair)))):
        raise _refused(
            BAD_TEXT, "query", "components", value=row.components, wanted="text that UTF-8 can hold"
        )
    return replace(row, latency_ms=latency_ms, ndcg=_number(row, "ndcg", row.ndcg))


def _texts(row: object, *names: str) -> None:
    for name in names:
        if not getattr(row, name):
            raise _refused(MISSING, _what(row), name, value=getattr(row, name), wanted="there")
    _optional_texts(row, *names)


def _optional_texts(row: object, *names: str) -> None:
    for name in names:
        value = getattr(row, name)
        if value is not None and not _is_text(value):
            raise _refused(BAD_TEXT, _what(row), name, value=value, wanted="text that UTF-8 can hold")


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(row: object, name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise _refused(BAD_NUMBER, _what(row), name, value=value, wanted="a finite number")
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _whole(row: object, name: str, value: object) -> None:
    if type(value) is not int or not 0 <= value <= LARGEST_INTEGER:
        raise _refused(
            BAD_NUMBER, _what(row), name, value=value, wanted=f"a whole number from 0 to {LARGEST_INTEGER}"
        )


def _plain(attributes: Mapping[str, object]) -> Mapping[str, object]:
    try:
        text = json.dumps(dict(attributes), allow_nan=False, sort_keys=True, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise _refused(
            BAD_ATTRIBUTES, "log record", "attributes", value=problem, wanted="what JSON can hold"
        ) from problem
    plain: dict[str, object] = json.loads(text)
    return plain


def _what(row: object) -> str:
    return type(row).__name__


def _refused(reason: str, what: str, column: str, *, value: object, wanted: str) -> RefusedValueError:
    return RefusedValueError(reason, f"{what}: {column} must be {wanted}, not {repr(value)[:100]}")

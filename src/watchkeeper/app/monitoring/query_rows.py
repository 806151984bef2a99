"""The tables that a rule's query may read: a workload's rows of the rule's window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.ports import ColumnKind, RowSource, RowTable
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.span_filter import SpanFilter

MOST_ROWS = 100_000
"""Rows of one table a query may read; a window with more is refused, not cut."""

_Kinds = Mapping[str, ColumnKind]
_CALLS: _Kinds = {
    **dict.fromkeys(
        ("trace_id", "span_id", "operation", "error_code", "run_id", "item_id", "agent", "route"), "text"
    ),
    **dict.fromkeys(("target", "provider", "model", "release", "finish_reason", "component"), "text"),
    **dict.fromkeys(("conversation_id", "query_type", "prompt_sha256", "response_sha256"), "text"),
    **dict.fromkeys(("start_ns", "duration_ns", "http_status", "attempt"), "integer"),
    **dict.fromkeys(("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"), "integer"),
    **dict.fromkeys(("reasoning_tokens",), "integer"),
    **dict.fromkeys(("ttft_ms", "cost_usd"), "number"),
    **dict.fromkeys(("ok", "cached", "degraded", "json_ok", "schema_ok"), "flag"),
}
_EVALUATIONS: _Kinds = {
    "ts_ns": "integer",
    **dict.fromkeys(("name", "label", "evaluator", "error", "trace_id", "span_id"), "text"),
    "value": "number",
}
_FEEDBACK: _Kinds = {"ts_ns": "integer", **dict.fromkeys(("rating", "comment", "author", "trace_id"), "text")}
_QUERIES: _Kinds = {
    **dict.fromkeys(("ts_ns", "tokens_generated", "results"), "integer"),
    **dict.fromkeys(("query_id", "query_type", "error", "trace_id"), "text"),
    **dict.fromkeys(("latency_ms", "ndcg"), "number"),
    **dict.fromkeys(("used_history", "used_tools", "degraded"), "flag"),
}
_LOGS: _Kinds = {
    **dict.fromkeys(("ts_ns", "severity_number"), "integer"),
    **dict.fromkeys(("severity_text", "event_name", "body", "trace_id"), "text"),
}
_METRICS: _Kinds = {
    "begins_ns": "integer",
    **dict.fromkeys(("name", "kind", "unit"), "text"),
    "count": "integer",
    **dict.fromkeys(("sum", "mean", "min", "max", "last"), "number"),
}
TABLES = ("calls", "evaluations", "feedback", "logs", "metrics", "queries", "spans")
"""`calls` are the model calls that count, `spans` are those and all other work."""
_METRIC_STEP_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Whose rows of when."""

    workload: str
    since_ns: int
    until_ns: int


def query_rows(
    telemetry: TelemetryStore, workload: str, *, until: datetime, window_s: float
) -> Mapping[str, RowSource]:
    """Every table by name; each is read when a query names it."""
    window = Window(
        workload=workload,
        since_ns=ns_of(until - timedelta(seconds=window_s)),
        until_ns=ns_of(until),
    )
    return {name: partial(_read, telemetry, window, name) for name in TABLES}


def _read(telemetry: TelemetryStore, window: Window, table: str) -> RowTable:
    asked = {"workload": window.workload, "since_ns": window.since_ns, "until_ns": window.until_ns}
    limit = MOST_ROWS + 1
    rows: Sequence[object]
    match table:
        case "calls" | "spans":
            which = SpanFilter(
                workload=window.workload,
                since_ns=window.since_ns,
                until_ns=window.until_ns,
                counted_only=table == "calls",
            )
            kinds, rows = _CALLS, telemetry.newest(which, limit)
        case "evaluations":
            kinds, rows = _EVALUATIONS, telemetry.evaluations(EvaluationFilter(**asked), limit)  # type: ignore[arg-type]  # as its fields
        case "feedback":
            kinds, rows = _FEEDBACK, telemetry.feedback(FeedbackFilter(**asked), limit)  # type: ignore[arg-type]  # as its fields
        case "logs":
            kinds, rows = _LOGS, telemetry.logs(LogFilter(**asked), limit)  # type: ignore[arg-type]  # as its fields
        case "queries":
            kinds, rows = _QUERIES, telemetry.queries(QueryFilter(**asked), limit)  # type: ignore[arg-type]  # as its fields
        case _:
            return _metrics(telemetry, window)
    if len(rows) > MOST_ROWS:
        raise InvalidInputError(
            f"the window holds more than {MOST_ROWS:,} rows of {table}",
            action="shorten `window_s`, or watch a figure of `calls` or `metric` instead",
        )
    columns = [[_plain(getattr(row, name)) for row in rows] for name in kinds]
    return RowTable(kinds=kinds, columns=columns)


def _metrics(telemetry: TelemetryStore, window: Window) -> RowTable:
    """A row a metric, kind and minute."""
    found: list[tuple[object, ...]] = []
    for one in telemetry.metric_names(window.workload):
        question = MetricQuestion(
            name=one.name,
            workload=window.workload,
            kind=one.kind,
            since_ns=window.since_ns,
            until_ns=window.until_ns,
            step_s=_METRIC_STEP_S,
        )
        for row in telemetry.metric_series(question):
            begins_ns = window.since_ns if row.begins is None else ns_of(row.begins)
            told = (begins_ns, one.name, row.kind, one.unit, row.count)
            found.append((*told, row.sum, row.mean, row.min, row.max, row.last))
    return RowTable(kinds=_METRICS, columns=[[row[at] for row in found] for at in range(len(_METRICS))])


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else str(value)

"""The tables of logs, evaluations, feedback and queries."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any
from zlib import crc32

from watchkeeper.adapters.duckdb.columns import Array, Kind, array_of, text_array
from watchkeeper.adapters.duckdb.keyed_rows import RowTable
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.row_keys import evaluation_key, feedback_key, log_key, query_key

_LOG: dict[str, Kind] = {
    "workload": "text",
    "ts_ns": "integer",
    "severity_number": "integer",
    "severity_text": "text",
    "event_name": "text",
    "body": "text",
    "trace_id": "text",
    "span_id": "text",
    "attributes": "text",
}
_EVALUATION: dict[str, Kind] = {
    "evaluation_id": "text",
    "workload": "text",
    "ts_ns": "integer",
    "name": "text",
    "value": "number",
    "label": "text",
    "explanation": "text",
    "evaluator": "text",
    "error": "text",
    "trace_id": "text",
    "span_id": "text",
    "response_id": "text",
}
_FEEDBACK: dict[str, Kind] = {
    "feedback_id": "text",
    "workload": "text",
    "ts_ns": "integer",
    "rating": "text",
    "comment": "text",
    "correction": "text",
    "author": "text",
    "query_id": "text",
    "trace_id": "text",
    "span_id": "text",
}
_QUERY: dict[str, Kind] = {
    "query_id": "text",
    "workload": "text",
    "ts_ns": "integer",
    "latency_ms": "number",
    "query_type": "text",
    "text": "text",
    "used_history": "flag",
    "used_tools": "flag",
    "tokens_generated": "integer",
    "results": "integer",
    "ndcg": "number",
    "error": "text",
    "degraded": "flag",
    "trace_id": "text",
    "components": "text",
    "attributes": "text",
}

_log_values = attrgetter(*list(_LOG)[:-1])
_query_values = attrgetter(*list(_QUERY)[:-2])


def _crc(text: str) -> int:
    return crc32(text.encode())


def _instants(rows: Sequence[LogRecord]) -> dict[str, Array]:
    return {"ts_ns": array_of("integer", sorted({row.ts_ns for row in rows}))}


def _ids(ids: Sequence[str]) -> dict[str, Array]:
    distinct = sorted(set(ids))
    return {"id": text_array(distinct), "id_crc32": array_of("narrow", [_crc(one) for one in distinct])}


def _log_row(record: LogRecord) -> tuple[Any, ...]:
    attributes = _json(record.attributes) if record.attributes else None
    return (*_log_values(record), attributes)


def _log_of(row: Sequence[Any]) -> LogRecord:
    plain = dict(zip(_LOG, row, strict=True))
    attributes = plain.pop("attributes")
    return LogRecord(**plain, attributes={} if attributes is None else json.loads(attributes))


def _query_row(row: QueryRecord) -> tuple[Any, ...]:
    return (*_query_values(row), _json(row.components), _json(row.attributes))


def _query_of(row: Sequence[Any]) -> QueryRecord:
    plain = dict(zip(_QUERY, row, strict=True))
    components, attributes = json.loads(plain.pop("components")), json.loads(plain.pop("attributes"))
    return QueryRecord(
        **plain, components=tuple(components), attributes=tuple((name, value) for name, value in attributes)
    )


def _json(value: Mapping[str, object] | Sequence[object]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


LOGS = RowTable[LogRecord](
    table="log_records",
    key=log_key,
    kinds=_LOG,
    values=_log_row,
    row_of=_log_of,
    known="known_by_instant",
    arriving=_instants,
)

EVALUATIONS = RowTable[EvaluationResult](
    table="evaluations",
    key=evaluation_key,
    kinds=_EVALUATION,
    values=attrgetter(*_EVALUATION),
    row_of=lambda row: EvaluationResult(**dict(zip(_EVALUATION, row, strict=True))),
    known="known_evaluations",
    arriving=lambda rows: _ids([row.evaluation_id for row in rows]),
    narrowed=lambda row: _crc(row.evaluation_id),
)

FEEDBACK = RowTable[Feedback](
    table="feedback",
    key=feedback_key,
    kinds=_FEEDBACK,
    values=attrgetter(*_FEEDBACK),
    row_of=lambda row: Feedback(**dict(zip(_FEEDBACK, row, strict=True))),
    known="known_feedback",
    arriving=lambda rows: _ids([row.feedback_id for row in rows]),
    narrowed=lambda row: _crc(row.feedback_id),
)

QUERIES = RowTable[QueryRecord](
    table="queries",
    key=query_key,
    kinds=_QUERY,
    values=_query_row,
    row_of=_query_of,
    known="known_queries",
    arriving=lambda rows: _ids([row.query_id for row in rows]),
    narrowed=lambda row: _crc(row.query_id),
)

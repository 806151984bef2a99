"""Rows of the JSON API as they stand in the ingest log: JSON, a list for each kind."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

import orjson

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.redaction import redacted_content
from watchkeeper.telemetry.redaction_need import may_need_redaction
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

_NAMES_ONLY = frozenset({"workload", "name", "kind", "unit", "trace_id", "span_id", "severity_text"})
"""Columns that hold names and ids, which no rule is to touch."""
_PLAIN: Mapping[str, type[Any]] = {
    "logs": LogRecord,
    "evaluations": EvaluationResult,
    "feedback": Feedback,
}


def dump_rows(batch: TelemetryBatch) -> bytes:
    """Rows as the log keeps them, their texts redacted; spans come by OTLP alone."""
    told = {
        kind: [_row(row) for row in getattr(batch, kind)]
        for kind in ("metrics", "logs", "evaluations", "feedback", "queries")
        if getattr(batch, kind)
    }
    return orjson.dumps(told)


def redacted_rows(payload: bytes) -> bytes:
    """The same with every text redacted, whoever wrote it.

    Raises:
        InvalidInputError: It is no such JSON.
    """
    try:
        told = orjson.loads(payload)
    except ValueError as wrong:
        raise InvalidInputError(f"the rows are no JSON: {wrong}", action="send them to the server") from None
    if not may_need_redaction(payload):
        return payload
    return orjson.dumps(_redacted(told))


def load_rows(payload: bytes) -> TelemetryBatch:
    """The rows again.

    Raises:
        InvalidInputError: They are none.
    """
    try:
        told = orjson.loads(payload)
        rows = {kind: tuple(_MAKERS[kind](row) for row in held) for kind, held in told.items()}
        return TelemetryBatch(**rows)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise InvalidInputError(f"no rows: {type(wrong).__name__}: {wrong}") from wrong


def _row(row: Any) -> dict[str, Any]:
    return {name: _redacted_column(name, value) for name, value in asdict(row).items() if value is not None}


def _redacted_column(name: str, value: Any) -> Any:
    return value if name in _NAMES_ONLY or name.endswith("_id") else _redacted(value)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        text = value.encode("utf-8", "replace")
        return redacted_content(text, "text/plain").decode() if may_need_redaction(text) else value
    if isinstance(value, dict):
        return {name: _redacted_column(name, held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(held) for held in value]
    return value


def _point(row: dict[str, Any]) -> MetricPoint:
    buckets = row.pop("buckets", None)
    if buckets is not None:
        buckets = Buckets(
            **{
                **buckets,
                "bounds": tuple(buckets.get("bounds", ())),
                "counts": tuple(buckets.get("counts", ())),
            }
        )
    return MetricPoint(**row, buckets=buckets)


def _query(row: dict[str, Any]) -> QueryRecord:
    attributes = row.pop("attributes", ())
    pairs = attributes.items() if isinstance(attributes, dict) else attributes
    components = tuple(row.pop("components", ()))
    return QueryRecord(
        **row, components=components, attributes=tuple((str(name), str(value)) for name, value in pairs)
    )


def _maker(kind: type[Any]) -> Callable[[dict[str, Any]], Any]:
    names = {column.name for column in fields(kind)}

    def make(row: dict[str, Any]) -> Any:
        unknown = row.keys() - names
        if unknown:
            raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        return kind(**row)

    return make


_MAKERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "metrics": _point,
    "queries": _query,
    **{kind: _maker(made) for kind, made in _PLAIN.items()},
}

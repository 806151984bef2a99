"""Spans as rows of the table, and rows as spans."""

import json
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from operator import attrgetter
from typing import Any

from watchkeeper.adapters.clickhouse.key_hash import hash64
from watchkeeper.domain.span import Span
from watchkeeper.statistics.quantile_sketch import bucket_of

NS_PER_MS = 1_000_000

_TEXT = "String"
_MAYBE_TEXT = "Nullable(String)"
_WORD = "LowCardinality(String)"
_MAYBE_WORD = "LowCardinality(Nullable(String))"
_MAYBE_WHOLE = "Nullable(Int64)"
_MAYBE_FLAG = "Nullable(Bool)"

_TYPES = {
    "trace_id": _TEXT,
    "span_id": _TEXT,
    "name": _WORD,
    "operation": _WORD,
    "workload": _WORD,
    "start_ns": "Int64",
    "duration_ns": "Int64",
    "ok": "Bool",
    "cached": "Bool",
    "degraded": "Bool",
    "error_code": _MAYBE_WORD,
    "http_status": _MAYBE_WHOLE,
    "agent": _MAYBE_WORD,
    "route": _MAYBE_WORD,
    "target": _MAYBE_WORD,
    "provider": _MAYBE_WORD,
    "model": _MAYBE_WORD,
    "release": _MAYBE_WORD,
    "attempt": _MAYBE_WHOLE,
    "finish_reason": _MAYBE_WORD,
    "ttft_ms": "Nullable(Float64)",
    "input_tokens": _MAYBE_WHOLE,
    "output_tokens": _MAYBE_WHOLE,
    "cache_read_tokens": _MAYBE_WHOLE,
    "cache_write_tokens": _MAYBE_WHOLE,
    "reasoning_tokens": _MAYBE_WHOLE,
    "cost_usd": "Nullable(Decimal(24, 12))",
    "json_ok": _MAYBE_FLAG,
    "schema_ok": _MAYBE_FLAG,
    "component": _MAYBE_WORD,
    "query_type": _MAYBE_WORD,
    "attributes": _TEXT,
}
"""Of columns that are not text that may be missing."""

SPAN_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Span))
"""The columns that make a span, in the order of its fields."""

ROW_COLUMNS = {
    **{name: _TYPES.get(name, _MAYBE_TEXT) for name in SPAN_COLUMNS},
    "received_ns": "Int64",
    "fingerprint": "FixedString(16)",
    "trace_hash": "UInt64",
    "span_hash": "UInt64",
    "parent_hash": "UInt64",
    "from_gateway": "Bool",
    "latency_bucket": "Int32",
}
"""All columns of a row that are given, with their types, as `span_row` gives them."""

SELECTED = ", ".join(SPAN_COLUMNS)

_PLAIN = SPAN_COLUMNS[:-1]
_plain_values = attrgetter(*_PLAIN)


def span_row(span: Span, *, received_ns: int, fingerprint: bytes) -> tuple[object, ...]:
    """A storable span's values of `ROW_COLUMNS`."""
    return (
        *_plain_values(span),
        json.dumps(span.attributes, sort_keys=True) if span.attributes else "",
        received_ns,
        fingerprint,
        hash64(span.trace_id),
        hash64(span.span_id),
        0 if span.parent_span_id is None else hash64(span.parent_span_id),
        span.receipt_id is not None,
        bucket_of(span.duration_ns / NS_PER_MS),
    )


def span_of_row(row: Sequence[Any]) -> Span:
    """The span of a row's values of `SPAN_COLUMNS`; values beyond them are left out."""
    plain = dict(zip(_PLAIN, row, strict=False))
    attributes = row[len(_PLAIN)]
    return Span(**plain, attributes=json.loads(attributes) if attributes else {})


def span_text(span: Span) -> str:
    """All a span tells, as JSON."""
    told = {name: value for name in SPAN_COLUMNS if (value := getattr(span, name)) is not None}
    return json.dumps(told, sort_keys=True, default=str)


def span_of_text(text: str) -> Span:
    """The span of `span_text`."""
    told = json.loads(text)
    if "cost_usd" in told:
        told["cost_usd"] = Decimal(told["cost_usd"])
    return Span(**told)

"""Spans as rows of the table, and rows as spans."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any
from zlib import crc32

import orjson

from watchkeeper.adapters.duckdb.columns import Kind
from watchkeeper.domain.span import Span
from watchkeeper.statistics.quantile_sketch import ZERO_BUCKET, bucket_of

SPAN_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Span))
"""The columns that make a span, in the order of its fields."""

_INTEGERS = frozenset(
    {
        "start_ns",
        "duration_ns",
        "http_status",
        "attempt",
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
    }
)
_FLAGS = frozenset({"ok", "cached", "degraded", "json_ok", "schema_ok"})


def _kind(column: str) -> Kind:
    if column in _INTEGERS:
        return "integer"
    if column in _FLAGS:
        return "flag"
    return {"ttft_ms": "number", "cost_usd": "money"}.get(column, "text")  # type: ignore[return-value]  # kinds


TOLD: Mapping[str, Kind] = {column: _kind(column) for column in SPAN_COLUMNS}
"""What a span tells."""

SELECTED = ", ".join(f"spans.{column}" for column in SPAN_COLUMNS)

_PLAIN = SPAN_COLUMNS[:-1]
_plain_values = attrgetter(*_PLAIN)

ZERO_SHORT = -32768
"""How the table writes `ZERO_BUCKET`, which is wider than its column."""

_NS_PER_MS = 1_000_000


def trace_crc32(trace_id: str) -> int:
    """The narrow column a trace is looked up by."""
    return crc32(trace_id.encode())


def latency_bucket(duration_ns: int) -> int:
    """The bucket a span's duration in milliseconds is counted in, as the table writes it."""
    bucket = bucket_of(duration_ns / _NS_PER_MS)
    return ZERO_SHORT if bucket == ZERO_BUCKET else bucket


def sketch_of(buckets: Sequence[int], counts: Sequence[int]) -> dict[int, int]:
    """A sketch from buckets as the table writes them."""
    sketch = dict(zip(buckets, counts, strict=True))
    if ZERO_SHORT in sketch:
        sketch[ZERO_BUCKET] = sketch.pop(ZERO_SHORT)
    return sketch


def told_columns(spans: Sequence[Span]) -> list[tuple[Any, ...]]:
    """Storable spans column by column, in the order of `TOLD`; attributes as JSON."""
    plain = list(zip(*map(_plain_values, spans), strict=True))
    attributes = tuple(_attributes_text(span.attributes) if span.attributes else None for span in spans)
    return [*plain, attributes]


def _attributes_text(attributes: Mapping[str, object]) -> str:
    """What a storable span holds as JSON."""
    try:
        return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        # Numbers beyond 64 bits, or another mapping than a dict.
        return json.dumps(dict(attributes), sort_keys=True)


def span_of_row(row: Sequence[Any]) -> Span:
    """The span of a row's values of `SPAN_COLUMNS`; values beyond them are left out."""
    plain = dict(zip(_PLAIN, row, strict=False))
    attributes = row[len(_PLAIN)]
    return Span(**plain, attributes={} if attributes is None else json.loads(attributes))

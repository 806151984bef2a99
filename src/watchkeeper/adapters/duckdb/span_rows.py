"""Spans as rows of the table, and rows as spans."""

import json
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any
from zlib import crc32

from watchkeeper.domain.span import Span

SPAN_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Span))
"""The columns that make a span, in the order of its fields."""

ROW_COLUMNS = (*SPAN_COLUMNS, "received_ns", "fingerprint", "trace_crc32")
"""All columns of a row, as `span_row` gives them."""

SELECTED = ", ".join(SPAN_COLUMNS)

_PLAIN = SPAN_COLUMNS[:-1]
_plain_values = attrgetter(*_PLAIN)


def trace_crc32(trace_id: str) -> int:
    """The narrow column a trace is looked up by."""
    return crc32(trace_id.encode())


def span_row(span: Span, *, received_ns: int, fingerprint: bytes) -> tuple[object, ...]:
    """A storable span's values of `ROW_COLUMNS`."""
    attributes = json.dumps(span.attributes, sort_keys=True) if span.attributes else None
    return (*_plain_values(span), attributes, received_ns, fingerprint, trace_crc32(span.trace_id))


def span_of_row(row: Sequence[Any]) -> Span:
    """The span of a row's values of `SPAN_COLUMNS`; values beyond them are left out."""
    plain = dict(zip(_PLAIN, row, strict=False))
    attributes = row[len(_PLAIN)]
    return Span(**plain, attributes={} if attributes is None else json.loads(attributes))

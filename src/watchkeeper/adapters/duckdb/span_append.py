"""Taking spans in: what is new is stored, what is known is left, what differs is kept aside."""

from collections.abc import Iterable, Sequence

import duckdb

from watchkeeper.adapters.duckdb.call_series import SeriesBook
from watchkeeper.adapters.duckdb.columns import Array, Kind, array_of, insert, read, text_array
from watchkeeper.adapters.duckdb.recounting import count_no_more
from watchkeeper.adapters.duckdb.span_rows import (
    SELECTED,
    TOLD,
    latency_bucket,
    span_of_row,
    told_columns,
    trace_crc32,
)
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.append_result import NONE_TAKEN, Taken
from watchkeeper.telemetry.fingerprint import content_fingerprint

Key = tuple[str, str]
"""`(trace_id, span_id)`."""

_MADE: dict[str, Kind] = {
    "received_ns": "integer",
    "trace_crc32": "narrow",
    "series_id": "integer",
    "latency_bucket": "integer",
    "counts": "flag",
    "seq": "integer",
}
"""What the store adds to what a span tells."""

_ASIDE: dict[str, Kind] = {"received_ns": "integer", "fingerprint": "text", "trace_crc32": "narrow"}


def append_spans(
    cursor: duckdb.DuckDBPyConnection,
    spans: Sequence[Span],
    *,
    received_ns: int,
    book: SeriesBook,
    first_seq: int,
) -> Taken:
    """Store spans inside the caller's transaction; no other writer may be at work."""
    if not spans:
        return NONE_TAKEN
    parents = _gateway_parents(spans)
    rowids = _known_keys(cursor, [*((span.trace_id, span.span_id) for span in spans), *parents])
    kept = _kept_spans(cursor, [rowids[key] for span in spans if (key := _key(span)) in rowids])
    new: list[Span] = []
    differing: list[Span] = []
    for span in spans:
        known = kept.get(_key(span))
        if known is None:
            kept[_key(span)] = span
            new.append(span)
        elif not _same(known, span):
            differing.append(span)
    if new:
        # A gateway's span told again is no news to its parent, one kept aside says nothing.
        parents &= _gateway_parents(new)
        count_no_more(cursor, [rowids[key] for key in parents if key in rowids], book=book)
        counts = _counting(cursor, new, parents)
        _insert(cursor, new, counts, received_ns=received_ns, book=book, first_seq=first_seq)
    _set_aside(cursor, differing, received_ns=received_ns)
    return Taken(stored=len(new), duplicates=len(spans) - len(new) - len(differing), conflicts=len(differing))


def _key(span: Span) -> Key:
    return span.trace_id, span.span_id


def _same(known: Span, span: Span) -> bool:
    # 1 and True are equal to Python and differ in JSON: of attributes, compare what is written.
    return known == span and (not span.attributes or content_fingerprint(known) == content_fingerprint(span))


def _gateway_parents(spans: Iterable[Span]) -> set[Key]:
    """Keys of spans that one of these gateway spans has for its parent."""
    return {
        (span.trace_id, span.parent_span_id)
        for span in spans
        if span.receipt_id is not None and span.parent_span_id is not None
    }


def _asked(keys: Sequence[Key]) -> dict[str, Array]:
    return {
        "trace_id": text_array(trace_id for trace_id, _ in keys),
        "span_id": text_array(span_id for _, span_id in keys),
        "trace_crc32": array_of("narrow", [trace_crc32(trace_id) for trace_id, _ in keys]),
    }


def _known_keys(cursor: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> dict[Key, int]:
    rows = read(cursor, query("known_keys"), arriving=_asked(keys))
    return {(trace_id, span_id): rowid for rowid, trace_id, span_id in rows}


def _kept_spans(cursor: duckdb.DuckDBPyConnection, rowids: Sequence[int]) -> dict[Key, Span]:
    if not rowids:
        return {}
    text = query("spans_at").format(columns=SELECTED)
    rows = cursor.execute(text, {"rowids": sorted(set(rowids))}).fetchall()
    return {_key(span): span for span in map(span_of_row, rows)}


def _counting(cursor: duckdb.DuckDBPyConnection, new: Sequence[Span], parents: set[Key]) -> list[bool]:
    """Whether the tokens and cost of each span count (law 2)."""
    clients = [
        _key(span)
        for span in new
        if span.receipt_id is None and span.operation in MODEL_OPERATIONS and _key(span) not in parents
    ]
    told = parents
    if clients:
        told = told | set(read(cursor, query("known_gateway_parents"), arriving=_asked(clients)))
    return [
        span.operation in MODEL_OPERATIONS and (span.receipt_id is not None or _key(span) not in told)
        for span in new
    ]


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    new: Sequence[Span],
    counts: Sequence[bool],
    *,
    received_ns: int,
    book: SeriesBook,
    first_seq: int,
) -> None:
    made: list[Sequence[object]] = [
        [received_ns] * len(new),
        [trace_crc32(span.trace_id) for span in new],
        book.numbers(cursor, new, counts),
        [latency_bucket(span.duration_ns) for span in new],
        counts,
        range(first_seq, first_seq + len(new)),
    ]
    insert(cursor, "spans", {**TOLD, **_MADE}, [*told_columns(new), *made])


def _set_aside(cursor: duckdb.DuckDBPyConnection, differing: Sequence[Span], *, received_ns: int) -> None:
    if not differing:
        return
    asked = {
        "trace_ids": [span.trace_id for span in differing],
        "span_ids": [span.span_id for span in differing],
    }
    known = set(cursor.execute(query("kept_conflicts"), asked).fetchall())
    new: dict[tuple[str, str, bytes], Span] = {}
    for span in differing:
        identity = (*_key(span), content_fingerprint(span))
        if identity not in known:
            new.setdefault(identity, span)
    if not new:
        return
    made: list[Sequence[object]] = [
        [received_ns] * len(new),
        [_blob(fingerprint) for _, _, fingerprint in new],
        [trace_crc32(trace_id) for trace_id, _, _ in new],
    ]
    insert(cursor, "span_conflicts", {**TOLD, **_ASIDE}, [*told_columns(list(new.values())), *made])


def _blob(data: bytes) -> str:
    """Bytes as the engine reads them from text."""
    return "".join(f"\\x{byte:02X}" for byte in data)

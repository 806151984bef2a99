"""Taking spans in: what is new is stored, what is known is left, what differs is kept aside."""

from collections.abc import Sequence

import duckdb

from watchkeeper.adapters.duckdb.span_rows import ROW_COLUMNS, span_row, trace_crc32
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import NONE_TAKEN, Taken

Key = tuple[str, str]
"""`(trace_id, span_id)`."""

Told = tuple[Span, bytes]
"""A storable span and the fingerprint of its content."""


def append_spans(cursor: duckdb.DuckDBPyConnection, told: Sequence[Told], *, received_ns: int) -> Taken:
    """Store spans inside the caller's transaction; no other writer may be at work."""
    if not told:
        return NONE_TAKEN
    kept = _kept_fingerprints(cursor, told)
    new: list[Told] = []
    differing: list[Told] = []
    for span, fingerprint in told:
        known = kept.setdefault((span.trace_id, span.span_id), None)
        if known is None:
            kept[span.trace_id, span.span_id] = fingerprint
            new.append((span, fingerprint))
        elif known != fingerprint:
            differing.append((span, fingerprint))
    _write(cursor, "spans", new, received_ns=received_ns)
    _set_aside(cursor, differing, received_ns=received_ns)
    return Taken(stored=len(new), duplicates=len(told) - len(new) - len(differing), conflicts=len(differing))


def _kept_fingerprints(cursor: duckdb.DuckDBPyConnection, told: Sequence[Told]) -> dict[Key, bytes | None]:
    asked = {
        "trace_ids": [span.trace_id for span, _ in told],
        "span_ids": [span.span_id for span, _ in told],
        "trace_crc32s": [trace_crc32(span.trace_id) for span, _ in told],
    }
    rows = cursor.execute(query("kept_fingerprints"), asked).fetchall()
    return {(trace_id, span_id): fingerprint for trace_id, span_id, fingerprint in rows}


def _set_aside(cursor: duckdb.DuckDBPyConnection, differing: Sequence[Told], *, received_ns: int) -> None:
    if not differing:
        return
    asked = {
        "trace_ids": [span.trace_id for span, _ in differing],
        "span_ids": [span.span_id for span, _ in differing],
    }
    known = set(cursor.execute(query("kept_conflicts"), asked).fetchall())
    new: dict[tuple[str, str, bytes], Told] = {}
    for span, fingerprint in differing:
        identity = (span.trace_id, span.span_id, fingerprint)
        if identity not in known:
            new.setdefault(identity, (span, fingerprint))
    _write(cursor, "span_conflicts", list(new.values()), received_ns=received_ns)


def _write(cursor: duckdb.DuckDBPyConnection, table: str, told: Sequence[Told], *, received_ns: int) -> None:
    if not told:
        return
    # The appender moves 40 times the rows a second that executemany does (measured: 60,000 to 1,000).
    with cursor.appender(table, columns=list(ROW_COLUMNS)) as appender:
        appender.append_rows(
            span_row(span, received_ns=received_ns, fingerprint=fingerprint) for span, fingerprint in told
        )

"""Taking spans in: what is new is stored, what is known is left, what differs is kept aside."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.key_hash import hash64
from watchkeeper.adapters.clickhouse.span_rows import (
    ROW_COLUMNS,
    SELECTED,
    span_of_row,
    span_row,
    span_text,
)
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import Taken
from watchkeeper.telemetry.minutes import NS_PER_MINUTE

Key = tuple[str, str]
"""`(trace_id, span_id)`."""

Told = tuple[Span, bytes]
"""A storable span and the fingerprint of its content."""

LOOKED_UP_AT_ONCE = 5_000
"""Keys a question; their hashes stay below the 256 KB a query's text may have."""

SPANS_AT_ONCE = 2_500
"""Spans a question: it may name four hashes of each, of twenty digits, in a text of at most 256 KB."""

TOLD_COLUMNS = {
    "start_ns": "Int64",
    "trace_hash": "UInt64",
    "span_hash": "UInt64",
    "trace_id": "String",
    "span_id": "String",
}
_CONFLICT_COLUMNS = {
    "trace_id": "String",
    "span_id": "String",
    "fingerprint": "FixedString(16)",
    "received_ns": "Int64",
    "start_ns": "Int64",
    "trace_hash": "UInt64",
    "span": "String",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A row of the projection by_key."""

    trace_id: str
    span_id: str
    parent_hash: int
    from_gateway: bool
    start_ns: int
    received_ns: int
    fingerprint: bytes
    row_id: str

    @property
    def key(self) -> Key:
        """What makes it the same span."""
        return self.trace_id, self.span_id

    @property
    def came(self) -> tuple[int, bytes, str]:
        """Which of several rows of one key stays: the least; every server finds the same."""
        return self.received_ns, self.fingerprint, self.row_id


@dataclass(frozen=True, slots=True)
class SpansTaken:
    """What became of the spans, and the minutes whose figures may no longer be right."""

    taken: Taken
    minutes: frozenset[int]


def append_spans(clickhouse: ClickHouse, told: Sequence[Told], *, received_ns: int) -> SpansTaken:
    """Store spans; other servers may store the same ones meanwhile.

    Look-up and insert are two steps, so two servers may both find a span missing and both store it.
    Each looks again after its insert: whoever comes second sees both rows, and the one that came later
    is deleted, which any number of servers may do at once.
    """
    if not told:
        return SpansTaken(Taken(), frozenset())
    spans = [span for span, _ in told]
    kept: dict[Key, bytes | None] = {row.key: row.fingerprint for row in _own_rows(clickhouse, spans)}
    new: list[Told] = []
    differing: list[Told] = []
    for span, fingerprint in told:
        known = kept.get((span.trace_id, span.span_id))
        if known is None:
            kept[span.trace_id, span.span_id] = fingerprint
            new.append((span, fingerprint))
        elif known != fingerprint:
            differing.append((span, fingerprint))
    _put_in(clickhouse, new, received_ns=received_ns, token=token_of("spans", (mark for _, mark in new)))
    near = _near_rows(clickhouse, spans, "kin_of_spans")
    stored = {row.key for row in near}
    dropped = [(span, mark) for span, mark in new if (span.trace_id, span.span_id) not in stored]
    if dropped:
        # Tokens outlive rows that were removed since: what comes again after that is put in by another.
        marks = (received_ns.to_bytes(8), *(mark for _, mark in dropped))
        _put_in(clickhouse, dropped, received_ns=received_ns, token=token_of("spans", marks))
        near = _near_rows(clickhouse, spans, "kin_of_spans")
    minutes = {span.start_ns // NS_PER_MINUTE for span in spans}
    minutes |= _settle_rows(clickhouse, near)
    _set_aside(clickhouse, differing, received_ns=received_ns)
    return SpansTaken(
        Taken(stored=len(new), duplicates=len(told) - len(new) - len(differing), conflicts=len(differing)),
        frozenset(minutes),
    )


def token_of(table: str, fingerprints: Iterable[bytes]) -> str:
    """What is the same for an insert of the same rows, tried again after nobody knew how it went."""
    digest = blake2b(table.encode(), digest_size=16)
    for fingerprint in fingerprints:
        digest.update(fingerprint)
    return digest.hexdigest()


def in_groups(numbers: Iterable[int]) -> Iterator[str]:
    """Lists of whole numbers as SQL, a bounded number each; `0` where there is none."""
    sorted_once = sorted(set(numbers))
    for at in range(0, len(sorted_once), LOOKED_UP_AT_ONCE):
        yield ", ".join(map(str, sorted_once[at : at + LOOKED_UP_AT_ONCE]))


def _own_rows(clickhouse: ClickHouse, spans: Sequence[Span]) -> list[StoredKey]:
    """The rows stored under the keys of these spans."""
    asked = {(span.trace_id, span.span_id) for span in spans}
    return [row for row in _near_rows(clickhouse, spans, "keys_of_spans") if row.key in asked]


def _near_rows(clickhouse: ClickHouse, spans: Sequence[Span], question: str) -> list[StoredKey]:
    found: list[StoredKey] = []
    for at in range(0, len(spans), SPANS_AT_ONCE):
        some = spans[at : at + SPANS_AT_ONCE]
        text = query(question).format(
            traces=", ".join({str(hash64(span.trace_id)) for span in some}),
            spans=", ".join({str(hash64(span.span_id)) for span in some}),
            parents=", ".join(
                {str(hash64(span.parent_span_id)) for span in some if span.parent_span_id is not None}
                or {"0"}
            ),
        )
        found += [_stored_key(row) for row in clickhouse.rows(text)]
    return found


def _stored_key(row: Sequence[Any]) -> StoredKey:
    trace_id, span_id, parent_hash, from_gateway, start_ns, received_ns, fingerprint, row_id = row
    return StoredKey(
        trace_id=trace_id,
        span_id=span_id,
        parent_hash=parent_hash,
        from_gateway=from_gateway,
        start_ns=start_ns,
        received_ns=received_ns,
        fingerprint=fingerprint,
        row_id=str(row_id),
    )


def _put_in(clickhouse: ClickHouse, told: Sequence[Told], *, received_ns: int, token: str) -> None:
    rows = [span_row(span, received_ns=received_ns, fingerprint=mark) for span, mark in told]
    clickhouse.insert("spans", ROW_COLUMNS, rows, token=token)


def _settle_rows(clickhouse: ClickHouse, near: Sequence[StoredKey]) -> set[int]:
    """Delete second rows of what stands after the insert, and note clients' spans a gateway tells too.

    Returns:
        The minutes of all rows this changes.
    """
    by_key: dict[Key, list[StoredKey]] = {}
    for row in near:
        by_key.setdefault(row.key, []).append(row)
    changed = _delete_seconds(clickhouse, by_key)
    clients = {
        (row.trace_id, hash64(row.span_id)): row
        for rows in by_key.values()
        for row in rows
        if not row.from_gateway
    }
    told: dict[Key, StoredKey] = {}
    for row in near:
        if row.from_gateway and row.parent_hash:
            parent = clients.get((row.trace_id, row.parent_hash))
            if parent is not None:
                told[parent.key] = parent
    clickhouse.insert(
        "told_spans",
        TOLD_COLUMNS,
        [
            (row.start_ns, hash64(row.trace_id), hash64(row.span_id), row.trace_id, row.span_id)
            for row in told.values()
        ],
    )
    return changed | {row.start_ns // NS_PER_MINUTE for row in told.values()}


def _delete_seconds(clickhouse: ClickHouse, by_key: dict[Key, list[StoredKey]]) -> set[int]:
    seconds = [
        row
        for key, rows in by_key.items()
        if len(rows) > 1
        for row in sorted(rows, key=lambda row: row.came)[1:]
    ]
    if not seconds:
        return set()
    for row in seconds:
        if row.fingerprint != min(by_key[row.key], key=_came).fingerprint:
            found = clickhouse.rows(query("span_of_row").format(columns=SELECTED), _place(row))
            other = [(span_of_row(one), row.fingerprint) for one in found]
            _set_aside(clickhouse, other, received_ns=row.received_ns)
        clickhouse.command(query("delete_span"), _place(row))
    return {row.start_ns // NS_PER_MINUTE for row in seconds}


def _place(row: StoredKey) -> dict[str, object]:
    return {"start_ns": row.start_ns, "row_id": row.row_id}


def _came(row: StoredKey) -> tuple[int, bytes, str]:
    return row.came


def _set_aside(clickhouse: ClickHouse, differing: Sequence[Told], *, received_ns: int) -> None:
    if not differing:
        return
    known: set[tuple[str, str, bytes]] = set()
    for hashes in in_groups(hash64(span.trace_id) for span, _ in differing):
        known |= {tuple(row) for row in clickhouse.rows(query("kept_conflicts").format(traces=hashes))}
    new: dict[tuple[str, str, bytes], Span] = {}
    for span, fingerprint in differing:
        identity = (span.trace_id, span.span_id, fingerprint)
        if identity not in known:
            new.setdefault(identity, span)
    clickhouse.insert(
        "span_conflicts",
        _CONFLICT_COLUMNS,
        [
            (*identity, received_ns, span.start_ns, hash64(span.trace_id), span_text(span))
            for identity, span in new.items()
        ],
        token=token_of("span_conflicts", (mark for _, _, mark in new)),
    )

"""A table of rows of one kind: each key once, the first to come stays, lists newest first."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.key_hash import digest16
from watchkeeper.adapters.clickhouse.span_append import in_groups, token_of
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.append_result import Taken

Row = TypeVar("Row")

_KEPT = {
    "received_ns": "Int64",
    "key_hash": "UInt64",
    "key": "FixedString(16)",
    "fingerprint": "FixedString(16)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable(Generic[Row]):
    """What is kept of a kind, and how."""

    table: str
    columns: Mapping[str, str]
    """Names and types of what makes a row, in the order of `values`."""
    values: Callable[[Row], tuple[object, ...]]
    row: Callable[[Sequence[Any]], Row]
    key: Callable[[Row], object]
    """What makes it the same row, as JSON can hold it; equal instants are told in its order."""
    instant: Callable[[Row], int]

    def append(self, clickhouse: ClickHouse, rows: Sequence[Row], *, received_ns: int) -> Taken:
        """Store rows; other servers may store the same ones meanwhile (`span_append` says how)."""
        if not rows:
            return Taken()
        given = [self._given(row, received_ns) for row in rows]
        hashes = [one[-3] for one in given]
        kept = {key: mark for key, mark, *_ in self._stored(clickhouse, hashes)}
        new = []
        conflicts = 0
        for one in given:
            key, mark = one[-2:]
            known = kept.setdefault(key, mark)
            if known is mark:
                new.append(one)
            elif known != mark:
                conflicts += 1
        if new:
            self._put_in(clickhouse, new)
            stored = self._stored(clickhouse, hashes)
            keys = {row[0] for row in stored}
            dropped = [one for one in new if one[-2] not in keys]
            if dropped:
                # Tokens outlive rows that were removed since (`span_append`).
                self._put_in(clickhouse, dropped, salt=received_ns.to_bytes(8))
                stored = self._stored(clickhouse, hashes)
            self._delete_seconds(clickhouse, stored)
        return Taken(stored=len(new), duplicates=len(rows) - len(new) - conflicts, conflicts=conflicts)

    def newest(
        self, clickhouse: ClickHouse, where: str, values: Mapping[str, object], limit: int
    ) -> tuple[Row, ...]:
        """Rows for which a condition holds, newest first, equal instants by key; at most `limit`."""
        text = query("newest_rows").format(
            columns=", ".join(self.columns), table=self.table, where=where, limit=max(limit, 0)
        )
        found = [self.row(row) for row in clickhouse.rows(text, values)]
        found.sort(key=lambda row: (-self.instant(row), self.key(row)))
        return tuple(found[:limit])

    def read_out(self, clickhouse: ClickHouse, rows: int) -> Iterator[tuple[Row, ...]]:
        """Every row, oldest first, at most so many at once."""
        after = (-1, 0)
        while True:
            text = query("rows_after").format(
                columns=", ".join(self.columns),
                table=self.table,
                ts_ns=after[0],
                key_hash=after[1],
                limit=rows,
            )
            found = clickhouse.rows(text)
            if not found:
                return
            yield tuple(self.row(row) for row in found)
            after = tuple(found[-1][-2:])

    def _given(self, row: Row, received_ns: int) -> tuple[Any, ...]:
        values = self.values(row)
        key = digest16(json.dumps(self.key(row)))
        mark = digest16(json.dumps(values, sort_keys=True))
        return (*values, received_ns, int.from_bytes(key[:8]), key, mark)

    def _stored(self, clickhouse: ClickHouse, hashes: Sequence[int]) -> list[Sequence[Any]]:
        return [
            row
            for group in in_groups(hashes)
            for row in clickhouse.rows(query("keys_of_rows").format(table=self.table, hashes=group))
        ]

    def _put_in(self, clickhouse: ClickHouse, given: Sequence[tuple[Any, ...]], salt: bytes = b"") -> None:
        token = token_of(self.table, (salt, *(one[-2] + one[-1] for one in given)))
        clickhouse.insert(self.table, {**self.columns, **_KEPT}, given, token=token)

    def _delete_seconds(self, clickhouse: ClickHouse, stored: Sequence[Sequence[Any]]) -> None:
        by_key: dict[bytes, list[Sequence[Any]]] = {}
        for row in stored:
            by_key.setdefault(row[0], []).append(row)
        for rows in by_key.values():
            for _, _, _, row_id, ts_ns in sorted(rows, key=_came)[1:]:
                clickhouse.command(
                    query("delete_row").format(table=self.table), {"ts_ns": ts_ns, "row_id": str(row_id)}
                )


def _came(row: Sequence[Any]) -> tuple[int, bytes, str]:
    _, mark, received_ns, row_id, _ = row
    return received_ns, mark, str(row_id)

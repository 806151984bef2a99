"""Rows of which each key is kept once: logs, evaluations, feedback and queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import duckdb

from watchkeeper.adapters.duckdb.columns import Array, Kind, insert, read
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.append_result import NONE_TAKEN, Taken

Row = TypeVar("Row", LogRecord, EvaluationResult, Feedback, QueryRecord)


@dataclass(frozen=True)
class RowTable(Generic[Row]):
    """How rows of a kind stand in their table."""

    table: str
    key: Callable[[Row], str | tuple[str, str]]
    kinds: Mapping[str, Kind]
    """The columns a row tells, in the order of `values`."""
    values: Callable[[Row], tuple[Any, ...]]
    row_of: Callable[[Sequence[Any]], Row]
    """The row of a table's row."""
    known: str
    """Name of the query that finds rows which may have the keys of `arriving`."""
    arriving: Callable[[Sequence[Row]], dict[str, Array]]
    narrowed: Callable[[Row], int] | None = None
    """The narrow column a key is looked up by, `id_crc32`; None where it is the instant."""

    @property
    def selected(self) -> str:
        """The columns `row_of` reads."""
        return ", ".join(self.kinds)

    def take(self, cursor: duckdb.DuckDBPyConnection, rows: Sequence[Row], *, received_ns: int) -> Taken:
        """Store rows inside the caller's transaction: of each key the first stays."""
        if not rows:
            return NONE_TAKEN
        text = query(self.known).format(columns=self.selected, table=self.table)
        found = read(cursor, text, arriving=self.arriving(rows))
        kept = {self.key(row): row for row in map(self.row_of, found)}
        new: list[Row] = []
        conflicts = 0
        for row in rows:
            key = self.key(row)
            known = kept.get(key)
            if known is None:
                kept[key] = row
                new.append(row)
            elif known != row:
                conflicts += 1
        self._insert(cursor, new, received_ns=received_ns)
        return Taken(stored=len(new), duplicates=len(rows) - len(new) - conflicts, conflicts=conflicts)

    def _insert(self, cursor: duckdb.DuckDBPyConnection, new: Sequence[Row], *, received_ns: int) -> None:
        if not new:
            return
        kinds: dict[str, Kind] = {**self.kinds, "received_ns": "integer"}
        columns: list[Sequence[Any]] = [*zip(*map(self.values, new), strict=True), [received_ns] * len(new)]
        if self.narrowed is not None:
            kinds["id_crc32"] = "narrow"
            columns.append([self.narrowed(row) for row in new])
        insert(cursor, self.table, kinds, columns)

    def newest(
        self, cursor: duckdb.DuckDBPyConnection, where: str, values: Mapping[str, object], limit: int
    ) -> tuple[Row, ...]:
        """Rows that meet a condition, newest first, those of one instant by their keys."""
        text = query("newest_rows").format(columns=self.selected, table=self.table, where=where)
        found = map(self.row_of, cursor.execute(text, {**values, "limit": limit}).fetchall())
        ordered = sorted(found, key=lambda row: (-row.ts_ns, self.key(row)))
        return tuple(ordered[:limit])

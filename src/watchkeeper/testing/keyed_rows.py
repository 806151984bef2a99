"""Rows in memory, of which each key is kept once."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.append_result import Taken

Row = TypeVar("Row", MetricPoint, LogRecord, EvaluationResult, Feedback, QueryRecord)


class KeyedRows(Generic[Row]):
    """Rows of one kind, each key once: the first told stays."""

    def __init__(self, key: Callable[[Row], Hashable]) -> None:
        self._key: Callable[[Row], Hashable] = key
        self._rows: dict[Hashable, Row] = {}

    def take(self, rows: Sequence[Row]) -> Taken:
        """Take rows in; what became of them."""
        stored = conflicts = 0
        for row in rows:
            key = self._key(row)
            known = self._rows.get(key)
            if known is None:
                self._rows[key] = row
                stored += 1
            elif known != row:
                conflicts += 1
        return Taken(stored=stored, duplicates=len(rows) - stored - conflicts, conflicts=conflicts)

    def all(self) -> list[Row]:
        """Every row."""
        return list(self._rows.values())

    def newest(self, matches: Callable[[Row], bool], limit: int) -> tuple[Row, ...]:
        """Rows that match, newest first, those of one instant by their keys."""
        found = [(key, row) for key, row in self._rows.items() if matches(row)]
        found.sort(key=lambda item: (-item[1].ts_ns, item[0]))
        return tuple(row for _, row in found[:limit])

    def remove_before(self, ns: int) -> int:
        """Remove rows of before an instant; how many."""
        old = [key for key, row in self._rows.items() if row.ts_ns < ns]
        for key in old:
            del self._rows[key]
        return len(old)

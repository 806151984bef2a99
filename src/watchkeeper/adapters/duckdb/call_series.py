"""Series of calls: each combination of what calls are grouped by has a number, which its spans carry."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.columns import Kind, insert
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.figures import dimension_value

COARSE = ("workload",)
"""What series are put together by for hourly latencies: finer ones are nearly as many as calls."""

TEXTS = (
    *COARSE,
    "operation",
    "provider",
    "model",
    "route",
    "target",
    "release",
    "agent",
    "component",
    "query_type",
    "error_code",
)
FLAGS = ("ok", "cached", "degraded")

SERIES_COLUMNS = frozenset({*TEXTS, *FLAGS, "status"})
"""What rollups can be filtered and grouped by, beside having a receipt and counting."""

KEPT_IN_MEMORY = 100_000
"""Series whose numbers are remembered; an application that makes more (an id in an agent's name) has
each looked up. Half a kilobyte each."""

_KINDS: dict[str, Kind] = {
    "series_id": "integer",
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys((*FLAGS, "gateway", "counts"), "flag"),
    "status": "text",
    "coarse_id": "integer",
}

Series = tuple[Any, ...]
"""Values of `TEXTS` and `FLAGS`, whether there is a receipt, and whether tokens and cost count."""

_values = attrgetter(*TEXTS, *FLAGS)


class SeriesBook:
    """Numbers of series; one writer at a time asks for them."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read the numbers there are."""
        rows = cursor.execute(query("series"), {"limit": KEPT_IN_MEMORY}).fetchall()
        self._known: dict[Series, int] = {row[2:]: int(row[0]) for row in rows}
        self._coarse: dict[Series, int] = {row[2 : 2 + len(COARSE)]: int(row[1]) for row in rows}
        last = cursor.execute(query("last_series")).fetchone() or (0, 0)
        self._last, self._last_coarse = int(last[0]), int(last[1])
        self._written = self._last
        self._in_memory = self._last <= len(self._known)
        self._new: dict[Series, tuple[int, Span]] = {}

    def numbers(
        self, cursor: duckdb.DuckDBPyConnection, spans: Sequence[Span], counts: Sequence[bool]
    ) -> list[int]:
        """The number of each span's series; new ones are written with the caller's transaction."""
        series = [
            (*_values(span), span.receipt_id is not None, counting)
            for span, counting in zip(spans, counts, strict=True)
        ]
        known, found = self._known, []
        for span, one in zip(spans, series, strict=True):
            number = known.get(one)
            found.append(self._found(cursor, span, one) if number is None else number)
        self._write(cursor)
        return found

    def settle(self, *, committed: bool) -> None:
        """Remember what was new, or forget it with the transaction that failed."""
        if committed and self._new:
            if len(self._known) > KEPT_IN_MEMORY:
                self._known.clear()
                self._in_memory = False
            self._known.update((one, number) for one, (number, _) in self._new.items())
        self._new.clear()

    def _found(self, cursor: duckdb.DuckDBPyConnection, span: Span, one: Series) -> int:
        if one in self._new:
            number, _ = self._new[one]
            return number
        if not self._in_memory:
            row = cursor.execute(query("find_series"), list(one)).fetchone()
            if row:
                self._known[one] = row[0]
                return int(row[0])
        self._last += 1
        self._new[one] = (self._last, span)
        return self._last

    def _write(self, cursor: duckdb.DuckDBPyConnection) -> None:
        rows = []
        for one, (number, span) in self._new.items():
            if number <= self._written:
                continue
            rows.append((number, *one, dimension_value(span, "status"), self._coarse_number(cursor, one)))
        if rows:
            insert(cursor, "call_series", _KINDS, list(zip(*rows, strict=True)))
        self._written = self._last

    def _coarse_number(self, cursor: duckdb.DuckDBPyConnection, one: Series) -> int:
        coarse = one[: len(COARSE)]
        if coarse not in self._coarse:
            if not self._in_memory:
                row = cursor.execute(query("find_coarse"), list(coarse)).fetchone()
                if row:
                    self._coarse[coarse] = row[0]
                    return int(row[0])
            self._last_coarse += 1
            self._coarse[coarse] = self._last_coarse
        return self._coarse[coarse]

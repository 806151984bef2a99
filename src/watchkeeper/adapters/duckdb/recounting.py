"""Clients' spans that count no more, as the gateway's span under each has come (law 2)."""

from collections.abc import Sequence

import duckdb

from watchkeeper.adapters.duckdb.call_series import SeriesBook
from watchkeeper.adapters.duckdb.call_sums import ADDED_UP, ROW_SUMS
from watchkeeper.adapters.duckdb.columns import array_of, read
from watchkeeper.adapters.duckdb.rollups import rollup_state
from watchkeeper.adapters.duckdb.span_rows import SELECTED, SPAN_COLUMNS, span_of_row
from watchkeeper.adapters.duckdb.sql import query


def count_no_more(cursor: duckdb.DuckDBPyConnection, rowids: Sequence[int], *, book: SeriesBook) -> None:
    """Let stored clients' spans count no more, and the figures they are in with them.

    Their series changes, as counting is part of it: the minutes and hours of both series are added up
    anew, inside the caller's transaction.
    """
    if not rowids:
        return
    text = query("counting_at").format(columns=SELECTED)
    rows = cursor.execute(text, {"rowids": list(rowids)}).fetchall()
    if not rows:
        return
    counting = [row[len(SPAN_COLUMNS)] for row in rows]
    numbers = book.numbers(cursor, [span_of_row(row) for row in rows], [False] * len(rows))
    folded = {"rowids": counting, "folded": rollup_state(cursor).folded}
    cursor.execute("CREATE OR REPLACE TEMP TABLE touched (minute_no INTEGER, series_id INTEGER)")
    cursor.execute(query("recount_touched"), folded)
    cursor.execute(query("recount_latency"), {**folded, "sign": -1})
    arriving = {"row_id": array_of("integer", counting), "series_id": array_of("integer", numbers)}
    read(cursor, query("recount_spans"), arriving=arriving)
    cursor.execute(query("recount_touched"), folded)
    cursor.execute(query("recount_latency"), {**folded, "sign": 1})
    if cursor.execute("SELECT count(*) FROM touched").fetchone() != (0,):
        cursor.execute(query("recount_minutes").format(sums=ROW_SUMS, folded=folded["folded"]))
        cursor.execute(query("recount_hours").format(added_up=ADDED_UP))

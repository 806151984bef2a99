"""Removing what is old, figures with the rows."""

import duckdb

from watchkeeper.adapters.duckdb.rollups import MINUTES_A_DAY, TABLES, fill, rollup_state
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.telemetry.minutes import NS_PER_MINUTE

_BY_INSTANT = ("metric_points", "log_records", "evaluations", "feedback", "queries")


def remove_before(cursor: duckdb.DuckDBPyConnection, before_ns: int) -> int:
    """Remove rows of before an instant inside the caller's transaction, and say how many."""
    removed = _deleted(cursor, "spans", "start_ns", before_ns)
    if removed:
        first = before_ns // NS_PER_MINUTE // MINUTES_A_DAY * MINUTES_A_DAY
        after = first + MINUTES_A_DAY
        for table in TABLES:
            cursor.execute(query("remove_rollup").format(table=table), {"before_at": after})
        fill(cursor, from_at=first, before_at=after, folded=rollup_state(cursor).folded)
    _deleted(cursor, "span_conflicts", "start_ns", before_ns)
    for table in _BY_INSTANT:
        removed += _deleted(cursor, table, "ts_ns", before_ns)
    cursor.execute(query("remove_silent_series"))
    return removed


def _deleted(cursor: duckdb.DuckDBPyConnection, table: str, column: str, before_ns: int) -> int:
    text = query("remove_rows").format(table=table, column=column)
    row = cursor.execute(text, {"before_ns": before_ns}).fetchone()
    return int(row[0]) if row else 0

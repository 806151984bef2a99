"""Figures of calls kept beside the rows: folded in by the hundred thousand, made anew, compared.

Rows up to `rollup_state.folded` are in the rollups, later ones are added up from the rows when a
question is asked (`figure_parts.py`), so figures are those of the rows after every commit. Folding
happens in the transaction of the append that fills the measure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from watchkeeper.adapters.duckdb.call_sums import ADDED_UP, ROW_SUMS, SUM_COLUMNS
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.telemetry.minutes import NS_PER_MINUTE, minute_starting
from watchkeeper.telemetry.ports import DifferingMinute, RollupReport

FOLD_ROWS = 100_000
"""Rows that may wait outside the rollups: adding so many up takes about 5 ms of a question."""

COMPACT_FOLDS = 16
"""Folds between workings of several rows of one key into one."""

DIFFERING_TOLD = 100
"""Differing minutes a report lists."""

MINUTES_A_DAY = 1440

TABLES = {
    "minute_calls": ("series_id", ADDED_UP),
    "hour_calls": ("series_id", ADDED_UP),
    "day_latency": ("series_id, latency_bucket", "sum(calls) AS calls"),
    "hour_latency": ("coarse_id, latency_bucket", "sum(calls) AS calls"),
}
"""Rollups, the keys of their rows beside `at`, and how rows of one key add up."""


@dataclass(frozen=True, slots=True)
class RollupState:
    """How far rows are in the rollups."""

    folded: int
    folds: int
    compacted: int


def rollup_state(cursor: duckdb.DuckDBPyConnection) -> RollupState:
    """The state as the cursor's transaction sees it."""
    return RollupState(*(cursor.execute(query("rollup_state")).fetchone() or (0, 0, 0)))


def fold_when_due(cursor: duckdb.DuckDBPyConnection, last_seq: int, *, fold_rows: int = FOLD_ROWS) -> None:
    """Work waiting rows into the rollups, once they are many."""
    state = rollup_state(cursor)
    while last_seq - state.folded >= fold_rows:
        until = min(last_seq, state.folded + max(fold_rows, FOLD_ROWS))
        state = _fold(cursor, state, until=until)
    if state.folds - state.compacted >= COMPACT_FOLDS:
        _compact(cursor, state)


def fold_waiting(cursor: duckdb.DuckDBPyConnection, last_seq: int) -> None:
    """Work every waiting row into the rollups, however few there are."""
    fold_when_due(cursor, last_seq, fold_rows=1)


def _fold(cursor: duckdb.DuckDBPyConnection, state: RollupState, *, until: int) -> RollupState:
    fold = state.folds + 1
    rows = {"folded": state.folded, "until": until, "fold": fold}
    cursor.execute(query("fold_calls").format(sums=ROW_SUMS), rows)
    cursor.execute(query("fold_hours").format(added_up=ADDED_UP), {"fold": fold})
    cursor.execute(query("fold_day_latency"), rows)
    cursor.execute(query("fold_hour_latency"), rows)
    return _set(cursor, RollupState(folded=until, folds=fold, compacted=state.compacted))


def _compact(cursor: duckdb.DuckDBPyConnection, state: RollupState) -> None:
    for table, (keys, added_up) in TABLES.items():
        names = {"table": table, "keys": keys, "added_up": added_up}
        cursor.execute(query("compact_find").format(**names), {"compacted": state.compacted})
        cursor.execute(query("compact_merge").format(**names))
        cursor.execute(query("compact_swap").format(**names))
    _set(cursor, RollupState(folded=state.folded, folds=state.folds, compacted=state.folds))


def _set(cursor: duckdb.DuckDBPyConnection, state: RollupState) -> RollupState:
    values = {"folded": state.folded, "folds": state.folds, "compacted": state.compacted}
    cursor.execute(query("set_rollup_state"), values)
    return state


def rebuild(cursor: duckdb.DuckDBPyConnection, *, last_seq: int) -> None:
    """Make every rollup anew from the rows, a day at a time."""
    for table in TABLES:
        cursor.execute(f"DELETE FROM {table}")
    state = rollup_state(cursor)
    days = [row[0] for row in cursor.execute(query("span_days")).fetchall()]
    for day in days:
        fill(cursor, from_at=day * MINUTES_A_DAY, before_at=(day + 1) * MINUTES_A_DAY, folded=last_seq)
    _set(cursor, RollupState(folded=last_seq, folds=state.folds, compacted=state.folds))


def fill(cursor: duckdb.DuckDBPyConnection, *, from_at: int, before_at: int, folded: int) -> None:
    """Add the rows of whole days up, given by minutes since the epoch, into rollups empty there."""
    minutes = {"from_at": from_at, "before_at": before_at}
    rows = {"from_ns": from_at * NS_PER_MINUTE, "before_ns": before_at * NS_PER_MINUTE, "folded": folded}
    cursor.execute(query("rebuild_minutes").format(sums=ROW_SUMS), rows)
    cursor.execute(query("rebuild_hours").format(added_up=ADDED_UP), minutes)
    cursor.execute(query("rebuild_day_latency"), rows)
    cursor.execute(query("rebuild_hour_latency"), rows)


def verify(cursor: duckdb.DuckDBPyConnection) -> RollupReport:
    """Compare every rollup with the rows, a day at a time, in one view of the file."""
    folded = rollup_state(cursor).folded
    minutes = calls = 0
    differing: dict[int, DifferingMinute] = {}
    days = [row[0] for row in cursor.execute(query("rollup_days")).fetchall()]
    for day in days:
        for text in _comparisons():
            of_minutes = "minute_calls" in text
            for at, row_calls, rollup_calls, differs in _compared(cursor, text, day=day, folded=folded):
                if of_minutes:
                    minutes, calls = minutes + 1, calls + row_calls
                if differs:
                    told = DifferingMinute(
                        minute=minute_starting(at), row_calls=row_calls, rollup_calls=rollup_calls
                    )
                    differing.setdefault(at, told)
    waiting = cursor.execute(query("waiting"), {"folded": folded}).fetchone() or (0,)
    return RollupReport(
        minutes=minutes,
        calls=calls + waiting[0],
        differing=tuple(differing[at] for at in sorted(differing)[:DIFFERING_TOLD]),
        differing_count=len(differing),
    )


def _comparisons() -> Iterator[str]:
    differ = " OR ".join(f"coalesce(counted.{one}, 0) <> coalesce(kept.{one}, 0)" for one in SUM_COLUMNS)
    for table, minutes in (("minute_calls", 1), ("hour_calls", 60)):
        yield query("verify_calls").format(
            table=table, minutes=minutes, sums=ROW_SUMS, added_up=ADDED_UP, differ=differ
        )
    for table, minutes, key in (("day_latency", 1440, "series_id"), ("hour_latency", 60, "coarse_id")):
        yield query("verify_latency").format(table=table, minutes=minutes, key=key)


def _compared(
    cursor: duckdb.DuckDBPyConnection, text: str, *, day: int, folded: int
) -> list[tuple[int, int, int, bool]]:
    from_at, before_at = day * MINUTES_A_DAY, (day + 1) * MINUTES_A_DAY
    values = {
        "from_ns": from_at * NS_PER_MINUTE,
        "before_ns": before_at * NS_PER_MINUTE,
        "from_at": from_at,
        "before_at": before_at,
        "folded": folded,
    }
    return cursor.execute(text, values).fetchall()

"""Comparing figures with what they are made of."""

from collections.abc import Iterable, Iterator

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.rollups import (
    ADDED_UP,
    COLUMNS,
    DIMENSIONS,
    LATENCY_ADDED_UP,
    LEVELS,
    MINUTES,
    SPAN_FIGURES,
    Level,
    within,
)
from watchkeeper.adapters.clickhouse.span_where import COUNTS
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.minutes import NS_PER_MINUTE, minute_starting
from watchkeeper.telemetry.ports import DifferingMinute, RollupReport

TOLD = 100
"""Differing units that are told."""


CALLS_AT_ONCE = 500_000
"""Rows of a stretch: a statement over ten million took more than the minute it has, on a busy machine."""

MINUTES_A_DAY = 1440

Days = tuple[int, int]
"""A stretch of time: its first day since the epoch, and the one it ends before."""


def verify_rollups(clickhouse: ClickHouse, *, calls_at_once: int = CALLS_AT_ONCE) -> RollupReport:
    """Minutes with their rows, hours with their minutes, days with their hours; each group of each."""
    told = [(int(day), int(calls)) for day, calls in clickhouse.rows(query("days_of_calls"))]
    differing: list[DifferingMinute] = []
    count = minutes = 0
    for days in stretches(told, calls_at_once=calls_at_once):
        for level in LEVELS:
            found, wrong = _differing(clickhouse, level, days)
            differing += found
            count += wrong
        minutes += _minutes(clickhouse, days)
    differing.sort(key=lambda one: one.minute)
    return RollupReport(
        minutes=minutes,
        calls=sum(calls for _, calls in told),
        differing=tuple(differing[:TOLD]),
        differing_count=count,
    )


def stretches(told: Iterable[tuple[int, int]], *, calls_at_once: int) -> Iterator[Days]:
    """Days in stretches of about so many calls; a day is in one, however many it has.

    >>> list(stretches([(1, 5), (2, 5), (7, 30), (8, 1)], calls_at_once=10))
    [(1, 3), (7, 8), (8, 9)]
    """
    first = last = None
    held = 0
    for day, calls in told:
        if first is not None and last is not None and held + calls > calls_at_once:
            yield first, last + 1
            first, held = None, 0
        first, last, held = day if first is None else first, day, held + calls
    if first is not None and last is not None:
        yield first, last + 1


def _differing(clickhouse: ClickHouse, level: Level, days: Days) -> tuple[list[DifferingMinute], int]:
    """Units of a level that differ, some of them, and how many they are."""
    found, count = [], 0
    text = query("differing_units").format(
        columns=", ".join(COLUMNS),
        source=_source(level, days),
        table=level.table,
        bounds=_units_of(level, days),
        told=TOLD,
    )
    for unit, row_calls, rollup_calls, wrong in clickhouse.rows(text):
        if unit is None:
            count = wrong
            continue
        minute = minute_starting(unit * level.minutes)
        found.append(DifferingMinute(minute=minute, row_calls=row_calls, rollup_calls=rollup_calls))
    return found, count


def _minutes(clickhouse: ClickHouse, days: Days) -> int:
    """Minutes that have rows or figures."""
    text = query("count_units").format(
        table=MINUTES.table, of_rows=_rows_of(days), bounds=_units_of(MINUTES, days)
    )
    return clickhouse.number(text)


def _rows_of(days: Days) -> str:
    return within("start_ns", [days], MINUTES_A_DAY * NS_PER_MINUTE)


def _units_of(level: Level, days: Days) -> str:
    return within("unit", [days], MINUTES_A_DAY // level.minutes)


def _source(level: Level, days: Days) -> str:
    """What the figures of a level should be, as a query."""
    known = {"dimensions": ", ".join(DIMENSIONS), "added_up": f"{ADDED_UP}, {LATENCY_ADDED_UP}"}
    if level is MINUTES:
        bounds = _rows_of(days)
        return query("true_minutes").format(
            **known, figures=SPAN_FIGURES, bounds=bounds, counts=COUNTS.replace("{bounds}", bounds)
        )
    finer = LEVELS[LEVELS.index(level) - 1]
    return query("true_coarser").format(
        **known,
        finer=finer.table,
        factor=level.minutes // finer.minutes,
        bounds=_units_of(finer, days),
    )

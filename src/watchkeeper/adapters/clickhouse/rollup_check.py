"""Comparing figures with what they are made of."""

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
)
from watchkeeper.adapters.clickhouse.span_where import COUNTS
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.minutes import minute_starting
from watchkeeper.telemetry.ports import DifferingMinute, RollupReport

TOLD = 100
"""Differing units that are told."""


def verify_rollups(clickhouse: ClickHouse) -> RollupReport:
    """Minutes with their rows, hours with their minutes, days with their hours; each group of each."""
    differing: list[DifferingMinute] = []
    count = 0
    for level in LEVELS:
        known = {"columns": ", ".join(COLUMNS), "source": _source(level), "table": level.table}
        for unit, row_calls, rollup_calls, wrong in clickhouse.rows(
            query("differing_units").format(**known, told=TOLD)
        ):
            count = count + wrong if unit is None else count
            if unit is not None:
                differing.append(
                    DifferingMinute(
                        minute=minute_starting(unit * level.minutes),
                        row_calls=row_calls,
                        rollup_calls=rollup_calls,
                    )
                )
    minutes = clickhouse.number(query("count_units").format(table=MINUTES.table))
    differing.sort(key=lambda one: one.minute)
    return RollupReport(
        minutes=minutes,
        calls=clickhouse.number(query("count").format(where="true")),
        differing=tuple(differing[:TOLD]),
        differing_count=count,
    )


def _source(level: Level) -> str:
    """What the figures of a level should be, as a query."""
    added_up = f"{ADDED_UP}, {LATENCY_ADDED_UP}"
    dimensions = ", ".join(DIMENSIONS)
    if level is MINUTES:
        return query("true_minutes").format(
            dimensions=dimensions,
            added_up=added_up,
            figures=SPAN_FIGURES,
            counts=COUNTS.replace("{bounds}", "true"),
        )
    finer = LEVELS[LEVELS.index(level) - 1]
    return query("true_coarser").format(
        dimensions=dimensions, added_up=added_up, finer=finer.table, factor=level.minutes // finer.minutes
    )

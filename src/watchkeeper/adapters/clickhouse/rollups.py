"""Figures of calls by minute, hour and day: made anew from the rows wherever rows came in.

Rows are put in first, then `touched_minutes` says where, then the positions of their sources are stored.
So what a crash leaves behind heals by itself:

- between rows and touch: the positions are not stored, the same rows come again, are found to be there,
  and touch their minutes;
- between touch and figures: the minute stays pending for whichever server settles next, at the latest
  when one starts;
- between minutes and hours or days: these are pending by the same rule.

A unit is pending while its newest version is not younger than the last touch of its minutes. A version is
the server's clock read before making it began, so of two servers that make one unit at once the one that
began later wins, and it has seen every row the other saw. On several replicas with clocks apart that order
can fail; `rebuild` mends it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.span_where import COUNTS, IS_MODEL_OPERATION
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.minutes import NS_PER_MINUTE

UNITS_AT_ONCE = 500
"""Units made in one statement: even scattered ones keep it well below the 256 KB a query may have."""


@dataclass(frozen=True, slots=True)
class Level:
    """A table of figures."""

    table: str
    minutes: int
    """In a unit."""


MINUTES = Level("rollup_minutes", 1)
HOURS = Level("rollup_hours", 60)
DAYS = Level("rollup_days", 1440)
LEVELS = (MINUTES, HOURS, DAYS)

TOUCH_COLUMNS = {"minute": "UInt32"}

DIMENSIONS = (
    "workload",
    "operation",
    "ok",
    "error_code",
    "agent",
    "route",
    "target",
    "provider",
    "model",
    "release",
    "component",
    "query_type",
    "from_gateway",
    "counts",
)
"""What figures are kept apart by."""

_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")

SUMS = (
    "calls",
    "failed",
    "model_calls",
    *(column for name in _TOKENS for column in (name, f"{name}_known")),
    "cost_usd",
    "cost_usd_known",
    "cached",
    "degraded",
    "duration_sum_ns",
)
"""Columns that add up."""

MEASURES = (*SUMS, "duration_max_ns", "latency")
COLUMNS = (*DIMENSIONS, *MEASURES)

ADDED_UP = ", ".join(
    (*(f"sum(part.{name}) AS {name}" for name in SUMS), "max(part.duration_max_ns) AS duration_max_ns")
)
"""The measures of several rows of figures as one, without their latencies."""
LATENCY_ADDED_UP = "sumMap(part.latency) AS latency"

_WORDS = {"workload", "operation"}
_FLAGS = {"ok", "from_gateway", "counts"}


def _marker(name: str) -> str:
    if name in DIMENSIONS:
        return "''" if name in _WORDS else "false" if name in _FLAGS else "NULL"
    return "CAST(map(), 'Map(Int32, UInt64)')" if name == "latency" else "0"


MARKER = ", ".join(f"{_marker(name)} AS {name}" for name in COLUMNS)


def span_figures(name: str) -> str:
    """The expression for one span's share in a measure; `counts` is a column beside the span's own."""
    model = f"({IS_MODEL_OPERATION} AND row.counts)"
    known = name.removesuffix("_known")
    if name in _TOKENS:
        return f"toUInt128(if({model}, ifNull(row.{name}, 0), 0))"
    if known != name:
        return f"toUInt64({model} AND row.{known} IS NOT NULL)"
    return {
        "calls": "toUInt64(1)",
        "failed": "toUInt64(NOT row.ok)",
        "model_calls": f"toUInt64({model})",
        "cost_usd": f"if({model}, ifNull(row.cost_usd, toDecimal128(0, 12)), toDecimal128(0, 12))",
        "cached": "toUInt64(row.cached)",
        "degraded": "toUInt64(row.degraded)",
        "duration_sum_ns": "toUInt128(row.duration_ns)",
        "duration_max_ns": "row.duration_ns",
        "latency": "map(row.latency_bucket, toUInt64(1))",
    }[name]


SPAN_FIGURES = ", ".join(f"{span_figures(name)} AS {name}" for name in MEASURES)
"""The measures of a span, as a select list."""


class Rollups:
    """Keeps the figures right."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse

    def touch(self, minutes: Iterable[int]) -> None:
        """Tell that rows came into these minutes; they are there already."""
        self._clickhouse.insert("touched_minutes", TOUCH_COLUMNS, [(minute,) for minute in sorted(minutes)])

    def settle(self) -> int:
        """Make anew what is pending, of any server.

        Returns:
            How many minutes that were.
        """
        # Rows that come meanwhile must leave their hour and day pending. So all are of the instant before the
        # first look, and the coarsest are looked for first: an hour is made only after all its minutes.
        version = self._clickhouse.number(query("server_clock"))
        pending = {level: self._units("pending_units", level) for level in reversed(LEVELS)}
        for level in LEVELS:
            self._make(level, pending[level], version)
        return len(pending[MINUTES])

    def rebuild(self) -> None:
        """Make every unit anew that has rows or figures."""
        version = self._clickhouse.number(query("server_clock"))
        for level in LEVELS:
            self._make(level, self._units("all_units", level), version)

    def _units(self, question: str, level: Level) -> list[int]:
        text = query(question).format(table=level.table, minutes=level.minutes)
        return [int(row[0]) for row in self._clickhouse.rows(text)]

    def _make(self, level: Level, units: Sequence[int], version: int) -> None:
        for at in range(0, len(units), UNITS_AT_ONCE):
            some = sorted(units[at : at + UNITS_AT_ONCE])
            self._clickhouse.command(_making(level, some, version))


def _making(level: Level, units: Sequence[int], version: int) -> str:
    """The statement that makes some units of a level."""
    ranges = list(contiguous(units))
    known = {
        "table": level.table,
        "version": version,
        "columns": ", ".join(COLUMNS),
        "dimensions": ", ".join(DIMENSIONS),
        "added_up": f"{ADDED_UP}, {LATENCY_ADDED_UP}",
        "marker": MARKER,
        "units": ", ".join(map(str, units)),
    }
    if level is MINUTES:
        bounds = within("start_ns", ranges, NS_PER_MINUTE)
        return query("make_minutes").format(
            **known, bounds=bounds, counts=COUNTS.replace("{bounds}", bounds), figures=SPAN_FIGURES
        )
    finer = LEVELS[LEVELS.index(level) - 1]
    factor = level.minutes // finer.minutes
    return query("make_coarser").format(
        **known, finer=finer.table, factor=factor, bounds=within("unit", ranges, factor)
    )


def contiguous(units: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted units as ranges, each from its first to before its end.

    >>> list(contiguous([1, 2, 3, 7]))
    [(1, 4), (7, 8)]
    """
    begins = end = None
    for unit in units:
        if begins is None or end is None:
            begins, end = unit, unit + 1
        elif unit <= end:
            end = unit + 1
        else:
            yield begins, end
            begins, end = unit, unit + 1
    if begins is not None and end is not None:
        yield begins, end


def within(column: str, ranges: Iterable[tuple[int, int]], factor: int) -> str:
    """The condition that a column lies in one of these ranges, whose ends are counted in `factor`."""
    parts = (f"({column} >= {begins * factor} AND {column} < {end * factor})" for begins, end in ranges)
    return f"({' OR '.join(parts) or 'false'})"

"""Removing what is older than an instant."""

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.rollups import LEVELS, Rollups
from watchkeeper.adapters.clickhouse.row_kinds import ROW_TABLES
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.minutes import NS_PER_MINUTE

WEEK_NS = 604_800_000_000_000
"""A partition of the tables of rows."""


def remove_before(clickhouse: ClickHouse, rollups: Rollups, ns: int) -> int:
    """Remove rows of before an instant and their figures; how many rows those were.

    Whole weeks go as partitions, which costs nothing; of the week the instant is in, rows are deleted,
    which writes its parts anew. A second server may do the same at once.
    """
    removed = _remove(clickhouse, "spans", "start_ns", ns)
    for table in ROW_TABLES:
        removed += _remove(clickhouse, table.table, "ts_ns", ns)
    _remove(clickhouse, "told_spans", "start_ns", ns)
    minute = ns // NS_PER_MINUTE
    for level in LEVELS:
        clickhouse.command(query("delete_units").format(table=level.table), {"unit": minute // level.minutes})
    clickhouse.command(query("delete_touched"), {"minute": minute})
    rollups.touch([minute])
    rollups.settle()
    return removed


def _remove(clickhouse: ClickHouse, table: str, column: str, ns: int) -> int:
    bound = {"ns": ns}
    count = clickhouse.number(query("count_before").format(table=table, column=column), bound)
    if not count:
        return 0
    week = ns // WEEK_NS
    weeks = clickhouse.rows(query("partitions_before"), {"table": table, "week": week})
    for (partition,) in weeks:
        clickhouse.command(query("drop_partition").format(table=table, partition=int(partition)))
    clickhouse.command(query("delete_before").format(table=table, column=column), bound)
    return count

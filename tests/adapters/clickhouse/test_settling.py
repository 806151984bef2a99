"""Making figures anew while another server stores rows: whenever those come, all figures end right."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.rollups import LEVELS, Rollups
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clickhouse_door import ClickHouseDoor

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DAY_NS = 86_400 * 10**9

OpenStore = Callable[..., ClickHouseTelemetry]


class Overtaken(ClickHouse):
    """A way to a ClickHouse on which something happens right after one of the looks for pending units."""

    looks = 0
    overtaken_by: Callable[[], object] | None = None
    after_look = 0

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Sequence[Any]]:
        """See `ClickHouse.rows`."""
        found = super().rows(sql, values)
        if "touched_minutes" in sql:
            self.looks += 1
            if self.looks == self.after_look and self.overtaken_by is not None:
                self.overtaken_by()
        return found


def a_call(minute: int) -> Span:
    return Span(
        trace_id=f"{minute:032x}",
        span_id=f"{minute:016x}",
        name="chat",
        operation="chat",
        workload="explainer",
        start_ns=ns_of(MIDNIGHT) + minute * 60 * 10**9,
        duration_ns=1_000_000,
        ok=True,
    )


@pytest.mark.parametrize("after_look", range(1, len(LEVELS) + 1))
def test_rows_that_come_between_the_looks_for_minutes_hours_and_days_are_in_all_of_them(
    open_store: OpenStore, door: ClickHouseDoor, fresh_database: Callable[[], str], after_look: int
) -> None:
    """An hour was looked for after its minutes, made without the one that came between, and stayed so."""
    database = fresh_database()
    store = open_store(database)
    store.append(TelemetryBatch(spans=(a_call(30),)), received_at=MIDNIGHT)
    with_other = Overtaken(clickhouse_address(door.url(database)))
    with_other.after_look = after_look
    other = open_store(database)
    # It makes no figures itself: those are left to whoever settles next.
    with_other.overtaken_by = lambda: other.append(TelemetryBatch(spans=(a_call(31),)), received_at=MIDNIGHT)
    try:
        Rollups(with_other).settle()
    finally:
        with_other.close()

    day = SpanFilter(since_ns=ns_of(MIDNIGHT), until_ns=ns_of(MIDNIGHT) + DAY_NS)
    assert with_other.looks >= len(LEVELS)
    for step in ("minute", "hour", "day"):
        told = store.figures(CallQuestion(which=day, step=step))
        assert sum(row.calls for row in told) == 2, step
    assert store.verify_rollups().equal

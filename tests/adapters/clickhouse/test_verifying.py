"""Figures are compared with rows a stretch of days at a time, however many calls there are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.rollup_check import verify_rollups
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clickhouse_door import ClickHouseDoor

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE_NS = 60 * 10**9

OpenStore = Callable[..., ClickHouseTelemetry]


def a_call(number: int, began: datetime) -> Span:
    return Span(
        trace_id=f"{number:032x}",
        span_id=f"{number:016x}",
        name="chat",
        operation="chat",
        workload="explainer",
        start_ns=ns_of(began),
        duration_ns=1_000_000,
        ok=True,
    )


def test_a_difference_is_found_in_whatever_stretch_it_is(
    open_store: OpenStore, door: ClickHouseDoor, fresh_database: Callable[[], str]
) -> None:
    """Over ten million calls one statement took more than the minute that an answer may."""
    database = fresh_database()
    store = open_store(database)
    begins = [MIDNIGHT + timedelta(days=day, minutes=n) for day in (0, 1, 2, 9) for n in range(3)]
    spans = tuple(a_call(number, began) for number, began in enumerate(begins))
    store.append(TelemetryBatch(spans=spans), received_at=MIDNIGHT)
    assert sum(row.calls for row in store.figures(CallQuestion())) == 12

    wrong = ns_of(MIDNIGHT + timedelta(days=2, minutes=1))
    clickhouse = ClickHouse(clickhouse_address(door.url(database)))
    try:
        for at_once in (1, 4, 1_000):
            report = verify_rollups(clickhouse, calls_at_once=at_once)
            assert (report.equal, report.minutes, report.calls) == (True, 12, 12)

        clickhouse.command(
            f"ALTER TABLE rollup_minutes DELETE WHERE NOT marker AND unit = {wrong // MINUTE_NS}",
        )
        for at_once in (1, 4, 1_000):
            report = verify_rollups(clickhouse, calls_at_once=at_once)
            # The minute beside its row, and its hour beside its minutes.
            assert report.differing_count == 2
            assert {one.minute for one in report.differing} == {
                MIDNIGHT + timedelta(days=2),
                MIDNIGHT + timedelta(days=2, minutes=1),
            }
    finally:
        clickhouse.close()
    store.rebuild_rollups()
    assert store.verify_rollups().equal

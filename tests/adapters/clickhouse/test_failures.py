"""A ClickHouse that is away, slow, forbidding, or dies at the wrong moment."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic, sleep

import pytest

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.migrations import Migration, shipped_migrations
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.domain.errors import ConflictError, SettingsError, UnavailableError
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clickhouse_door import PASSWORD, READER, ClickHouseDoor, Fault

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000

OpenStore = Callable[..., ClickHouseTelemetry]


def numbered(n: int, **changes: object) -> Span:
    told: dict[str, object] = {
        "trace_id": f"{n % 3:032x}",
        "span_id": f"{n:016x}",
        "name": "chat",
        "operation": "chat",
        "workload": "explainer",
        "start_ns": NOON_NS + n * 7_000_000_000,
        "duration_ns": 1_000_000 * (n + 1),
        "ok": True,
        "input_tokens": n,
        "cost_usd": Decimal("0.001"),
    }
    return Span(**{**told, **changes})  # type: ignore[arg-type]  # any column may change


def test_all_rows_of_a_large_batch_are_there_and_once_when_it_comes_again(open_store: OpenStore) -> None:
    """A server took the second block of one insert for a repeat of the first, and rows were lost."""
    store = open_store()
    spans = tuple(
        numbered(n, trace_id=f"{n:032x}", start_ns=NOON_NS + n * 10**9, name="chat " + "x" * 400)
        for n in range(9_000)
    )
    for _ in range(2):
        store.append(TelemetryBatch(spans=spans), received_at=NOON)
        assert store.count() == 9_000


def batch_of(count: int) -> TelemetryBatch:
    point = MetricPoint(workload="explainer", name="load", kind="gauge", ts_ns=NOON_NS, value=0.5)
    return TelemetryBatch(spans=tuple(numbered(n) for n in range(count)), metrics=(point,))


def calls(store: ClickHouseTelemetry) -> int:
    return sum(row.calls for row in store.figures(CallQuestion()))


@pytest.mark.slow
@pytest.mark.parametrize(
    "meets", ["spans", "metric_points", "told_spans", "touched_minutes", "read_positions"]
)
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_batch_tried_again_after_nobody_knew_how_it_went_is_stored_once(
    open_store: OpenStore, door: ClickHouseDoor, meets: str, kind: str
) -> None:
    store = open_store()
    batch = batch_of(12)
    if meets == "told_spans":
        gateway = numbered(20, trace_id=f"{1:032x}", parent_span_id=f"{1:016x}", receipt_id="r")
        batch = TelemetryBatch(spans=(*batch.spans, gateway), metrics=batch.metrics)
    # The client asks a second time by itself.
    door.fault(Fault(matching=f"`{meets}`", kind=kind, times=2))  # type: ignore[arg-type]  # two kinds
    with pytest.raises(UnavailableError) as failure:
        store.append(batch, received_at=NOON, positions={"f": 9})
    assert failure.value.retryable
    assert meets == "read_positions" or store.positions() == {}

    store.append(batch, received_at=NOON, positions={"f": 9})

    assert store.count() == calls(store) == len(batch.spans)
    assert store.metric_names()[0].series == 1
    assert len(list(store.read_out(rows=100))) == 2
    assert store.positions() == {"f": 9}
    assert store.verify_rollups().equal


def test_a_batch_cut_differently_when_it_comes_again_is_stored_once(
    open_store: OpenStore, door: ClickHouseDoor
) -> None:
    store = open_store()
    door.fault(Fault(matching="`spans`", kind="cut_after", times=2))
    with pytest.raises(UnavailableError):
        store.append(batch_of(10), received_at=NOON)
    later = TelemetryBatch(spans=tuple(numbered(n) for n in range(5, 15)))
    result = store.append(later, received_at=NOON + timedelta(seconds=1))
    assert (result.spans.stored, result.spans.duplicates) == (5, 5)
    assert store.count() == calls(store) == 15


def test_two_servers_that_store_the_same_spans_at_once_end_with_one_of_each(
    open_store: OpenStore, door: ClickHouseDoor, fresh_database: Callable[[], str]
) -> None:
    database = fresh_database()
    one, other = open_store(database), open_store(database)
    batch, differing = batch_of(6), TelemetryBatch(spans=(numbered(0, input_tokens=99), numbered(1)))
    # The first has looked the keys up and found none; before its rows are in, the other stores its own.
    door.fault(Fault(matching="`spans`", kind="delay", delay_s=1.5))
    from threading import Thread

    thread = Thread(target=lambda: one.append(batch, received_at=NOON))
    thread.start()
    while not any("`spans`" in asked for asked in door.queries()[-3:]):
        pass
    other.append(differing, received_at=NOON - timedelta(seconds=1))
    thread.join()

    assert one.count() == calls(one) == calls(other) == 6
    (kept,) = [span for span in one.newest(EVERYTHING, 10) if span.span_id == f"{0:016x}"]
    assert kept.input_tokens == 99
    (conflict,) = one.conflicts(10)
    assert conflict.span.input_tokens == 0
    assert one.verify_rollups().equal


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(
    open_store: OpenStore, door: ClickHouseDoor
) -> None:
    store = open_store()
    store.append(batch_of(8), received_at=NOON, positions={"f": 3})
    door.kill()
    with pytest.raises(
        UnavailableError, match=r"cannot be reached: \[Errno 111\] Connection refused"
    ) as failure:
        store.count()
    assert failure.value.retryable
    assert PASSWORD not in str(failure.value)
    door.start()
    assert store.count() == calls(store) == 8
    assert store.positions() == {"f": 3}


def test_minutes_left_by_a_server_that_died_are_made_by_the_next(
    open_store: OpenStore, fresh_database: Callable[[], str]
) -> None:
    database = fresh_database()
    dead = open_store(database, fresh_s=1e9)
    dead.append(batch_of(8), received_at=NOON)
    dead.close()
    assert calls(open_store(database)) == 8


def test_figures_follow_the_rows_by_themselves(open_store: OpenStore) -> None:
    store = open_store(settle_s=0.2, fresh_s=1e9)
    assert calls(store) == 0
    store.append(batch_of(8), received_at=NOON)
    deadline_s = monotonic() + 60
    while calls(store) != 8:
        assert monotonic() < deadline_s, "no figure came by itself"
        sleep(0.05)


def test_a_slow_answer_is_given_up(open_store: OpenStore, door: ClickHouseDoor) -> None:
    clickhouse = ClickHouse(clickhouse_address(door.url("default")), answer_s=1)
    door.fault(Fault(matching="SELECT 42", kind="delay", delay_s=3))
    try:
        with pytest.raises(UnavailableError, match="timed out"):
            clickhouse.rows("SELECT 42")
        assert clickhouse.number("SELECT 43") == 43
    finally:
        clickhouse.close()


def test_a_server_that_is_overloaded_is_asked_again_later(
    open_store: OpenStore, door: ClickHouseDoor
) -> None:
    store = open_store()
    # TOO_MANY_PARTS, and a proxy that has nobody behind it.
    door.fault(Fault(matching="`spans`", kind="refuse", status=500, code=252))
    with pytest.raises(UnavailableError) as failure:
        store.append(batch_of(1), received_at=NOON)
    assert failure.value.retryable
    assert store.append(batch_of(1), received_at=NOON).spans.stored == 1


def test_a_wrong_password_and_a_user_who_only_reads_are_told_as_settings(door: ClickHouseDoor) -> None:
    with pytest.raises(SettingsError, match="refuses user 'watchkeeper' or the password") as wrong:
        ClickHouseTelemetry(clickhouse_address(door.url("default", password="not this")))
    assert "not this" not in str(wrong.value)
    assert not wrong.value.retryable
    with pytest.raises(SettingsError, match="user 'reader' may not do this") as reader:
        ClickHouseTelemetry(clickhouse_address(door.url("default", user=READER)))
    assert "GRANT" in reader.value.action


def test_a_client_that_is_not_installed_says_what_to_install(
    door: ClickHouseDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "clickhouse_connect", None)
    with pytest.raises(SettingsError) as missing:
        ClickHouseTelemetry(clickhouse_address(door.url("default")))
    assert "pip install 'watchkeeper[clickhouse]'" in missing.value.action


def test_an_older_schema_is_migrated_and_a_newer_one_refused(
    open_store: OpenStore, fresh_database: Callable[[], str]
) -> None:
    database, shipped = fresh_database(), shipped_migrations()
    old = open_store(database, migrations=shipped[:1])
    old.append(batch_of(2), received_at=NOON)

    store = open_store(database)
    assert store.count() == calls(store) == 2
    point = MetricPoint(workload="explainer", name="load", kind="gauge", unit="1", ts_ns=NOON_NS, value=1.0)
    store.append(TelemetryBatch(metrics=(replace(point, tags={"host": "a"}),)), received_at=NOON)
    (name,) = store.metric_names()
    assert (name.unit, name.series) == ("", 2)

    newer = Migration(shipped[-1].version + 1, "SELECT 1")
    open_store(database, migrations=[*shipped, newer])
    told = f"schema version {newer.version}; this version knows up to {shipped[-1].version}"
    with pytest.raises(ConflictError, match=told):
        open_store(database)


def test_two_servers_that_migrate_at_once_end_with_one_schema(
    open_store: OpenStore, fresh_database: Callable[[], str]
) -> None:
    database = fresh_database()
    with ThreadPoolExecutor(3) as pool:
        stores = list(pool.map(lambda _: open_store(database), range(3)))
    stores[0].append(batch_of(3), received_at=NOON)
    assert [calls(store) for store in stores] == [3, 3, 3]


def test_rows_that_were_removed_and_come_again_are_stored_again(open_store: OpenStore) -> None:
    store = open_store()
    batch = batch_of(30)
    store.append(batch, received_at=NOON)
    assert store.remove_before(NOON + timedelta(seconds=70)) == 11
    assert store.count() == calls(store) == 20
    again = store.append(batch, received_at=NOON + timedelta(hours=1))
    assert (again.spans.stored, again.metrics.stored) == (10, 1)
    assert store.count() == calls(store) == 30

    # All of them in one part, with the very same rows as the first time.
    assert store.remove_before(NOON + timedelta(days=30)) == 31
    again = store.append(batch, received_at=NOON + timedelta(hours=2))
    assert (again.spans.stored, again.metrics.stored) == (30, 1)
    assert store.count() == calls(store) == 30
    assert store.metric_names()[0].series == 1
    assert store.verify_rollups().equal


@pytest.mark.slow
def test_rows_of_many_years_and_scattered_minutes_are_taken_at_once(open_store: OpenStore) -> None:
    store = open_store()
    week, minute = 7 * 86_400, 60
    starts = [*(n * week for n in range(105)), *(n * 3 * minute for n in range(1, 451))]
    spans = tuple(
        numbered(n, trace_id=f"{n:032x}", start_ns=NOON_NS + at * 1_000_000_000)
        for n, at in enumerate(starts)
    )
    assert store.append(TelemetryBatch(spans=spans), received_at=NOON).spans.stored == 555
    assert store.count() == calls(store) == 555
    report = store.verify_rollups()
    assert (report.equal, report.minutes, report.calls) == (True, 555, 555)
    # Whole weeks go as partitions, the rest of one row by row.
    assert store.remove_before(NOON + timedelta(weeks=100, seconds=1)) == 551
    assert store.count() == calls(store) == 4
    assert store.verify_rollups().equal

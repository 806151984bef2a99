"""A store moved to a ClickHouse and back tells the same."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.ports import TelemetryStore, UnreadableLine
from watchkeeper.telemetry.store_copy import copy_store
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clickhouse_door import ClickHouseDoor, Fault
from watchkeeper.testing.telemetry_answers import every_answer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
STEP_NS = 11 * 60 * 1_000_000_000

OpenStore = Callable[..., ClickHouseTelemetry]


def span(n: int, **changes: object) -> Span:
    told: dict[str, object] = {
        "trace_id": f"{n % 4:032x}",
        "span_id": f"{n:016x}",
        "name": "chat",
        "operation": "chat" if n % 5 else "invoke_agent",
        "workload": ("explainer", "recommender")[n % 2],
        "start_ns": NOON_NS + n * STEP_NS,
        "duration_ns": 1_000_003 * (n + 1),
        "ok": bool(n % 7),
        "input_tokens": n if n % 3 else None,
        "receipt_id": f"r{n}" if n % 6 == 1 else None,
        "parent_span_id": f"{n - 1:016x}" if n % 6 == 1 else None,
    }
    return Span(**{**told, **changes})  # type: ignore[arg-type]  # any column may change


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[TelemetryStore]:
    """A DuckDB file with rows of most kinds, a conflict, a position and an unreadable line."""
    store = DuckDbTelemetry(tmp_path / "filled.duckdb")
    buckets = Buckets(count=3, sum=2.5, bounds=(1.0,), counts=(2, 1))
    store.append(
        TelemetryBatch(
            spans=tuple(span(n) for n in range(40)),
            metrics=(
                MetricPoint(
                    workload="w", name="load", kind="gauge", ts_ns=NOON_NS, value=-0.5, tags={"host": "a"}
                ),
                MetricPoint(workload="w", name="wait", kind="histogram", ts_ns=NOON_NS, buckets=buckets),
            ),
            logs=(LogRecord(workload="w", ts_ns=NOON_NS, body="bröd", attributes={"n": 1}),),
            queries=(QueryRecord(query_id="q", workload="w", ts_ns=NOON_NS, latency_ms=1.5),),
        ),
        received_at=NOON,
        positions={"w-1.ndjson": 77},
        unreadable=[UnreadableLine(file="w-1.ndjson", offset=3, reason="not JSON")],
    )
    later = NOON + timedelta(minutes=1)
    store.append(TelemetryBatch(spans=(span(3, model="another"),)), received_at=later)
    yield store
    store.close()


def test_a_store_moved_there_and_back_answers_every_question_alike(
    filled: TelemetryStore, open_store: OpenStore, tmp_path: Path
) -> None:
    middle, end = open_store(), DuckDbTelemetry(tmp_path / "end.duckdb")
    there = copy_store(filled, middle, now=NOON, rows=15)
    back = copy_store(middle, end, now=NOON, rows=15)
    assert there.equal and back.equal
    assert {kind.kind: kind.stored for kind in there.kinds} == {
        "spans": 40,
        "metrics": 2,
        "logs": 1,
        "evaluations": 0,
        "feedback": 0,
        "queries": 1,
    }
    expected = every_answer(filled, timezones=("Europe/Stockholm",))
    assert every_answer(end, timezones=("Europe/Stockholm",)) == expected
    assert every_answer(middle, timezones=("Europe/Stockholm",)) == expected
    assert middle.verify_rollups().equal and end.verify_rollups().equal
    end.close()


def test_a_copy_that_broke_off_is_run_again_and_copies_the_rest(
    filled: TelemetryStore, open_store: OpenStore, door: ClickHouseDoor
) -> None:
    target = open_store()
    done: list[int] = []

    def progress(rows: int) -> None:
        done.append(rows)
        if len(done) == 1:
            door.fault(Fault(matching="`spans`", kind="cut_before", times=2))

    with pytest.raises(UnavailableError):
        copy_store(filled, target, now=NOON, rows=15, progress=progress)
    assert target.positions() == {}

    again = copy_store(filled, target, now=NOON, rows=15)

    assert again.equal
    spans = again.kinds[0]
    assert (spans.read, spans.stored, spans.already_there) == (40, 25, 15)
    assert target.count() == 40


def test_a_target_that_holds_something_else_is_told(filled: TelemetryStore, open_store: OpenStore) -> None:
    target = open_store()
    target.append(TelemetryBatch(spans=(span(100), span(2, model="its own"))), received_at=NOON)
    report = copy_store(filled, target, now=NOON)
    assert not report.equal
    assert "spans: 40 in the source, 41 in the target" in report.differences
    assert report.kinds[0].conflicts == 1

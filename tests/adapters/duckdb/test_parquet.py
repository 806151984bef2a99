"""Rows as Parquet files and back, and letting go of old days after archiving them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import ROW_KINDS, Taken
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.retention import RetentionPolicy, keep_within
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
HOUR_NS = 3600 * 10**9
COLUMNS_PAGE = Path(__file__).parents[3] / "docs" / "telemetry-columns.md"


def a_call(n: int, *, start_ns: int = NOON_NS) -> Span:
    return Span(
        trace_id=f"{n:032x}",
        span_id=f"{n:016x}",
        name="chat",
        operation="chat",
        workload="w",
        start_ns=start_ns,
        duration_ns=n,
        ok=True,
        cost_usd=Decimal("0.000000000001"),
        attributes={"å": [1, None]},
    )


def every_kind() -> TelemetryBatch:
    gateway = replace(a_call(3), trace_id=f"{2:032x}", parent_span_id=f"{2:016x}", receipt_id="r")
    buckets = Buckets(count=1, sum=None, bounds=(1.5,), counts=(1, 0))
    return TelemetryBatch(
        spans=(a_call(1), a_call(2), gateway),
        metrics=(
            MetricPoint(workload="w", name="m", kind="gauge", ts_ns=NOON_NS, value=0.1, tags={"a": "å"}),
            MetricPoint(workload="w", name="h", kind="histogram", ts_ns=NOON_NS, buckets=buckets),
        ),
        logs=(LogRecord(workload="w", ts_ns=NOON_NS, body="here", attributes={"n": 1.5}),),
        evaluations=(
            EvaluationResult(evaluation_id="e", workload="w", ts_ns=NOON_NS, name="tone", value=1.0),
        ),
        feedback=(Feedback(feedback_id="f", workload="w", ts_ns=NOON_NS, rating="thumbs_up"),),
        queries=(
            QueryRecord(query_id="q", workload="w", ts_ns=NOON_NS, latency_ms=1.0, components=("a", "b")),
        ),
    )


def everything(store: DuckDbTelemetry) -> set[str]:
    return {repr(batch) for batch in store.read_out(rows=1)}


def test_what_was_exported_and_imported_is_the_same_and_counts_the_same(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    store.append(every_kind(), received_at=NOON)
    assert store.export_parquet(tmp_path / "out") == {
        "spans": 3, "metrics": 2, "logs": 1, "evaluations": 1, "feedback": 1, "queries": 1
    }  # fmt: skip
    other = DuckDbTelemetry(tmp_path / "b.duckdb")
    taken = other.import_parquet(tmp_path / "out", received_at=NOON)
    assert taken["spans"] == Taken(stored=3)
    assert taken["metrics"] == Taken(stored=2)
    assert everything(other) == everything(store)
    assert other.figures(CallQuestion()) == store.figures(CallQuestion())
    again = other.import_parquet(tmp_path / "out", received_at=NOON)
    assert {kind: one.stored for kind, one in again.items()} == dict.fromkeys(ROW_KINDS, 0)
    store.close()
    other.close()


def test_an_export_is_of_its_window_and_never_over_another(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    store.append(
        TelemetryBatch(spans=tuple(a_call(n, start_ns=NOON_NS + n) for n in range(1, 9))), received_at=NOON
    )
    since, until = NOON + timedelta(microseconds=0), NOON + timedelta(hours=1)
    assert store.export_parquet(tmp_path / "all", since=since, until=until)["spans"] == 8
    assert store.export_parquet(tmp_path / "none", since=until)["spans"] == 0
    with pytest.raises(ConflictError, match="there already"):
        store.export_parquet(tmp_path / "all")
    store.close()


def test_what_is_no_export_is_refused_and_says_so(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    with pytest.raises(InvalidInputError, match="holds no export"):
        store.import_parquet(tmp_path, received_at=NOON)
    (tmp_path / "spans.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(InvalidInputError, match="cannot be read as exported spans"):
        store.import_parquet(tmp_path, received_at=NOON)
    store.close()


def test_every_exported_column_is_documented_with_its_type(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    store.append(every_kind(), received_at=NOON)
    store.export_parquet(tmp_path / "out")
    store.close()
    told = {}
    for section in COLUMNS_PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        kind = section.split(".parquet")[0].strip("`# ")
        told[kind] = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", section, re.MULTILINE))
    for kind in ROW_KINDS:
        file = tmp_path / "out" / f"{kind}.parquet"
        described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()
        assert told[kind] == {row[0]: row[1] for row in described}, kind


def days_of_calls(store: DuckDbTelemetry, days: int) -> None:
    for day in range(days):
        start_ns = NOON_NS - day * 24 * HOUR_NS
        calls = tuple(a_call(1 + day * 10 + n, start_ns=start_ns + n) for n in range(10))
        store.append(TelemetryBatch(spans=calls), received_at=NOON)


def test_days_that_are_too_old_are_archived_and_let_go_of(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    days_of_calls(store, 5)
    policy = RetentionPolicy(days=2, max_bytes=None, archive=tmp_path / "archive")
    report = keep_within(store, policy, now=NOON)
    assert report.removed == 30
    assert [folder.name for folder in report.archives] == ["2026-02-26", "2026-02-27", "2026-02-28"]
    assert store.count() == 20
    assert store.verify_rollups().equal
    assert keep_within(store, policy, now=NOON).removed == 0
    for folder in report.archives:
        store.import_parquet(folder, received_at=NOON)
    assert store.count() == 50
    store.close()


def test_late_rows_of_an_archived_day_go_beside_it(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    policy = RetentionPolicy(days=1, max_bytes=None, archive=tmp_path / "archive")
    for n in (1, 2):
        store.append(TelemetryBatch(spans=(a_call(n, start_ns=NOON_NS - 24 * HOUR_NS),)), received_at=NOON)
        keep_within(store, policy, now=NOON)
    assert sorted(one.name for one in (tmp_path / "archive").iterdir()) == ["2026-03-01", "2026-03-01-2"]
    store.close()


def test_an_archive_that_cannot_be_written_keeps_the_rows(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    days_of_calls(store, 3)
    (tmp_path / "archive").write_text("a file where the folder should be")
    policy = RetentionPolicy(days=1, max_bytes=None, archive=tmp_path / "archive")
    with pytest.raises(Exception, match="cannot write"):
        keep_within(store, policy, now=NOON)
    assert store.count() == 30
    store.close()


@pytest.mark.slow
def test_oldest_days_go_until_the_rest_is_small_enough(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "a.duckdb")
    for day in range(6, 0, -1):
        start_ns = NOON_NS - day * 24 * HOUR_NS
        for part in range(4):
            first = 1 + day * 10**6 + part * 10_000
            calls = tuple(a_call(n, start_ns=start_ns + n) for n in range(first, first + 10_000))
            store.append(TelemetryBatch(spans=calls), received_at=NOON)
    whole = store.size_bytes()
    policy = RetentionPolicy(days=None, max_bytes=whole * 2 // 3, archive=None)
    report = keep_within(store, policy, now=NOON)
    assert 40_000 <= report.removed < 200_000
    assert store.size_bytes() <= policy.max_bytes
    assert store.count() == 240_000 - report.removed
    assert store.newest(EVERYTHING, 1)[0].start_ns > NOON_NS - 24 * HOUR_NS
    store.close()

"""Loading the ingest log: every request once, in any batching, with whatever dies in between."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.adapters.ingest_log.segments import segments_in
from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.app.ingest.totals_files import totals_in
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.ingest_loading import IngestLoader
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, RecordKind
from watchkeeper.telemetry.ingest_preparing import PROMPT_SHA256, IngestPreparer
from watchkeeper.telemetry.logged_rows import dump_rows, load_rows, redacted_rows
from watchkeeper.telemetry.otlp.cumulative import CumulativeState
from watchkeeper.telemetry.otlp.mapped import Terms
from watchkeeper.telemetry.otlp.signals import LOGS, METRICS
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.otlp import START_NS, otlp_span, put_attributes, trace_request
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Scene:
    """A log on disk, a store and a content store; the loader is made anew where a process would be."""

    def __init__(self, folder: Path, *, commit_rows: int = 4000, segment_bytes: int = 32_000_000) -> None:
        self.folder = folder
        self.store = InMemoryTelemetry()
        self.content = InMemoryContent(clock=MovedClock(NOW))
        self.commit_rows = commit_rows
        self.segment_bytes = segment_bytes
        self.writers = 0
        self.loader = self.restarted()

    def restarted(self) -> IngestLoader:
        source = LogReader(self.folder)
        preparer = IngestPreparer(
            source=source,
            content=self.content,
            terms=Terms(),
            totals=totals_in(self.folder),
            commit_rows=self.commit_rows,
        )
        self.loader = IngestLoader(preparer, self.store, delete=source.delete)
        return self.loader

    def log(self, *entries: tuple[RecordKind, Any]) -> None:
        self.writers += 1
        log = LogWriter(self.folder, f"{self.writers:04d}", segment_bytes=self.segment_bytes)
        log.start()
        for kind, message in entries:
            payload = message if isinstance(message, bytes) else message.SerializeToString()
            log.append(LogEntry(kind, START_NS, payload)).result(10)
        log.close()

    def keys(self) -> list[tuple[str, str]]:
        return [(span.trace_id, span.span_id) for span in self.store.newest(EVERYTHING, 10_000)]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def traces(*numbers: int) -> tuple[RecordKind, Any]:
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Vad kostar mjölk?"}]}]',
    }
    return RecordKind.TRACES, trace_request(*(otlp_span(number, attributes=said) for number in numbers))


def test_a_span_is_there_with_its_content_apart(scene: Scene) -> None:
    scene.log(traces(1))
    scene.loader.run_once()

    (span,) = scene.store.newest(EVERYTHING, 10)
    assert span.prompt_sha256 is not None
    kept = scene.content.get(span.prompt_sha256)
    assert kept is not None
    assert json.loads(kept.data) == [{"role": "user", "content": "Vad kostar mjölk?"}]
    assert span.prompt_preview == "Vad kostar mjölk?"


@settings(deadline=None, max_examples=25)
@given(
    requests=st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=5), min_size=1, max_size=12),
    commit_rows=st.integers(1, 20),
    segment_bytes=st.integers(200, 4000),
    restarts=st.sets(st.integers(0, 11)),
)
def test_any_order_batching_and_repetition_ends_with_the_same_spans(
    requests: list[list[int]],
    commit_rows: int,
    segment_bytes: int,
    restarts: set[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    scene = Scene(tmp_path_factory.mktemp("log"), commit_rows=commit_rows, segment_bytes=segment_bytes)
    for number, spans in enumerate(requests):
        scene.log(traces(*spans))
        if number in restarts:
            scene.restarted().run_once()
    scene.loader.run_once()
    scene.loader.run_once()

    wanted = {number for spans in requests for number in spans}
    assert sorted(scene.keys()) == sorted((f"{1:032x}", f"{number:016x}") for number in wanted)
    assert scene.store.conflict_count() == 0
    assert len(segments_in(scene.folder)) <= 1, "what is loaded is gone, but for what may be written on"


class FailingStore(InMemoryTelemetry):
    """Fails when told, before or after it has stored: as a process killed there would leave it."""

    fail_before = fail_after = False

    def append(self, *args: Any, **kwargs: Any) -> Any:
        if self.fail_before:
            raise UnavailableError("killed before the commit")
        result = super().append(*args, **kwargs)
        if self.fail_after:
            raise UnavailableError("killed after the commit")
        return result


@pytest.mark.parametrize("moment", ["fail_before", "fail_after"])
def test_counters_are_added_once_whenever_the_loader_is_killed(moment: str, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.store = FailingStore()
    scene.restarted()
    for number, total in enumerate((5, 8, 20)):
        scene.log(counter(total, second=number + 1))
        setattr(scene.store, moment, True)
        with pytest.raises(UnavailableError):
            scene.loader.run_once()
        setattr(scene.store, moment, False)
        scene.restarted().run_once()

    assert added(scene) == [5.0, 3.0, 12.0]


def counter(total: float, *, second: int, start_s: int = 0) -> tuple[RecordKind, Any]:
    request: Any = METRICS.request()
    group = request.resource_metrics.add()
    put_attributes(group.resource.attributes, {"service.name": "shop"})
    metric = group.scope_metrics.add().metrics.add(name="orders", unit="{order}")
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = 2
    metric.sum.data_points.add(
        as_double=total,
        start_time_unix_nano=START_NS + start_s * 10**9,
        time_unix_nano=START_NS + second * 10**9,
    )
    return RecordKind.METRICS, request


def added(scene: Scene) -> list[float | None]:
    """What the counter's points add, by time."""
    rows = [row for batch in scene.store.read_out(rows=1000) for row in batch.metrics]
    return [row.value for row in sorted(rows, key=lambda row: row.ts_ns)]


def test_a_senders_restart_begins_its_total_anew(scene: Scene) -> None:
    scene.log(
        counter(5, second=1),
        counter(9, second=2),
        counter(2, second=4, start_s=3),
        counter(3, second=5, start_s=3),
    )
    scene.loader.run_once()

    assert added(scene) == [5.0, 4.0, 2.0, 1.0]


def test_a_damaged_stretch_is_told_and_its_neighbours_are_loaded(scene: Scene) -> None:
    scene.log(traces(1), (RecordKind.TRACES, b"\xff\xff no protobuf"), traces(2))
    scene.log(traces(3))

    report = scene.loader.run_once()

    assert len(scene.keys()) == 3
    assert [line.reason.split(":")[0] for line in report.unreadable] == ["traces"]
    assert scene.store.unreadable_count() == 1


def test_the_details_of_a_call_that_come_as_a_log_record_are_content(scene: Scene) -> None:
    request: Any = LOGS.request()
    record = (
        request.resource_logs.add()
        .scope_logs.add()
        .log_records.add(
            time_unix_nano=START_NS,
            event_name="gen_ai.client.inference.operation.details",
            trace_id=(1).to_bytes(16, "big"),
            span_id=(7).to_bytes(8, "big"),
        )
    )
    put_attributes(
        record.attributes,
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Hej"}]}],
        },
    )
    scene.log((RecordKind.LOGS, request))
    scene.loader.run_once()

    (row,) = scene.store.logs(LogFilter(), 10)
    assert (row.trace_id, row.span_id, row.body) == (f"{1:032x}", f"{7:016x}", "Hej")
    kept = scene.content.get(str(row.attributes[PROMPT_SHA256]))
    assert kept is not None and json.loads(kept.data) == [{"role": "user", "content": "Hej"}]
    assert "gen_ai.input.messages" not in row.attributes


def test_a_verdict_that_comes_as_a_log_record_is_a_row_of_its_own(scene: Scene) -> None:
    request: Any = LOGS.request()
    record = (
        request.resource_logs.add()
        .scope_logs.add()
        .log_records.add(
            time_unix_nano=START_NS,
            event_name="gen_ai.evaluation.result",
            span_id=(7).to_bytes(8, "big"),
        )
    )
    put_attributes(
        record.attributes, {"gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.label": "kind"}
    )
    scene.log((RecordKind.LOGS, request))
    scene.loader.run_once()

    (row,) = scene.store.evaluations(EvaluationFilter(), 10)
    assert (row.name, row.label, row.value, row.error) == ("tone", "kind", None, None)
    assert scene.store.logs(LogFilter(), 10) == ()


ROWS = TelemetryBatch(
    metrics=(MetricPoint(workload="w", name="m", kind="gauge", ts_ns=START_NS, value=1.5, tags={"a": "b"}),),
    evaluations=(EvaluationResult(evaluation_id="e", workload="w", ts_ns=START_NS, name="n", value=1.0),),
    feedback=(Feedback(feedback_id="f", workload="w", ts_ns=START_NS, rating="thumbs_up", query_id="q"),),
    queries=(
        QueryRecord(
            query_id="q",
            workload="w",
            ts_ns=START_NS,
            latency_ms=2.5,
            components=("a",),
            attributes=(("k", "v"),),
        ),
    ),
)


def test_rows_of_the_json_api_come_out_as_they_went_in(scene: Scene) -> None:
    assert load_rows(dump_rows(ROWS)) == ROWS
    scene.log((RecordKind.ROWS, dump_rows(ROWS)))
    scene.loader.run_once()

    assert scene.store.queries(QueryFilter(), 10) == ROWS.queries
    assert scene.store.feedback(FeedbackFilter(), 10) == ROWS.feedback
    assert scene.store.evaluations(EvaluationFilter(), 10) == ROWS.evaluations


def test_rows_are_redacted_whoever_writes_them() -> None:
    said = {
        "feedback": [
            {
                "feedback_id": "f",
                "workload": "w",
                "ts_ns": START_NS,
                "comment": "I am anna.ek@example.se",
                "query_id": "q",
            }
        ]
    }

    kept = json.loads(redacted_rows(json.dumps(said).encode()))

    assert kept["feedback"][0]["comment"] == "I am [redacted:email]"
    assert kept["feedback"][0]["ts_ns"] == START_NS


totals = st.lists(st.tuples(st.integers(0, 5), st.floats(0, 100)), min_size=1, max_size=20)


@given(steps=totals)
def test_what_was_added_adds_up_to_the_totals(steps: Sequence[tuple[int, float]]) -> None:
    """Over any number of restarts of the sender, which each begin a total anew."""
    state, now, start, total, wanted, found = CumulativeState(), 1, 1, 0.0, 0.0, 0.0
    for pause, grown in steps:
        now += 1
        if pause == 0:
            start, total = now, 0.0
            now += 1
        total += grown
        wanted += grown
        added_now = state.added("s", start_ns=start, ts_ns=now, totals={"": total})
        assert added_now is not None
        found += added_now[1][""]
        state = CumulativeState.load(json.loads(json.dumps(state.dump())))

    assert found == pytest.approx(wanted)

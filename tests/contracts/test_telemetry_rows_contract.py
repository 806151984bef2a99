"""Points, logs, evaluations, feedback and queries in every telemetry store."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricKind, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult, Taken
from watchkeeper.telemetry.metric_question import MetricFigures, MetricQuestion
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
SECOND_NS = 1_000_000_000

POINT = MetricPoint(
    workload="w", name="queue", kind="gauge", unit="1", ts_ns=NOON_NS, value=3.0, tags={"q": "a"}
)
HISTOGRAM = MetricPoint(
    workload="w",
    name="latency",
    kind="histogram",
    unit="ms",
    ts_ns=NOON_NS,
    start_ns=NOON_NS - SECOND_NS,
    buckets=Buckets(count=4, sum=60.0, min=5.0, max=30.0, bounds=(10.0, 20.0), counts=(1, 2, 1)),
)
LOG = LogRecord(
    workload="w",
    ts_ns=NOON_NS,
    severity_number=17,
    severity_text="ERROR",
    event_name="gen_ai.failed",
    body="The model did not answer på tid",
    trace_id="a" * 32,
    span_id="1" * 16,
    attributes={"n": 1, "deep": {"b": [True, None]}},
)
SCORE = EvaluationResult(
    evaluation_id="e-1",
    workload="w",
    ts_ns=NOON_NS,
    name="relevance",
    value=0.8,
    label="good",
    evaluator="judge",
)
SAID = Feedback(
    feedback_id="f-1", workload="w", ts_ns=NOON_NS, rating="thumbs_down", comment="no", query_id="q-1"
)
QUERY = QueryRecord(
    query_id="q-1",
    workload="w",
    ts_ns=NOON_NS,
    latency_ms=812.5,
    query_type="how-to",
    text="hur gör man?",
    used_history=True,
    used_tools=None,
    tokens_generated=0,
    ndcg=0.75,
    components=("retriever", "writer"),
    trace_id="a" * 32,
    attributes=(("team", "north"), ("team", "south")),
)
EVERY_KIND = TelemetryBatch(
    metrics=(POINT, HISTOGRAM), logs=(LOG,), evaluations=(SCORE,), feedback=(SAID,), queries=(QUERY,)
)


def take(store: TelemetryStore, batch: TelemetryBatch) -> AppendResult:
    return store.append(batch, received_at=NOON)


def everything(store: TelemetryStore) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for batch in store.read_out(rows=2):
        for kind in ("spans", "metrics", "logs", "evaluations", "feedback", "queries"):
            found.setdefault(kind, set()).update(map(repr, getattr(batch, kind)))
    return found


def test_rows_of_every_kind_come_back_as_they_were_given(telemetry: TelemetryStore) -> None:
    result = take(telemetry, EVERY_KIND)
    assert result.metrics == Taken(stored=2)
    assert result.logs == result.evaluations == result.feedback == result.queries == Taken(stored=1)
    assert telemetry.logs(LogFilter(), 9) == (LOG,)
    assert telemetry.evaluations(EvaluationFilter(), 9) == (SCORE,)
    assert telemetry.feedback(FeedbackFilter(), 9) == (SAID,)
    assert telemetry.queries(QueryFilter(), 9) == (QUERY,)
    read = [batch for batch in telemetry.read_out(rows=1) if batch.metrics]
    assert {repr(batch.metrics[0]) for batch in read} == {repr(POINT), repr(HISTOGRAM)}


def test_rows_given_again_change_nothing(telemetry: TelemetryStore) -> None:
    take(telemetry, EVERY_KIND)
    again = take(telemetry, EVERY_KIND)
    assert again.metrics == Taken(duplicates=2)
    assert again.logs == again.evaluations == again.feedback == again.queries == Taken(duplicates=1)
    twice = take(telemetry, TelemetryBatch(logs=(replace(LOG, body="other"),) * 2))
    assert twice.logs == Taken(stored=1, duplicates=1)


def test_of_rows_with_one_key_the_first_stays(telemetry: TelemetryStore) -> None:
    take(telemetry, EVERY_KIND)
    result = take(
        telemetry,
        TelemetryBatch(
            metrics=(replace(POINT, value=4.0), replace(POINT, value=5.0, tags={"q": "b"})),
            evaluations=(replace(SCORE, value=0.1),),
            feedback=(replace(SAID, comment="yes"),),
            queries=(replace(QUERY, latency_ms=1.0), replace(QUERY, workload="v")),
        ),
    )
    assert result.metrics == Taken(stored=1, conflicts=1)
    assert result.evaluations == result.feedback == Taken(conflicts=1)
    assert result.queries == Taken(stored=1, conflicts=1)
    assert telemetry.evaluations(EvaluationFilter(), 9) == (SCORE,)
    assert telemetry.queries(QueryFilter(workload="w"), 9) == (QUERY,)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (TelemetryBatch(metrics=(replace(POINT, value=float("nan")),)), "bad_number"),
        (TelemetryBatch(metrics=(replace(POINT, value=None),)), "missing_value"),
        (TelemetryBatch(metrics=(replace(POINT, ts_ns=5),)), "bad_instant"),
        (TelemetryBatch(metrics=(replace(POINT, tags={"q": "\ud800"}),)), "bad_text"),
        (TelemetryBatch(logs=(replace(LOG, ts_ns=2**62),)), "bad_instant"),
        (TelemetryBatch(logs=(replace(LOG, attributes={"x": float("inf")}),)), "bad_attributes"),
        (TelemetryBatch(evaluations=(replace(SCORE, value=10**400),)), "bad_number"),
        (TelemetryBatch(feedback=(replace(SAID, feedback_id=""),)), "missing_value"),
        (TelemetryBatch(queries=(replace(QUERY, latency_ms=-1.0),)), "bad_number"),
        (TelemetryBatch(queries=(replace(QUERY, results=2**63),)), "bad_number"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_good_are_kept(
    telemetry: TelemetryStore, bad: TelemetryBatch, reason: str
) -> None:
    mixed = TelemetryBatch(
        metrics=(*bad.metrics, HISTOGRAM),
        logs=(*bad.logs, replace(LOG, body="kept")),
        evaluations=bad.evaluations,
        feedback=bad.feedback,
        queries=bad.queries,
    )
    result = take(telemetry, mixed)
    assert [row.reason for row in result.refused] == [reason]
    assert (result.metrics.stored, result.logs.stored) == (1, 1)


def numbered_logs(telemetry: TelemetryStore) -> None:
    logs = [
        replace(LOG, ts_ns=NOON_NS + n // 2, body=f"line {n}", severity_number=n or None) for n in range(6)
    ]
    take(telemetry, TelemetryBatch(logs=(*logs, replace(LOG, workload="v", body="Line Å"))))


@pytest.mark.parametrize(
    ("which", "bodies"),
    [
        (LogFilter(workload="w"), {0, 1, 2, 3, 4, 5}),
        (LogFilter(min_severity=3), {3, 4, 5}),
        (LogFilter(since_ns=NOON_NS + 1, until_ns=NOON_NS + 2), {2, 3}),
        (LogFilter(contains="LINE 4"), {4}),
        (LogFilter(trace_id="b" * 32), set()),
        (LogFilter(workload="w", event_name="gen_ai.failed", span_id="1" * 16), {0, 1, 2, 3, 4, 5}),
        (LogFilter(contains="\ud800"), set()),
    ],
)
def test_logs_are_found_by_what_they_say(
    telemetry: TelemetryStore, which: LogFilter, bodies: set[int]
) -> None:
    numbered_logs(telemetry)
    found = {row.body for row in telemetry.logs(which, 9) if row.workload == "w"}
    assert found == {f"line {n}" for n in bodies}


def test_logs_come_newest_first_and_no_more_than_asked_for(telemetry: TelemetryStore) -> None:
    numbered_logs(telemetry)
    assert telemetry.logs(LogFilter(contains="line å"), 9)[0].body == "Line Å"
    assert [row.body for row in telemetry.logs(LogFilter(workload="w"), 3)] == ["line 4", "line 5", "line 2"]


def test_evaluations_feedback_and_queries_are_found_by_their_columns(telemetry: TelemetryStore) -> None:
    take(
        telemetry,
        TelemetryBatch(
            evaluations=(
                SCORE,
                replace(SCORE, evaluation_id="e-2", label=None, name="tone", ts_ns=NOON_NS + 1),
            ),
            feedback=(SAID, replace(SAID, feedback_id="f-2", rating="thumbs_up", ts_ns=NOON_NS + 1)),
            queries=(
                QUERY,
                replace(QUERY, query_id="q-2", error="timeout", degraded=True, ts_ns=NOON_NS + 1),
            ),
        ),
    )
    assert [row.evaluation_id for row in telemetry.evaluations(EvaluationFilter(), 9)] == ["e-2", "e-1"]
    assert telemetry.evaluations(EvaluationFilter(name="relevance", evaluator="judge"), 9) == (SCORE,)
    assert telemetry.feedback(FeedbackFilter(rating="thumbs_down"), 9) == (SAID,)
    assert telemetry.queries(QueryFilter(failed=False), 9) == (QUERY,)
    assert [row.query_id for row in telemetry.queries(QueryFilter(failed=True, degraded=True), 9)] == ["q-2"]
    assert telemetry.queries(QueryFilter(), 1)[0].query_id == "q-2"


def one(figures: tuple[MetricFigures, ...]) -> MetricFigures:
    (row,) = figures
    return row


def test_values_add_up_by_step_and_tag(telemetry: TelemetryStore) -> None:
    points = [
        replace(POINT, ts_ns=NOON_NS + n * 30 * SECOND_NS, value=float(n), tags={"q": "ab"[n % 2], "r": "x"})
        for n in range(6)
    ]
    take(telemetry, TelemetryBatch(metrics=(*points, replace(POINT, workload="v", value=99.0))))
    rows = telemetry.metric_series(MetricQuestion(name="queue", workload="w", step_s=60, by=("q",)))
    assert [(row.begins, row.tags["q"], row.sum, row.last) for row in rows] == [
        (NOON + timedelta(minutes=minute), tag, value, value)
        for minute in range(3)
        for tag, value in (("a", minute * 2.0), ("b", minute * 2.0 + 1))
    ]
    whole = one(telemetry.metric_series(MetricQuestion(name="queue", workload="w", tags={"r": "x"})))
    assert (whole.points, whole.mean, whole.min, whole.max, whole.last) == (6, 2.5, 0.0, 5.0, 5.0)
    assert whole.quantile(1.0) == pytest.approx(5.0, rel=0.01)
    assert telemetry.metric_series(MetricQuestion(name="queue", tags={"r": "y"})) == ()


def test_figures_below_zero_have_quantiles_too(telemetry: TelemetryStore) -> None:
    points = [replace(POINT, ts_ns=NOON_NS + n, value=float(n - 5)) for n in range(11)]
    take(telemetry, TelemetryBatch(metrics=tuple(points)))
    row = one(telemetry.metric_series(MetricQuestion(name="queue")))
    for share, exact in ((0.0, -5.0), (0.1, -4.0), (0.5, 0.0), (0.9, 4.0)):
        assert row.quantile(share) == pytest.approx(exact, rel=0.01)


def test_histograms_add_up(telemetry: TelemetryStore) -> None:
    later = replace(HISTOGRAM, ts_ns=NOON_NS + 1)
    empty = replace(HISTOGRAM, ts_ns=NOON_NS + 2, buckets=Buckets(count=0, sum=None))
    take(telemetry, TelemetryBatch(metrics=(HISTOGRAM, later, empty)))
    row = one(telemetry.metric_series(MetricQuestion(name="latency")))
    assert (row.points, row.count, row.sum, row.min, row.max, row.last) == (3, 8, 120.0, 5.0, 30.0, None)
    assert 10 <= (row.quantile(0.5) or 0) <= 20


def test_names_tell_kind_unit_tags_and_series(telemetry: TelemetryStore) -> None:
    other = replace(POINT, tags={"z": "1", "q": "b"}, unit="{other}")
    take(telemetry, TelemetryBatch(metrics=(POINT, HISTOGRAM)))
    take(telemetry, TelemetryBatch(metrics=(other, replace(POINT, workload="v"))))
    names = [
        (one.workload, one.name, one.kind, one.unit, one.tags, one.series) for one in telemetry.metric_names()
    ]
    assert names == [
        ("v", "queue", "gauge", "1", ("q",), 1),
        ("w", "latency", "histogram", "ms", (), 1),
        ("w", "queue", "gauge", "1", ("q", "z"), 2),
    ]
    assert [one.name for one in telemetry.metric_names("v")] == ["queue"]


def test_a_step_that_cannot_be_is_refused(telemetry: TelemetryStore) -> None:
    with pytest.raises(InvalidInputError, match="step of 0 seconds"):
        telemetry.metric_series(MetricQuestion(name="queue", step_s=0))


def test_old_rows_of_every_kind_are_removed(telemetry: TelemetryStore) -> None:
    take(telemetry, EVERY_KIND)
    assert telemetry.remove_before(NOON) == 0
    assert telemetry.remove_before(NOON + timedelta(seconds=1)) == 6
    assert everything(telemetry) == {}
    assert telemetry.metric_names() == ()
    assert take(telemetry, EVERY_KIND).metrics == Taken(stored=2)


def test_what_is_read_out_fills_another_store(telemetry: TelemetryStore) -> None:
    span = Span(
        trace_id="a" * 32,
        span_id="1" * 16,
        name="chat",
        operation="chat",
        workload="w",
        start_ns=NOON_NS,
        duration_ns=1,
        ok=True,
    )
    take(telemetry, replace(EVERY_KIND, spans=(span,)))
    other = InMemoryTelemetry()
    for batch in telemetry.read_out(rows=1):
        assert len(batch) == 1
        take(other, batch)
    assert everything(other) == everything(telemetry)


numbers = st.floats(-1e9, 1e9) | st.integers(-5, 5).map(float)
kinds: st.SearchStrategy[MetricKind] = st.sampled_from(["counter", "gauge", "rate"])
any_point = st.builds(
    MetricPoint,
    workload=st.sampled_from(["w", "v"]),
    name=st.just("m"),
    kind=kinds,
    ts_ns=st.integers(NOON_NS, NOON_NS + 200 * SECOND_NS),
    value=numbers,
    tags=st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["1", "2", "å"])),
)
any_question = st.builds(
    MetricQuestion,
    name=st.just("m"),
    workload=st.none() | st.just("w"),
    kind=st.none() | kinds,
    tags=st.just({}) | st.just({"a": "1"}),
    since_ns=st.none() | st.integers(NOON_NS, NOON_NS + 100 * SECOND_NS),
    until_ns=st.none() | st.integers(NOON_NS + 100 * SECOND_NS, NOON_NS + 200 * SECOND_NS),
    step_s=st.none() | st.sampled_from([1, 7, 60, 3600]),
    by=st.sampled_from([(), ("a",), ("b", "a")]),
)


@given(batches=st.lists(st.lists(any_point, max_size=20), max_size=4), question=any_question)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_metrics_of_a_file_are_those_of_the_store_in_memory(
    fresh_telemetry: Callable[[], AbstractContextManager[Path]],
    batches: list[list[MetricPoint]],
    question: MetricQuestion,
) -> None:
    fake = InMemoryTelemetry()
    with fresh_telemetry() as folder:
        store = DuckDbTelemetry(folder / "telemetry.duckdb")
        for batch in batches:
            rows = TelemetryBatch(metrics=tuple(batch))
            assert take(store, rows) == take(fake, rows)
        found, expected = store.metric_series(question), fake.metric_series(question)
        assert [replace(row, sum=None) for row in found] == [replace(row, sum=None) for row in expected]
        assert [row.sum for row in found] == pytest.approx([row.sum for row in expected])
        assert store.metric_names() == fake.metric_names()
        store.close()

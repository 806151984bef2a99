"""A ClickHouse answers every question as the store in memory does, rollups or not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.ports import UnreadableLine
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry
from watchkeeper.testing.telemetry_answers import every_answer

NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
HOUR_NS = 3600 * 1_000_000_000

OpenStore = Callable[..., ClickHouseTelemetry]


words = st.sampled_from(["small", "large", "å 'x'\t\\", ""])
maybe_words = st.none() | words
# Over the night the clocks change in Sweden, so that days and hours are not all alike.
instants = st.integers(NOON_NS, NOON_NS + 40 * HOUR_NS) | st.integers(NOON_NS, NOON_NS + HOUR_NS // 20)
ids = st.sampled_from([f"{n:016x}" for n in range(1, 7)])
tokens = st.none() | st.integers(0, 10**6) | st.just(2**63 - 1)
spans = st.builds(
    Span,
    trace_id=st.sampled_from(["a" * 32, "b" * 32]),
    span_id=ids,
    parent_span_id=st.none() | ids,
    name=words,
    operation=st.sampled_from(["chat", "embeddings", "invoke_agent"]),
    workload=words,
    start_ns=instants,
    duration_ns=st.integers(0, 10**11) | st.just(2**63 - 1),
    ok=st.booleans(),
    error_code=maybe_words,
    agent=maybe_words,
    model=maybe_words,
    target=maybe_words,
    conversation_id=maybe_words,
    input_tokens=tokens,
    reasoning_tokens=tokens,
    cost_usd=st.none() | st.decimals(0, Decimal("999999999999.999999999999"), places=12),
    cached=st.booleans(),
    degraded=st.booleans(),
    receipt_id=st.none() | st.just("rcpt"),
    attributes=st.just({}) | st.just({"tags": ["a", None, {"b": 0.5}]}),
)
floats = st.floats(-1e9, 1e9)
tags = st.dictionaries(st.sampled_from(["host", "zone"]), st.sampled_from(["a", "b", ""]), max_size=2)
plain_points = st.builds(
    MetricPoint,
    workload=words.filter(bool),
    name=st.sampled_from(["latency", "load"]),
    kind=st.sampled_from(["counter", "gauge", "rate"]),
    unit=st.just("s"),
    ts_ns=instants,
    value=floats,
    tags=tags,
)


@st.composite
def histograms(draw: st.DrawFn) -> MetricPoint:
    counts = tuple(draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)))
    bounds = st.none() | floats
    buckets = Buckets(
        count=sum(counts),
        sum=draw(bounds),
        min=draw(bounds),
        max=draw(bounds),
        bounds=(1.0, 10.0),
        counts=counts,
    )
    return MetricPoint(
        workload="small",
        name="latency",
        kind="histogram",
        ts_ns=draw(instants),
        buckets=buckets,
        tags=draw(tags),
    )


logs = st.builds(
    LogRecord,
    workload=words.filter(bool),
    ts_ns=st.sampled_from([NOON_NS, NOON_NS + 1]),
    severity_number=st.none() | st.integers(1, 24),
    body=maybe_words,
    trace_id=st.none() | st.just("a" * 32),
    attributes=st.just({}) | st.just({"n": 1, "text": "'å"}),
)
evaluations = st.builds(
    EvaluationResult,
    evaluation_id=ids,
    workload=words.filter(bool),
    ts_ns=instants,
    name=st.just("relevance"),
    value=st.none() | floats,
    label=maybe_words,
)
feedback = st.builds(
    Feedback,
    feedback_id=ids,
    workload=words.filter(bool),
    ts_ns=instants,
    rating=st.sampled_from([None, "thumbs_up", "thumbs_down"]),
    comment=maybe_words,
)
queries = st.builds(
    QueryRecord,
    query_id=ids,
    workload=words.filter(bool),
    ts_ns=instants,
    latency_ms=st.floats(0, 1e6),
    used_history=st.none() | st.booleans(),
    results=st.none() | st.integers(0, 9),
    components=st.sampled_from([(), ("graph", "index")]),
    error=maybe_words,
    attributes=st.sampled_from([(), (("a", "'"), ("b", ""))]),
)


def some(rows: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(rows, max_size=5).map(tuple)


batches = st.builds(
    TelemetryBatch,
    spans=st.lists(spans, max_size=14).map(tuple),
    metrics=some(plain_points | histograms()),
    logs=some(logs),
    evaluations=some(evaluations),
    feedback=some(feedback),
    queries=some(queries),
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(
    given_batches=st.lists(batches, min_size=1, max_size=2),
    timezone=st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Each example asks some two hundred questions: shrinking one would take many minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_every_question_is_answered_alike(
    open_store: OpenStore, given_batches: list[TelemetryBatch], timezone: str
) -> None:
    memory, clickhouse = InMemoryTelemetry(), open_store(fresh_s=1e9)
    try:
        for number, batch in enumerate(given_batches):
            came = NOON + timedelta(seconds=number)
            told = {
                "positions": {"f": number},
                "unreadable": [UnreadableLine(file="f", offset=1, reason="bad")],
            }
            assert clickhouse.append(batch, received_at=came, **told) == memory.append(
                batch, received_at=came, **told
            )
        expected = every_answer(memory, timezones=(timezone,))
        found = every_answer(clickhouse, timezones=(timezone,))
        for question, answer in expected.items():
            assert found[question] == answer, question
        assert found.keys() == expected.keys()
        assert clickhouse.verify_rollups().equal
    finally:
        clickhouse.close()

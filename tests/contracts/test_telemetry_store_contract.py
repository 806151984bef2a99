"""What every telemetry store keeps, in memory or in a DuckDB file."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import InvalidInputError, UnavailableError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import NONE_TAKEN, Taken
from watchkeeper.telemetry.figures import KnownSum
from watchkeeper.telemetry.ports import SpanConflict, TelemetryStore, UnreadableLine
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
SECOND_NS = 1_000_000_000
MS_NS = 1_000_000

MakeStore = Callable[[Path], TelemetryStore]


def in_memory(folder: Path) -> TelemetryStore:
    return InMemoryTelemetry()


@cache
def empty_file() -> bytes:
    """A DuckDB file with its tables: copying it takes a quarter of the time that making them does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.duckdb"
        DuckDbTelemetry(path).close()
        return path.read_bytes()


def in_duckdb(folder: Path) -> TelemetryStore:
    path = folder / "telemetry.duckdb"
    path.write_bytes(empty_file())
    return DuckDbTelemetry(path)


@pytest.fixture(params=[in_memory, in_duckdb, pytest.param("clickhouse", marks=pytest.mark.slow)])
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    if request.param == "clickhouse":
        in_clickhouse: MakeStore = request.getfixturevalue("in_clickhouse")
        return in_clickhouse
    make: MakeStore = request.param
    return make


@pytest.fixture
def store(make_store: MakeStore, tmp_path: Path) -> Iterator[TelemetryStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@contextmanager
def fresh(make_store: MakeStore) -> Iterator[TelemetryStore]:
    with tempfile.TemporaryDirectory() as folder:
        made = make_store(Path(folder))
        try:
            yield made
        finally:
            made.close()


def a_span(**changes: object) -> Span:
    plain = Span(
        trace_id="a" * 32,
        span_id="1" * 16,
        name="chat small",
        operation="chat",
        workload="annual-reports",
        start_ns=NOON_NS,
        duration_ns=250 * MS_NS,
        ok=True,
        model="small-7b",
        target="small",
        input_tokens=100,
        output_tokens=20,
        cost_usd=Decimal("0.000250"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any column may change


def numbered(n: int, **changes: object) -> Span:
    return a_span(span_id=f"{n:016x}", **changes)


def take(store: TelemetryStore, spans: Sequence[Span], received_at: datetime = NOON, **rest: object) -> Taken:
    """Append spans alone, none of which is refused."""
    batch = TelemetryBatch(spans=tuple(spans))
    result = store.append(batch, received_at=received_at, **rest)  # type: ignore[arg-type]  # handed on
    assert result.refused == ()
    return result.spans


def test_a_span_comes_back_as_it_was_given(store: TelemetryStore) -> None:
    full = a_span(
        parent_span_id="2" * 16,
        ok=False,
        error_code="broken_json",
        error_message="broken_json: a ']' is missing på rad 3\0",
        http_status=200,
        run_id="RUN_1767225600",
        item_id="7",
        agent="balance_sheet",
        route="extract",
        provider="openai",
        release="r-3",
        attempt=2,
        finish_reason="stop",
        ttft_ms=81.25,
        cache_read_tokens=0,
        cache_write_tokens=3,
        reasoning_tokens=2**63 - 1,
        cost_usd=Decimal("123456789012.000000000001"),
        cached=True,
        degraded=True,
        json_ok=False,
        schema_ok=None,
        receipt_id="rcpt-1",
        prompt_sha256="b" * 64,
        response_sha256="c" * 64,
        document_sha256="d" * 64,
        attributes={"gen_ai.request.temperature": 0.5, "tags": ["a", None, {"b": True}], "å": "ä"},
    )
    take(store, [full], received_at=NOON)
    assert store.trace(full.trace_id) == (full,)


def test_a_span_delivered_twice_is_stored_once(store: TelemetryStore) -> None:
    assert take(store, [a_span()], received_at=NOON) == Taken(stored=1, duplicates=0, conflicts=0)
    later = NOON + timedelta(hours=1)
    assert take(store, [a_span()], received_at=later) == Taken(stored=0, duplicates=1, conflicts=0)
    assert store.count() == 1


def test_a_span_given_twice_at_once_is_stored_once(store: TelemetryStore) -> None:
    result = take(store, [a_span(), a_span()], received_at=NOON)
    assert result == Taken(stored=1, duplicates=1, conflicts=0)


def test_amounts_that_differ_only_in_zeros_are_no_conflict(store: TelemetryStore) -> None:
    take(store, [a_span(cost_usd=Decimal("0.1"))], received_at=NOON)
    result = take(store, [a_span(cost_usd=Decimal("0.1000"))], received_at=NOON)
    assert result.duplicates == 1


def test_of_spans_with_one_key_the_first_stays_and_the_other_is_kept_in_sight(store: TelemetryStore) -> None:
    first, other = a_span(output_tokens=20), a_span(output_tokens=21, start_ns=NOON_NS - 5 * SECOND_NS)
    take(store, [first], received_at=NOON)
    later = NOON + timedelta(microseconds=1)

    result = take(store, [other, first, other], received_at=later)

    assert result == Taken(stored=0, duplicates=1, conflicts=2)
    assert store.trace(first.trace_id) == (first,)
    assert store.conflicts(10) == (SpanConflict(span=other, received_at=later),)
    take(store, [other], received_at=later + timedelta(hours=1))
    assert store.conflict_count() == 1


def test_a_key_that_conflicts_within_one_append_keeps_its_first(store: TelemetryStore) -> None:
    first, other = a_span(output_tokens=20), a_span(output_tokens=21)
    result = take(store, [first, other], received_at=NOON)
    assert result == Taken(stored=1, duplicates=0, conflicts=1)
    assert store.trace(first.trace_id) == (first,)


def test_the_same_span_id_in_another_trace_is_another_span(store: TelemetryStore) -> None:
    take(store, [a_span(), a_span(trace_id="b" * 32)], received_at=NOON)
    assert store.count() == 2


def test_positions_are_kept_with_the_rows_and_files_not_named_keep_theirs(store: TelemetryStore) -> None:
    assert store.positions() == {}
    take(store, [numbered(1)], received_at=NOON, positions={"w-1.ndjson": 120, "w-2.ndjson": 0})
    take(store, [], received_at=NOON, positions={"w-1.ndjson": 240})
    take(store, [numbered(2)], received_at=NOON)
    assert store.positions() == {"w-1.ndjson": 240, "w-2.ndjson": 0}


def test_a_span_that_cannot_be_stored_is_refused_with_its_reason_and_the_others_are_kept(
    store: TelemetryStore,
) -> None:
    bad = {
        "bad_number": numbered(2, input_tokens=2**63),
        "bad_instant": numbered(3, start_ns=1),
        "bad_text": numbered(4, agent="\ud800"),
        "bad_attributes": numbered(5, attributes={"x": float("nan")}),
        "missing_value": numbered(6, trace_id=""),
    }
    batch = TelemetryBatch(
        spans=(*bad.values(), numbered(1), numbered(7, start_ns=4_102_444_800 * SECOND_NS))
    )

    result = store.append(batch, received_at=NOON, positions={"f": 9})

    assert [row.reason for row in result.refused] == [*bad, "bad_instant"]
    assert "input_tokens must be a whole number" in result.refused[0].message
    assert [span.span_id for span in store.newest(EVERYTHING, 9)] == [numbered(1).span_id]
    assert store.positions() == {"f": 9}


def test_lines_that_are_no_receipts_stay_told_once(store: TelemetryStore) -> None:
    second = UnreadableLine(file="w-1.ndjson", offset=80, reason="not JSON")
    first = UnreadableLine(file="w-1.ndjson", offset=0, reason="no trace_id")
    take(store, [], received_at=NOON, unreadable=[second, first])
    take(store, [], received_at=NOON, unreadable=[second])
    assert store.unreadable(10) == (first, second)
    assert store.unreadable(1) == (first,)
    assert store.unreadable_count() == 2


def test_the_newest_come_first_and_equal_starts_by_their_ids(store: TelemetryStore) -> None:
    spans = [numbered(2), numbered(1), numbered(3, start_ns=NOON_NS + 1), numbered(4, start_ns=NOON_NS - 1)]
    take(store, spans, received_at=NOON)
    found = [int(span.span_id, 16) for span in store.newest(EVERYTHING, 3)]
    assert found == [3, 1, 2]


def test_spans_are_found_by_the_content_of_their_prompt_or_reply(store: TelemetryStore) -> None:
    asked, answered, other = "a" * 64, "b" * 64, "c" * 64
    spans = [
        numbered(1, prompt_sha256=asked),
        numbered(2, prompt_sha256=other, response_sha256=answered),
        numbered(3, prompt_sha256=other),
        numbered(4),
    ]
    take(store, spans, received_at=NOON)
    both = SpanFilter(content_sha256s=frozenset({asked, answered}))
    assert {int(span.span_id, 16) for span in store.newest(both, 10)} == {1, 2}
    assert store.newest(SpanFilter(content_sha256s=frozenset()), 10) == ()
    assert store.count(SpanFilter(content_sha256s=frozenset({other}), model="no such")) == 0


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (SpanFilter(workload="explainer"), {1}),
        (SpanFilter(run_id="RUN_1767225600"), {2}),
        (SpanFilter(item_id="7"), {2}),
        (SpanFilter(agent="property"), {3}),
        (SpanFilter(model="other"), {3}),
        (SpanFilter(target="large"), {4}),
        (SpanFilter(ok=False), {4, 5}),
        (SpanFilter(ok=True), {1, 2, 3}),
        (SpanFilter(error_code="broken_json"), {5}),
        (SpanFilter(operation="invoke_agent"), {1}),
        (SpanFilter(model_operations_only=True), {2, 3, 4, 5}),
        (SpanFilter(since_ns=NOON_NS + 5), {5}),
        (SpanFilter(until_ns=NOON_NS + 2), {1}),
        (SpanFilter(since_ns=NOON_NS + 2, until_ns=NOON_NS + 4, ok=True), {2, 3}),
        (SpanFilter(ok=False, target="large"), {4}),
        (SpanFilter(model="'; DROP TABLE spans; --"), set()),
        (EVERYTHING, {1, 2, 3, 4, 5}),
    ],
)
def test_a_filter_finds_what_it_asks_for(store: TelemetryStore, which: SpanFilter, found: set[int]) -> None:
    spans = [
        numbered(1, workload="explainer", operation="invoke_agent", start_ns=NOON_NS + 1),
        numbered(2, run_id="RUN_1767225600", item_id="7", start_ns=NOON_NS + 2),
        numbered(3, agent="property", model="other", start_ns=NOON_NS + 3),
        numbered(4, target="large", ok=False, error_code="target_timeout", start_ns=NOON_NS + 4),
        numbered(5, ok=False, error_code="broken_json", start_ns=NOON_NS + 5),
    ]
    take(store, spans, received_at=NOON)
    assert {int(span.span_id, 16) for span in store.newest(which, 10)} == found
    assert store.count(which) == len(found)


def test_a_summary_never_takes_an_unknown_cost_or_token_count_for_nothing(store: TelemetryStore) -> None:
    take(
        store,
        [
            numbered(1, cost_usd=Decimal("0.1"), input_tokens=10, output_tokens=1),
            numbered(2, cost_usd=Decimal("0.2"), input_tokens=None, output_tokens=2, ok=False),
            numbered(3, cost_usd=None, input_tokens=30, output_tokens=0),
        ],
        received_at=NOON,
    )
    (row,) = store.summary(EVERYTHING, by=["model"])
    assert dict(row.group) == {"model": "small-7b"}
    assert (row.calls, row.failed, row.model_calls) == (3, 1, 3)
    assert row.cost_usd == KnownSum(known=Decimal("0.3"), counted=2, unknown=1)
    assert row.cost_usd.total is None
    assert row.input_tokens == KnownSum(known=40, counted=2, unknown=1)
    assert row.output_tokens.total == 3


def test_only_model_operations_count_tokens_and_cost(store: TelemetryStore) -> None:
    take(
        store, [numbered(1, operation="invoke_agent"), numbered(2, operation="embeddings")], received_at=NOON
    )
    (row,) = store.summary(EVERYTHING)
    assert (row.calls, row.model_calls) == (2, 1)
    assert row.cost_usd == KnownSum(known=Decimal("0.00025"), counted=1, unknown=0)
    (agents,) = store.summary(SpanFilter(operation="invoke_agent"))
    assert agents.cost_usd.total is None
    assert agents.input_tokens.total is None


def test_a_cost_of_zero_is_known(store: TelemetryStore) -> None:
    take(store, [a_span(cost_usd=Decimal(0))], received_at=NOON)
    (row,) = store.summary(EVERYTHING)
    assert row.cost_usd.total == 0


def test_a_summary_is_grouped_by_what_is_asked_most_calls_first(store: TelemetryStore) -> None:
    take(
        store,
        [
            numbered(1, target="small", ok=False, error_code="target_timeout"),
            numbered(2, target="small", ok=False, error_code="target_timeout", duration_ns=750 * MS_NS),
            numbered(3, target="large", model=None),
            numbered(4, target="small"),
        ],
        received_at=NOON,
    )
    rows = store.summary(EVERYTHING, by=["target", "error_code"])
    assert [(*row.group.values(), row.calls) for row in rows] == [
        ("small", "target_timeout", 2),
        ("large", None, 1),
        ("small", None, 1),
    ]
    assert (rows[0].average_duration_ms, rows[0].max_duration_ms) == (500.0, 750.0)
    assert [dict(row.group) for row in store.summary(EVERYTHING, by=["model"])] == [
        {"model": "small-7b"},
        {"model": None},
    ]


def test_a_summary_of_no_calls_is_empty(store: TelemetryStore) -> None:
    assert store.summary(EVERYTHING) == ()
    assert store.summary(EVERYTHING, by=["target"]) == ()


def test_a_summary_by_something_that_is_no_dimension_is_refused(store: TelemetryStore) -> None:
    with pytest.raises(InvalidInputError, match="cannot be grouped by prompt_sha256"):
        store.summary(EVERYTHING, by=["prompt_sha256"])  # type: ignore[list-item]  # what is refused


def test_a_minute_without_requests_has_none_and_no_average(store: TelemetryStore) -> None:
    take(
        store,
        [
            numbered(1, start_ns=NOON_NS + 59 * SECOND_NS, duration_ns=100 * MS_NS),
            numbered(2, start_ns=NOON_NS + 59 * SECOND_NS, duration_ns=300 * MS_NS, ok=False),
            numbered(3, start_ns=NOON_NS + 120 * SECOND_NS),
            numbered(4, start_ns=NOON_NS + 150 * SECOND_NS),
            numbered(5, start_ns=NOON_NS - 1),
        ],
        received_at=NOON,
    )
    minutes = store.per_minute(EVERYTHING, start=NOON, end=NOON + timedelta(seconds=150))
    assert [(m.minute, m.requests, m.errors, m.average_duration_ms, m.max_duration_ms) for m in minutes] == [
        (NOON, 2, 1, 200.0, 300.0),
        (NOON + timedelta(minutes=1), 0, 0, None, None),
        (NOON + timedelta(minutes=2), 1, 0, 250.0, 250.0),
    ]


def test_a_window_that_begins_inside_a_minute_counts_only_what_is_inside(store: TelemetryStore) -> None:
    take(store, [numbered(1, start_ns=NOON_NS), numbered(2, start_ns=NOON_NS + SECOND_NS)], received_at=NOON)
    start = NOON + timedelta(milliseconds=500)
    (minute,) = store.per_minute(SpanFilter(target="small"), start=start, end=NOON + timedelta(minutes=1))
    assert (minute.minute, minute.requests) == (NOON, 1)
    assert store.per_minute(EVERYTHING, start=start, end=start) == ()


def test_an_empty_store_answers_empty(store: TelemetryStore) -> None:
    assert store.newest(EVERYTHING, 5) == ()
    assert store.trace("a" * 32) == ()
    assert store.count() == 0
    assert store.conflicts(5) == ()
    assert store.unreadable(5) == ()
    assert take(store, [], received_at=NOON) == NONE_TAKEN


@pytest.mark.parametrize(
    ("which", "count"),
    [
        (SpanFilter(model="\ud800"), 0),
        (SpanFilter(since_ns=2**200), 0),
        (SpanFilter(until_ns=-(2**200)), 0),
        (SpanFilter(since_ns=-(2**200), until_ns=2**200), 1),
    ],
)
def test_a_filter_no_span_can_meet_finds_nothing(
    store: TelemetryStore, which: SpanFilter, count: int
) -> None:
    take(store, [a_span()], received_at=NOON)
    assert store.count(which) == count
    assert store.trace("\ud800") == ()


def test_a_closed_store_says_so(store: TelemetryStore) -> None:
    store.close()
    store.close()
    with pytest.raises(UnavailableError, match="closed"):
        store.count()
    with pytest.raises(UnavailableError, match="closed"):
        take(store, [a_span()], received_at=NOON)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
few_words = st.sampled_from(["small", "large", "å", ""])
costs = st.decimals(min_value=0, max_value=Decimal("999999.999999999999"), places=12)
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
# Few different keys, so that spans meet in conflict and in repetition.
any_span = st.builds(
    Span,
    trace_id=st.sampled_from(["a" * 32, "b" * 32, "not hex at all"]),
    span_id=st.sampled_from([f"{n:016x}" for n in range(1, 5)]),
    name=words,
    operation=st.sampled_from(["chat", "embeddings", "invoke_agent"]),
    workload=few_words,
    start_ns=st.integers(NOON_NS, NOON_NS + 300 * SECOND_NS),
    duration_ns=st.integers(0, 10 * SECOND_NS),
    ok=st.booleans(),
    error_code=st.none() | few_words,
    model=st.none() | few_words,
    target=st.none() | few_words,
    ttft_ms=st.none() | st.floats(0, 1e6),
    input_tokens=st.none() | st.integers(0, 10**6),
    output_tokens=st.none() | st.integers(0, 10**6),
    cost_usd=st.none() | costs,
    json_ok=st.none() | st.booleans(),
    attributes=st.just({}) | st.dictionaries(words, plain_json, max_size=3),
)

stored_in_batches = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(spans=st.lists(any_span, max_size=25), data=st.data())
@stored_in_batches
def test_order_batching_and_repeats_do_not_change_what_is_known(
    make_store: MakeStore, spans: list[Span], data: st.DataObject
) -> None:
    shuffled = data.draw(
        st.permutations(spans + data.draw(st.lists(st.sampled_from(spans)) if spans else st.just([])))
    )
    with fresh(make_store) as once, fresh(make_store) as piecemeal:
        take(once, spans, received_at=NOON)
        results = []
        rest = shuffled
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            results.append(take(piecemeal, rest[:size], received_at=NOON))
            rest = rest[size:]

        assert contents(piecemeal) == contents(once)
        assert piecemeal.count() == once.count() == len({(s.trace_id, s.span_id) for s in spans})
        assert piecemeal.conflict_count() == once.conflict_count()
        given_in_all = sum(result.stored + result.duplicates + result.conflicts for result in results)
        assert given_in_all == len(shuffled)
        assert sum(result.stored for result in results) == piecemeal.count()


def contents(store: TelemetryStore) -> list[str]:
    """Everything the store knows, stored and kept aside, however they came to be either."""
    spans = [*store.newest(EVERYTHING, 1000), *(conflict.span for conflict in store.conflicts(1000))]
    return sorted(repr(replace(span, cost_usd=normal(span.cost_usd))) for span in spans)


def normal(cost_usd: Decimal | None) -> Decimal | None:
    return None if cost_usd is None else cost_usd.quantize(Decimal(1).scaleb(-12))


@given(spans=st.lists(any_span, max_size=25), which=st.builds(SpanFilter, target=st.none() | few_words))
@stored_in_batches
def test_a_duckdb_file_answers_as_the_store_in_memory_does(spans: list[Span], which: SpanFilter) -> None:
    with fresh(in_memory) as fake, fresh(in_duckdb) as real:
        for store in (fake, real):
            take(store, spans, received_at=NOON, positions={"f": len(spans)})
        assert real.newest(which, 10) == fake.newest(which, 10)
        assert real.count(which) == fake.count(which)
        assert real.trace("a" * 32) == fake.trace("a" * 32)
        assert real.summary(which, by=["model", "error_code"]) == fake.summary(
            which, by=["model", "error_code"]
        )
        assert real.summary(which) == fake.summary(which)
        window = {"start": NOON + timedelta(seconds=30), "end": NOON + timedelta(minutes=4)}
        assert real.per_minute(which, **window) == fake.per_minute(which, **window)
        assert real.conflicts(100) == fake.conflicts(100)

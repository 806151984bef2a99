"""Figures of calls in every telemetry store: law 2, steps of time, latencies; sums equal to the rows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span
from watchkeeper.statistics.quantile_sketch import RELATIVE_ERROR
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import Dimension, KnownSum
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000
SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS
MS_NS = 1_000_000

MakeTelemetry = Callable[[Path], TelemetryStore]


def a_call(n: int, **changes: object) -> Span:
    plain = Span(
        trace_id=f"{n // 4 + 1:032x}",
        span_id=f"{n + 1:016x}",
        name="chat small",
        operation="chat",
        workload="annual-reports",
        start_ns=NOON_NS + n * SECOND_NS,
        duration_ns=100 * MS_NS,
        ok=True,
        model="small-7b",
        input_tokens=10,
        output_tokens=2,
        cost_usd=Decimal("0.001"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any column may change


def take(store: TelemetryStore, *spans: Span) -> None:
    assert store.append(TelemetryBatch(spans=spans), received_at=NOON).refused == ()


def client_and_gateway(n: int) -> tuple[Span, Span]:
    """A call as its client tells it, and as the gateway that made it does."""
    client = a_call(n, span_id=f"c{n:015x}", cost_usd=None)
    gateway = replace(client, span_id=f"d{n:015x}", parent_span_id=client.span_id, receipt_id=f"r-{n}")
    return client, gateway


def one(figures: tuple[CallFigures, ...]) -> CallFigures:
    (row,) = figures
    return row


@pytest.mark.parametrize("order", ["client first", "gateway first", "together", "gateway told twice"])
def test_a_call_told_by_client_and_gateway_counts_once(telemetry: TelemetryStore, order: str) -> None:
    client, gateway = client_and_gateway(1)
    for batch in {
        "client first": [(client,), (gateway,)],
        "gateway first": [(gateway,), (client,)],
        "together": [(client, gateway)],
        "gateway told twice": [(client,), (gateway,), (gateway, client)],
    }[order]:
        take(telemetry, *batch)
    row = one(telemetry.figures(CallQuestion()))
    assert (row.calls, row.model_calls) == (2, 1)
    assert row.input_tokens == KnownSum(known=10, counted=1, unknown=0)
    counted = SpanFilter(counted_only=True)
    assert telemetry.newest(counted, 5) == (gateway,)
    assert one(telemetry.figures(CallQuestion(which=counted))).calls == 1


def test_an_agent_over_a_gateway_call_is_no_client_and_loses_nothing(telemetry: TelemetryStore) -> None:
    _, gateway = client_and_gateway(1)
    agent = a_call(9, trace_id=gateway.trace_id, span_id=gateway.parent_span_id, operation="invoke_agent")
    take(telemetry, agent, gateway, a_call(20))
    row = one(telemetry.figures(CallQuestion()))
    assert (row.calls, row.model_calls) == (3, 2)


def test_a_quantile_is_within_one_percent(telemetry: TelemetryStore) -> None:
    take(telemetry, *(a_call(n, duration_ns=(n + 1) * 7 * MS_NS) for n in range(101)))
    row = one(telemetry.figures(CallQuestion()))
    for share, exact_ms in ((0.0, 7.0), (0.5, 357.0), (0.95, 672.0), (1.0, 707.0)):
        assert row.quantile_ms(share) == pytest.approx(exact_ms, rel=RELATIVE_ERROR)
    assert row.max_duration_ms == 707.0
    assert one(telemetry.figures(CallQuestion(latencies=False))).quantile_ms(0.5) is None


def test_a_call_that_took_no_time_is_counted_at_none(telemetry: TelemetryStore) -> None:
    take(telemetry, a_call(1, duration_ns=0), a_call(2, duration_ns=0), a_call(3))
    assert one(telemetry.figures(CallQuestion())).quantile_ms(0.5) == 0.0


def test_days_are_those_of_the_timezone_and_change_length_with_its_clocks(telemetry: TelemetryStore) -> None:
    midnight = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight of the 29th, when clocks go forward
    starts = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23)]
    spans = [a_call(n, start_ns=int(start.timestamp()) * SECOND_NS) for n, start in enumerate(starts)]
    take(telemetry, *spans)
    rows = telemetry.figures(CallQuestion(step="day", timezone="Europe/Stockholm"))
    assert [(row.begins and row.begins.isoformat(), row.calls) for row in rows] == [
        ("2026-03-28T00:00:00+01:00", 1),
        ("2026-03-29T00:00:00+01:00", 1),
        ("2026-03-30T00:00:00+02:00", 1),
    ]


def test_hours_begin_with_the_clock_of_a_zone_half_an_hour_off(telemetry: TelemetryStore) -> None:
    take(
        telemetry, a_call(1, start_ns=NOON_NS + 29 * MINUTE_NS), a_call(2, start_ns=NOON_NS + 30 * MINUTE_NS)
    )
    rows = telemetry.figures(CallQuestion(step="hour", timezone="Asia/Kolkata"))
    assert [row.begins and row.begins.isoformat() for row in rows] == [
        "2026-03-02T17:00:00+05:30",
        "2026-03-02T18:00:00+05:30",
    ]


def test_a_question_that_cannot_be_asked_says_why(telemetry: TelemetryStore) -> None:
    with pytest.raises(InvalidInputError, match="timezone"):
        telemetry.figures(CallQuestion(step="day", timezone="Mars/Olympus"))
    with pytest.raises(InvalidInputError, match="grouped by"):
        telemetry.figures(CallQuestion(by=("prompt_sha256",)))  # type: ignore[arg-type]  # what is refused


def test_statuses_are_ok_or_the_error_s_code(telemetry: TelemetryStore) -> None:
    failed = a_call(2, ok=False, error_code="target_timeout")
    take(telemetry, a_call(1), failed, a_call(3, ok=False), a_call(4, ok=False, error_code=""))
    rows = telemetry.figures(CallQuestion(by=("status",)))
    assert {row.group["status"]: row.calls for row in rows} == {"ok": 1, "target_timeout": 1, "error": 2}


def test_newest_goes_on_where_a_page_ended(telemetry: TelemetryStore) -> None:
    spans = [a_call(n, start_ns=NOON_NS + n // 3) for n in range(20)]
    take(telemetry, *spans)
    pages: list[Span] = []
    after = None
    while page := telemetry.newest(EVERYTHING, 7, after):
        pages += page
        last = page[-1]
        after = SpanPlace(start_ns=last.start_ns, trace_id=last.trace_id, span_id=last.span_id)
    assert pages == list(telemetry.newest(EVERYTHING, 100))
    assert len(pages) == 20


def test_what_is_removed_is_gone_from_rows_and_figures(telemetry: TelemetryStore) -> None:
    take(telemetry, *(a_call(n, start_ns=NOON_NS + n * 7 * HOUR_NS) for n in range(-9, 9)))
    removed = telemetry.remove_before(NOON + timedelta(minutes=1))
    assert removed == 10
    assert telemetry.count() == 8
    assert one(telemetry.figures(CallQuestion())).calls == 8
    report = telemetry.verify_rollups()
    assert report.equal and report.minutes > 0
    take(telemetry, a_call(100))
    assert telemetry.count() == 9


words = st.none() | st.sampled_from(["a", "b", "å"])
any_call = st.builds(
    Span,
    trace_id=st.sampled_from(["a" * 32, "b" * 32]),
    span_id=st.sampled_from([f"{n:016x}" for n in range(1, 13)]),
    parent_span_id=st.none() | st.sampled_from([f"{n:016x}" for n in range(1, 13)]),
    receipt_id=st.none() | st.just("r"),
    name=st.just("chat"),
    operation=st.sampled_from(["chat", "embeddings", "invoke_agent"]),
    workload=st.sampled_from(["w", "v"]),
    start_ns=st.integers(NOON_NS - 3 * DAY_NS, NOON_NS + 3 * DAY_NS),
    duration_ns=st.integers(0, 10**12),
    ok=st.booleans(),
    error_code=words,
    model=words,
    provider=words,
    agent=words,
    run_id=words,
    cached=st.booleans(),
    degraded=st.booleans(),
    input_tokens=st.none() | st.integers(0, 2**63 - 1),
    output_tokens=st.none() | st.integers(0, 10**6),
    cost_usd=st.none() | st.decimals(min_value=0, max_value=Decimal(10) ** 11, places=12),
)
instants = st.none() | st.integers(NOON_NS - 4 * DAY_NS, NOON_NS + 4 * DAY_NS)
any_filter = st.builds(
    SpanFilter,
    workload=st.none() | st.just("w"),
    model=words,
    agent=words,
    run_id=st.none() | st.just("a"),
    ok=st.none() | st.booleans(),
    cached=st.none() | st.booleans(),
    since_ns=instants,
    until_ns=instants,
    min_duration_ms=st.none() | st.floats(0, 1e6),
    model_operations_only=st.booleans(),
    gateway_only=st.booleans(),
    counted_only=st.booleans(),
)
dimensions: st.SearchStrategy[tuple[Dimension, ...]] = st.sampled_from(
    [
        (),
        ("model",),
        ("workload", "status"),
        ("agent",),
        ("run_id",),
        ("provider", "operation"),
        ("error_code",),
    ]
)
any_question = st.builds(
    CallQuestion,
    which=any_filter,
    by=dimensions,
    step=st.sampled_from([None, "minute", "hour", "day"]),
    timezone=st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kolkata", "America/New_York"]),
)


@contextmanager
def small_folds(folder: Path) -> Iterator[DuckDbTelemetry]:
    """A DuckDB store whose rollups are folded every few rows."""
    store = DuckDbTelemetry(folder / "telemetry.duckdb", fold_rows=5)
    try:
        yield store
    finally:
        store.close()


@given(
    batches=st.lists(st.lists(any_call, max_size=12), max_size=5),
    questions=st.lists(any_question, min_size=1, max_size=8),
    data=st.data(),
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_figures_are_those_of_the_rows_whatever_is_asked(
    fresh_telemetry: Callable[[], AbstractContextManager[Path]],
    batches: list[list[Span]],
    questions: list[CallQuestion],
    data: st.DataObject,
) -> None:
    fake = InMemoryTelemetry()
    with fresh_telemetry() as folder, small_folds(folder) as store:
        for batch in batches:
            take(fake, *batch)
            take(store, *batch)
        if data.draw(st.booleans()):
            removed_before = NOON + timedelta(minutes=data.draw(st.integers(-3000, 3000)))
            assert store.remove_before(removed_before) == fake.remove_before(removed_before)
        for question in questions:
            assert store.figures(question) == fake.figures(question), question
        assert store.verify_rollups().equal
        store.rebuild_rollups()
        report = store.verify_rollups()
        assert (report.equal, report.calls) == (True, fake.count())
        for question in questions:
            assert store.figures(question) == fake.figures(question), question


def test_items_are_counted_once_and_calls_for_none_stand_apart(telemetry: TelemetryStore) -> None:
    take(
        telemetry,
        a_call(1, item_id="a"),
        a_call(2, item_id="a", cost_usd=None),
        a_call(3, item_id="b", start_ns=NOON_NS + DAY_NS),
        a_call(4, item_id="a", start_ns=NOON_NS + DAY_NS),
        a_call(5),
        a_call(6, item_id="a", workload="other", operation="tool"),
    )
    by_day = telemetry.items(CallQuestion(by=("workload",), step="day", latencies=False))
    assert [(row.begins, row.group["workload"], row.items, row.calls, row.cost_usd) for row in by_day] == [
        (
            NOON.replace(hour=0),
            "annual-reports",
            1,
            2,
            KnownSum(known=Decimal("0.001"), counted=1, unknown=1),
        ),
        (
            NOON.replace(hour=0),
            "annual-reports",
            None,
            1,
            KnownSum(known=Decimal("0.001"), counted=1, unknown=0),
        ),
        (NOON.replace(hour=0), "other", 1, 1, KnownSum(known=Decimal(0), counted=0, unknown=0)),
        (
            NOON.replace(hour=0) + timedelta(days=1),
            "annual-reports",
            2,
            2,
            KnownSum(known=Decimal("0.002"), counted=2, unknown=0),
        ),
    ]
    which = SpanFilter(workload="annual-reports", counted_only=True)
    in_all = telemetry.items(CallQuestion(which=which, latencies=False))
    assert [(row.items, row.calls) for row in in_all] == [(2, 4), (None, 1)]
    assert telemetry.items(CallQuestion(which=SpanFilter(workload="nobody"), latencies=False)) == ()

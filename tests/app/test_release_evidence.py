"""What the release gate reads from telemetry: known prices, verdicts of every share, nothing assumed."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from watchkeeper.app.release_evidence import TelemetryEvidence
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.span import Span
from watchkeeper.releases.gate import Record
from watchkeeper.telemetry.call_moments import LEAST_COST
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALL = Span(
    trace_id="a" * 32,
    span_id="b" * 16,
    name="chat m",
    operation="chat",
    workload="explainer",
    release="R1",
    start_ns=1,
    duration_ns=10**8,
    ok=True,
)


def calls(*costs: str | None, at: datetime = BEGAN, first: int = 1) -> list[Span]:
    return [
        replace(
            CALL,
            trace_id=f"{number:032x}",
            span_id=f"{number:016x}",
            start_ns=ns_of(at) + number,
            cost_usd=None if cost is None else Decimal(cost),
        )
        for number, cost in enumerate(costs, start=first)
    ]


def judged(spans: Sequence[Span], value: float) -> list[EvaluationResult]:
    return [
        EvaluationResult(
            evaluation_id=f"e{one.span_id}",
            workload="explainer",
            ts_ns=one.start_ns,
            name="quality",
            value=value,
            trace_id=one.trace_id,
            span_id=one.span_id,
        )
        for one in spans
    ]


def record_of(
    spans: Sequence[Span], verdicts: Sequence[EvaluationResult] = (), *, until: datetime | None = None
) -> Record:
    store = InMemoryTelemetry()
    store.append(TelemetryBatch(spans=tuple(spans), evaluations=tuple(verdicts)), received_at=BEGAN)
    evidence = TelemetryEvidence(store, evaluation="quality")
    return evidence.record("explainer", "R1", since=BEGAN, until=until)


def test_where_no_call_happened_every_measure_is_no_data() -> None:
    assert record_of([]) == Record(calls=0)


def test_calls_of_unknown_price_are_not_taken_for_free_ones() -> None:
    assert record_of(calls(None, None, None)).cost is None
    assert record_of(calls("0", "0", None, None, None)).cost is None


def test_free_calls_count_as_the_least_a_call_can_cost() -> None:
    free = record_of(calls("0", "0", "0")).cost
    assert free is not None
    assert (free.count, free.variance) == (3, 0.0)
    assert free.mean == pytest.approx(math.log(LEAST_COST))
    mixed = record_of(calls("0", "0.002")).cost
    assert mixed is not None
    assert mixed.mean == pytest.approx((math.log(LEAST_COST) + math.log(0.002)) / 2)


def test_verdicts_on_an_earlier_share_count_however_many_came_since() -> None:
    early = calls("1", "1", "1", "1")
    later = BEGAN + timedelta(hours=1)
    late = calls(*["1"] * 23, at=later, first=10)
    found = record_of([*early, *late], [*judged(early, 0.25), *judged(late, 1.0)], until=later)
    assert (found.calls, found.quality and (found.quality.count, found.quality.mean)) == (4, (4, 0.25))


def test_every_call_of_the_live_release_counts_and_not_the_newest_alone() -> None:
    found = record_of(calls(*["1"] * 12_000))
    assert (found.calls, found.errors and found.errors.count) == (12_000, 12_000)


def test_where_subjects_are_counted_the_calls_of_one_are_one() -> None:
    spans = [replace(one, item_id=f"report {at // 4}.pdf") for at, one in enumerate(calls(*["1"] * 12))]
    store = InMemoryTelemetry()
    store.append(TelemetryBatch(spans=tuple(spans)), received_at=BEGAN)
    evidence = TelemetryEvidence(store, evaluation="quality", by_subject=True)
    found = evidence.record("explainer", "R1", since=BEGAN, until=None)
    assert (found.calls, found.errors and found.errors.count) == (3, 3)

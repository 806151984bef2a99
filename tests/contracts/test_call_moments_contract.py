"""Count, mean and scatter of calls: one contract over every telemetry store, held against plain sums."""

import math
import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.test_telemetry_store_contract import (
    NOON,
    NOON_NS,
    fresh,
    in_duckdb,
    in_memory,
    make_store,
    numbered,
    store,
)
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_moments import LEAST_COST, CallMoments, MomentsQuestion, unit_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

__all__ = ["make_store", "store"]
Fresh = Callable[[Any], AbstractContextManager[TelemetryStore]]
IN_ARM = {"watchkeeper.experiment": "tone", "watchkeeper.arm": "warm"}


def judged(span: Span, value: float | None, *, at: int = 1, name: str = "quality") -> EvaluationResult:
    return EvaluationResult(
        evaluation_id=f"{name}-{span.span_id}-{at}",
        workload=span.workload,
        ts_ns=span.start_ns + at,
        name=name,
        value=value,
        error=None if value is not None else "could not judge",
        trace_id=span.trace_id,
        span_id=span.span_id,
    )


def moments(
    store: TelemetryStore,
    spans: list[Span],
    verdicts: list[EvaluationResult] | None = None,
    *,
    by_subject: bool = False,
    **which: Any,
) -> CallMoments:
    store.append(TelemetryBatch(spans=tuple(spans), evaluations=tuple(verdicts or [])), received_at=NOON)
    asked = SpanFilter(since_ns=NOON_NS - 1, **which)
    return store.moments(MomentsQuestion(which=asked, evaluation="quality", by_subject=by_subject))


def test_of_no_calls_nothing_is_known(store: TelemetryStore) -> None:
    assert moments(store, []) == CallMoments()


def test_calls_are_counted_each_for_itself_and_failed_ones_have_no_latency_and_no_cost(
    store: TelemetryStore,
) -> None:
    spans = [
        numbered(1, duration_ns=10**8, cost_usd=Decimal("0.01")),
        numbered(2, duration_ns=2 * 10**8, cost_usd=Decimal(0)),
        numbered(3, ok=False, duration_ns=5),
        numbered(4, duration_ns=0, cost_usd=None),
    ]
    found = moments(store, spans)
    assert (found.calls, found.units, found.answered, found.unpriced) == (4, 4, 3, 1)
    assert (found.errors.count, found.errors.mean) == (4, 0.25)
    assert found.latency.count == 2
    assert found.latency.mean == pytest.approx((math.log(10**8) + math.log(2 * 10**8)) / 2)
    assert (found.cost.count, found.cost.mean) == (
        2,
        pytest.approx((math.log(0.01) + math.log(LEAST_COST)) / 2),
    )
    assert found.quality.count == 0


def test_of_several_verdicts_the_newest_with_a_value_from_0_to_1_counts(store: TelemetryStore) -> None:
    one, other = numbered(1), numbered(2)
    verdicts = [
        judged(one, 0.2, at=1),
        judged(one, 0.6, at=2),
        judged(one, None, at=3),
        judged(one, 7.0, at=4),
        judged(one, 0.1, at=9, name="wit"),
        judged(other, 1.0),
    ]
    found = moments(store, [one, other, numbered(3)], verdicts)
    assert (found.quality.count, found.quality.mean) == (2, pytest.approx(0.8))
    assert found.quality.variance == pytest.approx(0.08)


def test_only_calls_of_the_arm_are_told_when_it_is_asked_for(store: TelemetryStore) -> None:
    spans = [
        numbered(1, attributes=IN_ARM),
        numbered(2, attributes={**IN_ARM, "watchkeeper.arm": "cold"}),
        numbered(3, attributes={**IN_ARM, "watchkeeper.experiment": "length"}),
        numbered(4),
    ]
    assert moments(store, spans, experiment="tone", arm="warm").calls == 1
    assert store.count(SpanFilter(experiment="tone")) == 2


def test_the_calls_of_one_subject_are_one_unit(store: TelemetryStore) -> None:
    ada = {**IN_ARM, "watchkeeper.subject_sha256": "ada"}
    spans = [
        numbered(1, attributes=ada, ok=False),
        numbered(2, attributes=ada),
        numbered(3, attributes=ada),
        numbered(4, attributes=ada),
        numbered(5, attributes=IN_ARM, item_id="bo"),
        numbered(6, attributes=IN_ARM, item_id="bo"),
        replace(numbered(7, attributes=IN_ARM), trace_id="f" * 32),
    ]
    found = moments(store, spans, by_subject=True, experiment="tone")
    assert (found.calls, found.units) == (7, 3)
    assert (found.errors.count, found.errors.mean) == (3, pytest.approx(0.25 / 3))


spans_drawn = st.lists(
    st.builds(
        lambda ok, took, cost, item, score: (
            {"ok": ok, "duration_ns": took, "cost_usd": cost, "item_id": item},
            score,
        ),
        st.booleans(),
        st.integers(0, 10**10),
        st.none() | st.integers(0, 10**6).map(lambda n: Decimal(n) / 10**6),
        st.none() | st.sampled_from("abc"),
        st.none() | st.floats(0, 1),
    ),
    max_size=12,
)


@pytest.mark.parametrize("make", [in_memory, in_duckdb])
@given(drawn=spans_drawn)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_store_adds_up_as_plain_sums_do(
    make: Callable[[Path], TelemetryStore], drawn: list[tuple[dict[str, Any], float | None]]
) -> None:
    spans = [numbered(n, **told) for n, (told, _) in enumerate(drawn, start=1)]
    verdicts = [
        judged(span, score) for span, (_, score) in zip(spans, drawn, strict=True) if score is not None
    ]
    with fresh(make) as telemetry:
        found = moments(telemetry, spans, verdicts, by_subject=True)
    units = {unit_of(span) for span in spans}
    assert (found.calls, found.units) == (len(spans), len(units))
    failed = [
        statistics.fmean([0.0 if span.ok else 1.0 for span in spans if unit_of(span) == unit])
        for unit in sorted(units)
    ]
    assert found.errors.count == len(failed)
    assert found.errors.mean == pytest.approx(statistics.fmean(failed) if failed else 0.0)
    assert found.errors.variance == pytest.approx(
        statistics.variance(failed) if len(failed) > 1 else 0.0, abs=1e-12
    )
    scores: dict[str, list[float]] = {}
    for span, (_, score) in zip(spans, drawn, strict=True):
        if score is not None:
            scores.setdefault(unit_of(span), []).append(score)
    means = [statistics.fmean(some) for some in scores.values()]
    assert found.quality.count == len(means)
    assert found.quality.mean == pytest.approx(statistics.fmean(means) if means else 0.0)

"""The window of a series: an hour of points at any rate, in little room, with statistics that are right."""

import gc
import math
import statistics
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sdk.metrics.window import EXACT_UP_TO, Window

finite = st.floats(-1e12, 1e12, allow_nan=False)


def test_sixty_minutes_at_a_hundred_a_second_are_still_there() -> None:
    window = Window(retention_ms=3_600_000)
    for n in range(2 * 360_000):
        window.add(n * 10, float(n))
    window.forget(2 * 360_000 * 10)

    assert len(window) == 360_000
    assert window.values()[0] == 360_000.0
    assert window.summary().mean == pytest.approx(statistics.fmean(range(360_000, 720_000)))


@given(st.lists(st.tuples(st.integers(0, 400), finite), min_size=1, max_size=80), st.integers(1, 40))
def test_a_window_holds_exactly_what_is_young_enough(steps: list[tuple[int, float]], times: int) -> None:
    """Each step waits, then records one value as often as `times` says, so that chunks close and expire."""
    window = Window(retention_ms=20_000)
    kept: list[tuple[int, float]] = []
    now = 0
    for wait, value in steps:
        now += wait * 10
        for repeat in range(times):
            window.add(now, value + repeat)
            kept.append((now, value + repeat))
    window.forget(now)
    young = [value for at, value in kept if at >= now - 20_000]

    assert window.values() == young
    summary = window.summary()
    assert (summary.count, summary.low, summary.high) == (len(young), min(young), max(young))
    assert summary.mean == pytest.approx(statistics.fmean(young), rel=1e-9, abs=1e-3)


@given(st.lists(finite, min_size=2, max_size=300), st.integers(1, 30))
def test_percentiles_are_exact_for_few_points_and_within_a_hundredth_for_many(
    drawn: list[float], times: int
) -> None:
    window = Window(retention_ms=1_000_000_000)
    values = drawn * times
    for n, value in enumerate(values):
        window.add(n, value)
    shares = (0.0, 0.25, 0.5, 0.95, 1.0)
    told, exact = window.quantiles(shares)

    rising = sorted(values)
    assert exact == (len(values) <= EXACT_UP_TO)
    for share, figure in zip(shares, told, strict=True):
        rank = share * (len(rising) - 1)
        low, high = rising[math.floor(rank)], rising[math.ceil(rank)]
        slack = 1e-9 if exact else 0.0101
        assert figure is not None
        assert low - abs(low) * slack - 1e-9 <= figure <= high + abs(high) * slack + 1e-9


def test_the_sketch_follows_points_that_come_and_go() -> None:
    window = Window(retention_ms=10_000)
    for n in range(30_000):
        window.add(n, float(n % 1_000) + 1)
        if n % 777 == 0:
            window.forget(n)
            window.quantiles((0.5,))
    window.forget(29_999)
    (median,), exact = window.quantiles((0.5,))
    assert not exact
    assert median == pytest.approx(statistics.median(window.values()), rel=0.0101)
    window.forget(29_999 + 9_500)
    (median,), exact = window.quantiles((0.5,))
    assert exact
    assert median == statistics.median(window.values())


def test_values_that_a_short_float_cannot_hold_are_kept_whole() -> None:
    window = Window(retention_ms=1_000_000)
    values = [0.1, 1e300, -1e-300, 123_456_789.123, 2.0**60 + 2**8, sys.float_info.max] * 200
    for n, value in enumerate(values):
        window.add(n, value)
    assert window.values() == values
    assert window.newest(3) == values[-3:]
    assert window.newest(1_000) == values[-1_000:]
    assert window.values_since(1_100) == values[1_100:]
    assert window.values_since(100) == values[100:]


def test_a_point_after_a_month_of_silence_is_taken() -> None:
    window = Window(retention_ms=90 * 86_400_000)
    window.add(0, 1.0)
    window.add(30 * 86_400_000, 2.0)
    assert list(window.points()) == [(0, 1.0), (30 * 86_400_000, 2.0)]


@pytest.mark.parametrize("series", [1, 100])
def test_a_hundred_thousand_points_take_less_than_1_2_megabytes(series: int) -> None:
    values = [n**0.5 for n in range(100_000)]  # none of them is exact in four bytes
    gc.collect()
    tracemalloc.start()
    try:
        windows = [Window(retention_ms=3_600_000) for _ in range(series)]
        for n, value in enumerate(values):
            windows[n % series].add(n * 36, value)
        for window in windows:
            window.quantiles((0.5, 0.95, 0.99))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sum(map(len, windows)) == 100_000
    assert used < 1_200_000

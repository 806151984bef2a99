"""Metrics as an application sees them: each kind behaves as its kind, and derived series really exist."""

import math
import statistics
import tracemalloc
from array import array
from pathlib import Path
from threading import Thread
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import watchkeeper
from watchkeeper.sdk.metrics.series import buckets_of
from watchkeeper.telemetry.otlp.histogram_points import totals_of_explicit
from watchkeeper.testing.clock import MovedClock


@pytest.mark.requirement("HE-19", "HE-50")
def test_a_point_is_in_its_series_at_once_and_found_by_its_tag(begin: Any) -> None:
    handle = begin()
    watchkeeper.record_metric("latency", 5.0, "histogram", {"region": "north", "tier": "1"}, unit="ms")
    watchkeeper.record_metric("latency", 7.0, "histogram", {"region": "south"}, unit="ms")

    assert handle.statistics("latency", {"region": "north"}).mean == 5.0
    assert handle.statistics("latency", {"tier": "1"}).count == 1
    assert handle.statistics("latency").mean == 6.0
    assert handle.statistics("latency", {"region": "west"}) is None


@pytest.mark.requirement("HE-20")
def test_points_older_than_the_window_are_gone(begin: Any, clock: MovedClock) -> None:
    handle = begin(retention_s=600.0)
    watchkeeper.record_metric("depth", 1.0)
    clock.advance(599)
    watchkeeper.record_metric("depth", 3.0)
    assert handle.statistics("depth").count == 2
    clock.advance(2)
    assert handle.statistics("depth").mean == 3.0
    clock.advance(600)
    told = handle.statistics("depth")
    assert (told.count, told.mean, told.median, told.percentiles["p95"]) == (0, None, None, None)


@pytest.mark.requirement("HE-21")
def test_statistics_are_those_of_the_values(begin: Any) -> None:
    handle = begin()
    values = [4.0, 8.0, 15.0, 16.0, 23.0, 42.0]
    for value in values:
        watchkeeper.record_metric("m", value, "histogram")
    told = handle.statistics("m")

    assert (told.count, told.min, told.max, told.exact) == (6, 4.0, 42.0, True)
    assert told.mean == pytest.approx(statistics.mean(values))
    assert told.median == pytest.approx(statistics.median(values))
    assert told.std == pytest.approx(statistics.stdev(values))
    assert told.percentiles["p95"] == pytest.approx(37.25)


@pytest.mark.requirement("HE-22", "HE-50")
def test_each_kind_behaves_as_its_kind(begin: Any, clock: MovedClock) -> None:
    handle = begin()
    for _ in range(30):
        watchkeeper.record_metric("answers", 2, "counter")
        watchkeeper.record_metric("queue", _ % 7, "gauge")
        watchkeeper.record_metric("took", 5.0, "histogram")
        watchkeeper.record_metric("tokens", 120, "rate")
        clock.advance(1)
    counter, gauge, histogram, rate = (handle.series(n)[0] for n in ("answers", "queue", "took", "tokens"))

    assert counter.reading() == 60
    assert gauge.reading() == 29 % 7
    assert histogram.reading() is None
    assert rate.reading() == pytest.approx(120.0)
    clock.advance(30)
    assert rate.reading() == pytest.approx(60.0)
    watchkeeper.record_metric("answers", -1, "counter")
    watchkeeper.record_metric("answers", 5, "gauge")
    assert counter.reading() == 60
    assert set(handle.problems()) == {"metric_value_refused", "metric_kind_changed"}


@pytest.mark.requirement("HE-26")
def test_percentiles_and_rates_are_series_that_thresholds_can_name(begin: Any, clock: MovedClock) -> None:
    handle = begin()
    for n in range(20):
        error = "Timeout" if n == 0 else None
        watchkeeper.record_query(f"q{n}", 100.0 + n, results=n % 4, error=error, components=("retriever",))
        clock.advance(1)
    handle.tick()

    names = set(handle.metric_names())
    assert {
        "query_latency_p50",
        "query_latency_p95",
        "query_latency_p99",
        "error_rate",
        "throughput",
    } <= names
    assert handle.series("query_latency_p95")[0].reading() == pytest.approx(118.05)
    assert handle.series("error_rate")[0].reading() == pytest.approx(1 / 20)
    assert handle.series("empty_result_rate")[0].reading() == pytest.approx(5 / 20)
    assert handle.series("throughput")[0].reading() == pytest.approx(1.0)


def test_slow_queries_raise_the_p95_series_and_a_recovered_window_lowers_it(
    begin: Any, clock: MovedClock
) -> None:
    handle = begin(derived_over_s=60.0)
    for n in range(100):
        watchkeeper.record_query(f"slow-{n}", 3_500.0, error="Timeout")
    handle.tick()
    assert handle.series("query_latency_p95")[0].reading() == 3_500.0
    assert handle.series("error_rate")[0].reading() == 1.0
    clock.advance(61)
    for n in range(100):
        watchkeeper.record_query(f"fast-{n}", 90.0)
    handle.tick()
    assert handle.series("query_latency_p95")[0].reading() == 90.0
    assert handle.series("error_rate")[0].reading() == 0.0


def test_a_rate_without_queries_has_no_point(begin: Any) -> None:
    handle = begin()
    handle.tick()
    assert handle.metric_names() == []


@pytest.mark.requirement("HE-74")
def test_a_kept_statistic_is_never_wrong_unless_an_older_one_was_asked_for(
    begin: Any, clock: MovedClock
) -> None:
    handle = begin()
    watchkeeper.record_metric("m", 1.0)
    (series,) = handle.series("m")
    first = series.statistics()
    assert series.statistics() is first
    watchkeeper.record_metric("m", 3.0)
    assert series.statistics(max_age_s=60) is first
    assert series.statistics().mean == 2.0
    watchkeeper.record_metric("m", 5.0)
    clock.advance(61)
    assert series.statistics(max_age_s=3_600).mean == 3.0, "a minute is the longest"


@pytest.mark.requirement("HE-17", "HE-15")
def test_operations_are_ranked_by_their_slowness_with_what_they_used(begin: Any, clock: MovedClock) -> None:
    handle = begin()
    with watchkeeper.component("answer"):
        for n in range(1, 101):
            with watchkeeper.component("retriever"):
                clock.advance(n / 1_000)
        with pytest.raises(OSError), watchkeeper.component("reader"):
            clock.advance(0.3)
            raise OSError
    answer, reader, retriever = handle.operations()

    assert [f.name for f in (answer, reader, retriever)] == ["answer", "reader", "retriever"]
    assert (retriever.count, retriever.failed, reader.failed) == (100, 0, 1)
    assert retriever.p50_ms == pytest.approx(50.5)
    assert retriever.p95_ms == pytest.approx(95.05)
    assert retriever.p99_ms == pytest.approx(99.01)
    assert retriever.slowest[0].duration_ms == pytest.approx(100.0)
    assert retriever.rss_bytes_high is not None and retriever.rss_bytes_high > 1_000_000
    assert retriever.cpu_ms_mean is not None and retriever.cpu_ms_mean > 0
    assert answer.self_ms == pytest.approx(0.0, abs=1e-6), "it only waited for the others"
    assert retriever.self_share == pytest.approx(5.05 / 5.35)


def test_a_restart_keeps_the_window_and_the_counters_and_sends_nothing_twice(
    begin: Any, clock: MovedClock, door: Any, tmp_path: Path
) -> None:
    snapshot = tmp_path / "window.snapshot"
    first = begin(endpoint=door.url, snapshot=snapshot)
    for n in range(3_000):
        first.record_metric("latency", float(n), "histogram", {"region": "north"}, unit="ms")
        first.record_metric("answers", 1, "counter")
        clock.advance(0.5)
    assert watchkeeper.shutdown()
    clock.advance(1_200)
    second = begin(endpoint=door.url, snapshot=snapshot)

    told = second.statistics("latency", {"region": "north"})
    assert told.count == pytest.approx(3_000 - 300 * 2 + 1_200 * 0, abs=1_200)
    assert told.max == 2_999.0
    assert told.min == pytest.approx(told.max - told.count + 1)
    assert second.series("answers")[0].reading() == 3_000
    second.record_metric("answers", 2, "counter")
    assert second.flush()
    sums = [p.as_double for m in door.metrics() if m.name == "answers" for p in m.sum.data_points]
    assert sums == [3_000.0, 2.0]


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "other"])
def test_a_damaged_snapshot_is_counted_and_nothing_is_put_back(begin: Any, tmp_path: Path, harm: str) -> None:
    snapshot = tmp_path / "window.snapshot"
    begin(snapshot=snapshot).record_metric("m", 1.0)
    watchkeeper.shutdown(within_s=0.1)
    whole = snapshot.read_bytes()
    harmed = {
        "cut": whole[:-3],
        "flip": whole[:-3] + b"xyz",
        "empty": b"",
        "other": b'{"form": 9, "crc": 0}\n',
    }
    snapshot.write_bytes(harmed[harm])

    handle = begin(snapshot=snapshot)
    assert handle.statistics("m") is None
    assert handle.problems() == {"snapshot_unreadable": 1}


def test_a_tag_that_never_repeats_does_not_fill_the_memory(begin: Any) -> None:
    handle = begin(export=False, logs=False)
    for n in range(5_100):
        handle.record_metric("m", 1.0, tags={"request": str(n)})
    assert handle.problems()["too_many_series"] >= 100
    assert len(handle.series("m")) <= 5_000


@given(st.lists(st.floats(-1e300, 1e300, allow_nan=False), min_size=1, max_size=400))
def test_a_histograms_buckets_hold_each_value_once_and_are_never_too_many(values: list[float]) -> None:
    buckets = buckets_of(values)
    assert buckets.count == sum(buckets.counts) == len(values)
    assert list(buckets.bounds) == sorted(set(buckets.bounds))
    assert len(buckets.counts) == len(buckets.bounds) + 1 <= 1_024
    edges = [-math.inf, *buckets.bounds, math.inf]
    for at, count in enumerate(buckets.counts):
        slack = 1e-9 * abs(edges[at + 1]) if math.isfinite(edges[at + 1]) else 0.0
        low = edges[at] - 1e-9 * abs(edges[at]) if math.isfinite(edges[at]) else edges[at]
        assert count <= sum(low <= value <= edges[at + 1] + slack for value in values)


def test_a_histogram_over_many_powers_of_ten_is_still_taken_by_ingest(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    for n in range(-1_500, 1_500):
        handle.record_metric("spread", 1.05**n, "histogram")
    assert handle.flush()
    (metric,) = (metric for metric in door.metrics() if metric.name == "spread")
    (point,) = metric.histogram.data_points
    assert totals_of_explicit(point) is not None
    assert sum(point.bucket_counts) == 3_000


def test_series_nobody_uses_any_more_make_room(begin: Any, clock: MovedClock) -> None:
    handle = begin(export=False, logs=False, retention_s=60.0)
    for n in range(5_000):
        handle.record_metric("m", 1.0, "histogram", {"request": str(n)})
    handle.record_metric("m", 1.0, "histogram", {"request": "one too many"})
    assert handle.problems() == {"too_many_series": 1}
    clock.advance(61)
    handle.record_metric("m", 1.0, "histogram", {"request": "now there is room"})
    assert handle.statistics("m").count == 1


def test_threads_that_count_at_once_lose_nothing(begin: Any) -> None:
    handle = begin(export=False, logs=False)

    def count() -> None:
        for _ in range(5_000):
            handle.record_metric("answers", 1, "counter")
            with watchkeeper.component("step"):
                pass

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handle.series("answers")[0].reading() == 20_000
    assert handle.statistics("answers").count == 20_000
    assert handle.operations()[0].count == 20_000


@pytest.mark.requirement("HE-73", "HE-51")
def test_ten_thousand_records_take_less_than_a_second(begin: Any) -> None:
    """Processor time, so that a busy machine does not count: it takes some 20 ms."""
    begin()
    began = process_time()
    for n in range(10_000):
        watchkeeper.record_metric("latency", float(n), "histogram", {"region": "north"})
    assert process_time() - began < 1.0


@pytest.mark.requirement("HE-74", "HE-51")
def test_a_hundred_statistics_take_less_than_a_tenth_of_a_second(begin: Any) -> None:
    """Processor time: it takes some 30 ms."""
    handle = begin(export=False, logs=False)
    for n in range(1_000):
        for series in range(100):
            handle.record_metric("latency", math.sqrt(n * series), "gauge", {"series": str(series)})
    found = handle.series("latency")
    began = process_time()
    for series in found:
        series.statistics()
    assert process_time() - began < 0.1
    began = process_time()
    for series in found:
        assert series.statistics().count == 1_000
    assert process_time() - began < 0.05, "nothing has come since, so nothing is worked out"


@pytest.mark.slow
@pytest.mark.requirement("HE-20")
def test_sixty_minutes_at_a_hundred_a_second_are_still_there(begin: Any, clock: MovedClock) -> None:
    """Requirement defect 11: the application behind it kept 10,000 points, which is 100 s of this."""
    handle = begin(export=False, logs=False)
    for n in range(70 * 60 * 100):
        clock.advance(0.01)
        handle.record_metric("latency", float(n), "histogram", unit="ms")
    told = handle.statistics("latency")
    assert told.count == pytest.approx(360_000, abs=2)
    assert told.max == 419_999.0
    assert told.min == pytest.approx(60_000.0, abs=2)
    assert told.median == pytest.approx(240_000.0, rel=0.0101)


@pytest.mark.slow
@pytest.mark.requirement("HE-77")
@pytest.mark.parametrize("series", [1, 10])
def test_a_hundred_thousand_points_take_less_than_1200_kilobytes(
    begin: Any, clock: MovedClock, series: int
) -> None:
    handle = begin(export=False, logs=False)
    values = array("d", [math.sqrt(n) for n in range(100_000)])
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for n, value in enumerate(values):
            clock.advance(0.036)
            handle.record_metric("latency", value, "histogram", {"series": str(n % series)})
        for one in handle.series("latency"):
            one.statistics()
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert sum(one.statistics().count for one in handle.series("latency")) >= 99_990
    assert used < 1_200_000

"""Metrics of every shape the protocol has, as points of ours."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.telemetry.otlp.cumulative import CumulativeState
from watchkeeper.telemetry.otlp.mapped import Mapped
from watchkeeper.telemetry.otlp.metric_mapping import map_metrics
from watchkeeper.telemetry.otlp.signals import METRICS
from watchkeeper.testing.otlp import START_NS, put_attributes

DELTA, CUMULATIVE = 1, 2
S = 1_000_000_000


def request_with(**resource: str) -> tuple[Any, Any]:
    """A request, and its one metric."""
    request: Any = METRICS.request()
    group = request.resource_metrics.add()
    put_attributes(group.resource.attributes, {"service.name": "shop", **resource})
    return request, group.scope_metrics.add().metrics.add(name="m", unit="s")


def mapped(request: Any, state: CumulativeState | None = None) -> list[MetricPoint]:
    into = Mapped()
    map_metrics(request.resource_metrics, state or CumulativeState(), into)
    return into.metrics


def test_a_gauge_keeps_its_value_tags_and_unit() -> None:
    request, metric = request_with()
    point = metric.gauge.data_points.add(as_int=7, time_unix_nano=START_NS)
    put_attributes(point.attributes, {"route": "extract", "watchkeeper.workload": "advice"})

    (row,) = mapped(request)

    assert (row.workload, row.name, row.kind, row.unit, row.value) == ("advice", "m", "gauge", "s", 7.0)
    assert row.tags == {"route": "extract"}


@pytest.mark.parametrize(("said", "kind"), [("rate", "rate"), ("gauge", "gauge"), ("other", "gauge")])
def test_a_gauge_that_says_it_is_a_rate_is_kept_as_one(said: str, kind: str) -> None:
    request, metric = request_with()
    metric.gauge.data_points.add(as_double=2.5, time_unix_nano=START_NS)
    put_attributes(metric.metadata, {"watchkeeper.kind": said})

    (row,) = mapped(request)

    assert (row.kind, row.value, row.tags) == (kind, 2.5, {})


@pytest.mark.parametrize(
    ("monotonic", "temporality", "kinds", "values"),
    [
        (True, DELTA, ["counter", "counter"], [5.0, 7.0]),
        (True, CUMULATIVE, ["counter", "counter"], [5.0, 2.0]),
        (False, CUMULATIVE, ["gauge", "gauge"], [5.0, 7.0]),
    ],
)
def test_a_sum_is_what_was_added_and_a_level_that_falls_is_a_gauge(
    monotonic: bool, temporality: int, kinds: list[str], values: list[float]
) -> None:
    request, metric = request_with()
    metric.sum.is_monotonic, metric.sum.aggregation_temporality = monotonic, temporality
    for second, value in ((1, 5.0), (2, 7.0)):
        metric.sum.data_points.add(
            as_double=value, start_time_unix_nano=START_NS, time_unix_nano=START_NS + second * S
        )

    rows = mapped(request)

    assert ([row.kind for row in rows], [row.value for row in rows]) == (kinds, values)


def test_a_total_told_again_or_late_adds_nothing() -> None:
    state = CumulativeState()
    request, metric = request_with()
    metric.sum.is_monotonic, metric.sum.aggregation_temporality = True, CUMULATIVE
    for second, value in ((2, 7.0), (2, 7.0), (1, 5.0)):
        metric.sum.data_points.add(
            as_double=value, start_time_unix_nano=START_NS, time_unix_nano=START_NS + second * S
        )

    assert [row.value for row in mapped(request, state)] == [7.0]
    assert mapped(request, state) == []


def test_two_instances_of_a_service_are_counted_apart() -> None:
    state = CumulativeState()
    rows = []
    for instance, value in (("a", 10.0), ("b", 4.0), ("a", 11.0), ("b", 6.0)):
        request, metric = request_with(**{"service.instance.id": instance})
        metric.sum.is_monotonic, metric.sum.aggregation_temporality = True, CUMULATIVE
        metric.sum.data_points.add(
            as_double=value, start_time_unix_nano=START_NS, time_unix_nano=START_NS + int(value) * S
        )
        rows += mapped(request, state)

    assert [(row.tags["service.instance.id"], row.value) for row in rows] == [
        ("a", 10),
        ("b", 4),
        ("a", 1),
        ("b", 2),
    ]


def test_a_histogram_keeps_its_buckets_and_a_cumulative_one_what_was_added() -> None:
    state = CumulativeState()
    request, metric = request_with()
    metric.histogram.aggregation_temporality = CUMULATIVE
    for second, counts in ((1, [1, 2, 0]), (2, [1, 5, 4])):
        metric.histogram.data_points.add(
            count=sum(counts),
            sum=float(second),
            bucket_counts=counts,
            explicit_bounds=[0.1, 1.0],
            start_time_unix_nano=START_NS,
            time_unix_nano=START_NS + second * S,
        )

    first, second = (row.buckets for row in mapped(request, state))

    assert first is not None and second is not None
    assert (first.count, first.sum, first.bounds, first.counts) == (3, 1.0, (0.1, 1.0), (1, 2, 0))
    assert (second.count, second.sum, second.counts) == (7, 1.0, (0, 3, 4))


def test_buckets_that_do_not_fit_together_are_left_out() -> None:
    request, metric = request_with()
    metric.histogram.aggregation_temporality = DELTA
    metric.histogram.data_points.add(
        count=1, bucket_counts=[1], explicit_bounds=[1.0, 2.0], time_unix_nano=START_NS
    )

    assert mapped(request) == []


@given(
    scale=st.integers(-2, 8),
    values=st.lists(st.floats(0.001, 1000), min_size=1, max_size=40),
    zeros=st.integers(0, 3),
)
def test_every_value_of_an_exponential_histogram_is_in_the_bucket_its_bounds_say(
    scale: int, values: list[float], zeros: int
) -> None:
    width = 2.0**-scale
    indices = sorted(math.ceil(math.log2(value) / width) - 1 for value in values)
    if indices[-1] - indices[0] > 900:
        return
    counts = [indices.count(index) for index in range(indices[0], indices[-1] + 1)]
    request, metric = request_with()
    metric.exponential_histogram.aggregation_temporality = DELTA
    point = metric.exponential_histogram.data_points.add(
        count=len(values) + zeros, sum=sum(values), scale=scale, zero_count=zeros, time_unix_nano=START_NS
    )
    point.positive.offset = indices[0]
    point.positive.bucket_counts.extend(counts)

    (row,) = mapped(request)

    assert row.buckets is not None
    assert row.buckets.count == sum(row.buckets.counts) == len(values) + zeros
    for bound in row.buckets.bounds:
        below = sum(c for b, c in zip(row.buckets.bounds, row.buckets.counts, strict=False) if b <= bound)
        exact = zeros + sum(value <= bound * (1 + 1e-9) for value in values)
        assert below <= exact
        assert below >= zeros + sum(value <= bound * (1 - 1e-9) for value in values)


def test_a_summary_is_its_quantiles_and_what_was_added_to_count_and_sum() -> None:
    request, metric = request_with()
    point = metric.summary.data_points.add(
        count=4, sum=8.0, start_time_unix_nano=START_NS, time_unix_nano=START_NS + S
    )
    point.quantile_values.add(quantile=0.5, value=2.0)

    rows = mapped(request)

    assert [(row.name, row.kind, row.value) for row in rows] == [
        ("m", "gauge", 2.0),
        ("m.count", "counter", 4.0),
        ("m.sum", "counter", 8.0),
    ]
    assert rows[0].tags == {"quantile": "0.5"}


def test_a_point_that_says_nothing_was_recorded_is_no_zero() -> None:
    request, metric = request_with()
    metric.gauge.data_points.add(time_unix_nano=START_NS, flags=1)

    assert mapped(request) == []

"""What the series have to tell as an OTLP request: deltas of counters and histograms, gauges, rates."""

from collections.abc import Iterable

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Metric,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from watchkeeper.sdk.export.span_encoding import SCOPE_NAME
from watchkeeper.sdk.metrics.series import Exported, Series

RATE_MARK = "watchkeeper.kind"
"""Metadata of a rate: OTLP has no such kind, so it travels as a gauge that says what it is."""


def encode_metrics(told: Iterable[tuple[Series, Exported]], resource: bytes, now_ns: int) -> bytes | None:
    """A whole `ExportMetricsServiceRequest`; None when there is nothing to tell."""
    by_name: dict[str, Metric] = {}
    for series, exported in told:
        metric = by_name.setdefault(
            series.name, Metric(name=_carried(series.name), unit=_carried(series.unit))
        )
        tags = [_tag(name, value) for name, value in series.tags]
        _add_point(metric, series, exported, tags=tags, now_ns=now_ns)
    if not by_name:
        return None
    scoped = ScopeMetrics(scope=InstrumentationScope(name=SCOPE_NAME), metrics=by_name.values())
    return ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(resource=Resource.FromString(resource), scope_metrics=[scoped])]
    ).SerializeToString()


def _add_point(metric: Metric, series: Series, told: Exported, *, tags: list[KeyValue], now_ns: int) -> None:
    delta = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    if told.buckets is not None:
        buckets = told.buckets
        metric.histogram.aggregation_temporality = delta
        metric.histogram.data_points.add(
            attributes=tags,
            start_time_unix_nano=told.begins_ns,
            time_unix_nano=now_ns,
            count=buckets.count,
            sum=buckets.sum,
            min=buckets.min,
            max=buckets.max,
            explicit_bounds=buckets.bounds,
            bucket_counts=buckets.counts,
        )
    elif series.kind == "counter":
        metric.sum.aggregation_temporality = delta
        metric.sum.is_monotonic = True
        metric.sum.data_points.add(
            attributes=tags, start_time_unix_nano=told.begins_ns, time_unix_nano=now_ns, as_double=told.value
        )
    else:
        if series.kind == "rate" and not metric.metadata:
            metric.metadata.append(_tag(RATE_MARK, "rate"))
        metric.gauge.data_points.add(attributes=tags, time_unix_nano=now_ns, as_double=told.value)


def _tag(name: str, value: str) -> KeyValue:
    return KeyValue(key=_carried(name), value=AnyValue(string_value=_carried(value)))


def _carried(text: str) -> str:
    """Text that UTF-8 can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")

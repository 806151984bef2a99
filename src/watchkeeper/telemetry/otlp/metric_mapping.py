"""Metrics as they were sent, as points of ours: counters as what was added, whatever is counted from."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping

import orjson
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    DataPointFlags,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    SummaryDataPoint,
)

from watchkeeper.domain.metric_point import MetricKind, MetricPoint
from watchkeeper.telemetry.otlp.any_value import Cuts, plain_attributes, text_of
from watchkeeper.telemetry.otlp.cumulative import CumulativeState, Totals
from watchkeeper.telemetry.otlp.histogram_points import (
    buckets_of,
    totals_of_explicit,
    totals_of_exponential,
)
from watchkeeper.telemetry.otlp.mapped import Mapped
from watchkeeper.telemetry.otlp.resource_facts import MOST_NAME_CHARACTERS, resource_facts

MOST_TAGS = 64
MOST_TAG_CHARACTERS = 256
_INSTANCE = "service.instance.id"
_WORKLOAD = "watchkeeper.workload"
_KIND = "watchkeeper.kind"
"""In a metric's metadata: what a gauge is that the protocol has no shape for."""
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
_NOTHING = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK

_Point = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint


def map_metrics(resource_metrics: Iterable[ResourceMetrics], state: CumulativeState, into: Mapped) -> None:
    """Map all metrics of a request; points that say nothing are left out and counted."""
    for group in resource_metrics:
        facts = resource_facts(group.resource)
        origin = group.resource.SerializeToString(deterministic=True)
        instance = text_of(facts.kept.get(_INSTANCE))
        for scoped in group.scope_metrics:
            for metric in scoped.metrics:
                series = _Series(metric, facts.workload, instance, origin, state=state, cuts=into.cuts)
                into.metrics.extend(series.points())


class _Series:
    """The points of one metric of one resource."""

    def __init__(
        self,
        metric: Metric,
        workload: str,
        instance: str | None,
        origin: bytes,
        *,
        state: CumulativeState,
        cuts: Cuts,
    ) -> None:
        self._metric = metric
        self._name = metric.name[:MOST_NAME_CHARACTERS]
        self._workload = workload
        self._instance = instance
        self._origin = origin
        self._state = state
        self._cuts = cuts

    def points(self) -> Iterator[MetricPoint]:
        """Its points, in the order they were sent."""
        kind = self._metric.WhichOneof("data")
        if kind == "gauge":
            said = plain_attributes(self._metric.metadata).get(_KIND) if self._metric.metadata else None
            for point in self._metric.gauge.data_points:
                yield from self._level(point, "rate" if said == "rate" else "gauge")
        elif kind == "sum":
            for point in self._metric.sum.data_points:
                yield from self._sum(point)
        elif kind == "histogram":
            held = self._metric.histogram
            for one in held.data_points:
                totals = totals_of_explicit(one)
                yield from self._histogram(one, totals, held.aggregation_temporality)
        elif kind == "exponential_histogram":
            shaped = self._metric.exponential_histogram
            for each in shaped.data_points:
                totals = totals_of_exponential(each)
                yield from self._histogram(each, totals, shaped.aggregation_temporality)
        elif kind == "summary":
            for summary in self._metric.summary.data_points:
                yield from self._summary(summary)

    def _level(self, point: NumberDataPoint, kind: MetricKind) -> Iterator[MetricPoint]:
        value = self._value(point)
        if value is not None:
            workload, tags = self._tags(point.attributes)
            yield MetricPoint(
                workload=workload,
                name=self._name,
                kind=kind,
                unit=self._metric.unit,
                ts_ns=point.time_unix_nano,
                value=value,
                tags=tags,
            )

    def _sum(self, point: NumberDataPoint) -> Iterator[MetricPoint]:
        cumulative = self._metric.sum.aggregation_temporality == _CUMULATIVE
        if cumulative and not self._metric.sum.is_monotonic:
            # A level that goes up and down, told whole: its last value stands.
            yield from self._level(point, "gauge")
            return
        value = self._value(point)
        if value is None:
            return
        workload, tags = self._tags(point.attributes)
        start_ns: int | None = point.start_time_unix_nano or None
        if cumulative:
            added = self._added(point, tags, {"": value})
            if added is None:
                return
            start_ns, value = added[0], added[1][""]
        yield self._counter(self._name, workload, tags, point.time_unix_nano, start_ns=start_ns, value=value)

    def _counter(
        self,
        name: str,
        workload: str,
        tags: Mapping[str, str],
        ts_ns: int,
        *,
        start_ns: int | None,
        value: float,
    ) -> MetricPoint:
        return MetricPoint(
            workload=workload,
            name=name,
            kind="counter",
            unit=self._metric.unit,
            ts_ns=ts_ns,
            start_ns=start_ns,
            value=value,
            tags=tags,
        )

    def _histogram(
        self,
        point: HistogramDataPoint | ExponentialHistogramDataPoint,
        totals: Totals | None,
        temporality: int,
    ) -> Iterator[MetricPoint]:
        if self._says_nothing(point):
            return
        if totals is None or not all(map(math.isfinite, totals.values())):
            self._cuts.note("histograms whose buckets do not fit together")
            return
        workload, tags = self._tags(point.attributes)
        start_ns: int | None = point.start_time_unix_nano or None
        cumulative = temporality == _CUMULATIVE
        if cumulative:
            added = self._added(point, tags, totals)
            if added is None:
                return
            start_ns, totals = added
        # Of a total, least and most are of all time, and say nothing of what was added.
        least = point.min if point.HasField("min") and not cumulative else None
        most = point.max if point.HasField("max") and not cumulative else None
        yield MetricPoint(
            workload=workload,
            name=self._name,
            kind="histogram",
            unit=self._metric.unit,
            ts_ns=point.time_unix_nano,
            start_ns=start_ns,
            buckets=buckets_of(totals, least=_finite(least), most=_finite(most)),
            tags=tags,
        )

    def _summary(self, point: SummaryDataPoint) -> Iterator[MetricPoint]:
        if self._says_nothing(point):
            return
        workload, tags = self._tags(point.attributes)
        for one in point.quantile_values:
            if math.isfinite(one.value):
                yield MetricPoint(
                    workload=workload,
                    name=self._name,
                    kind="gauge",
                    unit=self._metric.unit,
                    ts_ns=point.time_unix_nano,
                    value=one.value,
                    tags={**tags, "quantile": f"{one.quantile:g}"},
                )
        added = self._added(point, tags, {"count": float(point.count), "sum": point.sum})
        if added is not None and all(map(math.isfinite, added[1].values())):
            for part in ("count", "sum"):
                yield self._counter(
                    f"{self._name}.{part}",
                    workload,
                    tags,
                    point.time_unix_nano,
                    start_ns=added[0],
                    value=added[1][part],
                )

    def _value(self, point: NumberDataPoint) -> float | None:
        if self._says_nothing(point):
            return None
        value = float(point.as_int) if point.WhichOneof("value") == "as_int" else point.as_double
        if not math.isfinite(value):
            self._cuts.note("values that are no finite number")
            return None
        return value

    def _says_nothing(self, point: _Point) -> bool:
        return bool(point.flags & _NOTHING)

    def _added(
        self, point: _Point, tags: Mapping[str, str], totals: Totals
    ) -> tuple[int | None, Totals] | None:
        said = orjson.dumps([self._name, dict(tags)], option=orjson.OPT_SORT_KEYS)
        added = self._state.added(
            hashlib.blake2b(self._origin + said, digest_size=16).hexdigest(),
            start_ns=point.start_time_unix_nano,
            ts_ns=point.time_unix_nano,
            totals=totals,
        )
        if added is None:
            self._cuts.note("totals that are late or begin nowhere")
        return added

    def _tags(self, pairs: Iterable[KeyValue]) -> tuple[str, dict[str, str]]:
        """The point's workload and tags."""
        said = plain_attributes(pairs)
        workload = text_of(said.pop(_WORKLOAD, None)) or self._workload
        tags = {
            name[:MOST_TAG_CHARACTERS]: (text_of(value) or "")[:MOST_TAG_CHARACTERS]
            for name, value in list(said.items())[:MOST_TAGS]
        }
        if self._instance is not None:
            tags.setdefault(_INSTANCE, self._instance[:MOST_TAG_CHARACTERS])
        return workload[:MOST_NAME_CHARACTERS], tags


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

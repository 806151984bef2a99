"""Figures of metrics, added up one point at a time."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from watchkeeper.domain.metric_point import MetricKind, MetricPoint
from watchkeeper.statistics.quantile_sketch import merged
from watchkeeper.telemetry.metric_question import (
    NS_PER_SECOND,
    MetricFigures,
    MetricName,
    MetricQuestion,
    metric_order,
    sketches_of_buckets,
    sketches_of_values,
)
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.row_keys import point_key, tags_text


def metric_figures_of(question: MetricQuestion, points: Iterable[MetricPoint]) -> tuple[MetricFigures, ...]:
    """The answer to a question over these points, which it has let through."""
    question.check()
    groups: defaultdict[tuple[datetime | None, MetricKind, tuple[str | None, ...]], list[MetricPoint]]
    groups = defaultdict(list)
    for point in points:
        begins = None
        if question.step_s is not None:
            step_ns = question.step_s * NS_PER_SECOND
            begins = instant_of(point.ts_ns // step_ns * step_ns)
        groups[begins, point.kind, tuple(point.tags.get(tag) for tag in question.by)].append(point)
    rows = [
        _figures(begins, kind, dict(zip(question.by, tags, strict=True)), some)
        for (begins, kind, tags), some in groups.items()
    ]
    return tuple(sorted(rows, key=metric_order))


def _figures(
    begins: datetime | None, kind: MetricKind, tags: Mapping[str, str | None], points: Sequence[MetricPoint]
) -> MetricFigures:
    if kind == "histogram":
        return _histogram_figures(begins, tags, points)
    # Points of one instant are of different series: the last of them by key is the last.
    newest = max(points, key=lambda point: (point.ts_ns, point_key(point)))
    values = [point.value for point in points if point.value is not None]
    sketch, below_zero = sketches_of_values(values)
    return MetricFigures(
        begins=begins,
        kind=kind,
        tags=tags,
        points=len(points),
        count=len(values),
        sum=math.fsum(values),
        min=min(values),
        max=max(values),
        last=newest.value,
        sketch=sketch,
        below_zero=below_zero,
    )


def _histogram_figures(
    begins: datetime | None, tags: Mapping[str, str | None], points: Sequence[MetricPoint]
) -> MetricFigures:
    buckets = [point.buckets for point in points if point.buckets is not None]
    some = [one for one in buckets if one.count]
    sums = [one.sum for one in some if one.sum is not None]
    mins = [one.min for one in some if one.min is not None]
    maxs = [one.max for one in some if one.max is not None]
    sketches = [sketches_of_buckets(one) for one in buckets]
    return MetricFigures(
        begins=begins,
        kind="histogram",
        tags=tags,
        points=len(points),
        count=sum(one.count for one in some),
        sum=math.fsum(sums) if len(sums) == len(some) else None,
        min=min(mins) if mins and len(mins) == len(some) else None,
        max=max(maxs) if maxs and len(maxs) == len(some) else None,
        last=None,
        sketch=merged(above for above, _ in sketches),
        below_zero=merged(below for _, below in sketches),
    )


def metric_names_of(points: Iterable[MetricPoint]) -> tuple[MetricName, ...]:
    """The names these points have; units as the first point told tells them."""
    series: dict[tuple[str, str, MetricKind, str], str] = {}
    for point in points:
        series.setdefault((point.workload, point.name, point.kind, tags_text(point)), point.unit)
    return metric_names_of_series((*told, unit) for told, unit in series.items())


def metric_names_of_series(
    series: Iterable[tuple[str, str, MetricKind, str, str]],
) -> tuple[MetricName, ...]:
    """The names of series, given by workload, name, kind, tags as text, and unit, first told first."""
    found: dict[tuple[str, str, MetricKind], list[tuple[str, str]]] = {}
    for workload, name, kind, tags, unit in series:
        found.setdefault((workload, name, kind), []).append((tags, unit))
    return tuple(
        MetricName(
            workload=workload,
            name=name,
            kind=kind,
            unit=some[0][1],
            tags=tuple(sorted({tag for tags, _ in some for tag in json.loads(tags)})),
            series=len(some),
        )
        for (workload, name, kind), some in sorted(found.items())
    )

"""Figures of metrics, added up in the engine."""

from collections.abc import Sequence
from typing import Any

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.row_where import points_where
from watchkeeper.adapters.clickhouse.span_where import is_utf8
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.telemetry.metric_question import (
    NS_PER_SECOND,
    MetricFigures,
    MetricName,
    MetricQuestion,
    metric_order,
)
from watchkeeper.telemetry.minutes import instant_of

_HISTOGRAM = "histogram"


def metric_series(clickhouse: ClickHouse, question: MetricQuestion) -> tuple[MetricFigures, ...]:
    """See `TelemetryStore.metric_series`."""
    question.check()
    where, values = points_where(question)
    groups = []
    for at, tag in enumerate(question.by):
        name = f"by_{at}"
        if is_utf8(tag):
            values[name] = tag
            groups.append(
                f"if(mapContains(tags, {{{name}:String}}), tags[{{{name}:String}}], NULL) AS tag_{at}"
            )
        else:
            groups.append(f"CAST(NULL, 'Nullable(String)') AS tag_{at}")
    step_ns = None if question.step_s is None else question.step_s * NS_PER_SECOND
    text = query("metric_series").format(
        begins="toInt64(0)" if step_ns is None else f"intDiv(ts_ns, {step_ns}) * {step_ns}",
        groups="".join(f"{group}, " for group in groups),
        grouped="".join(f", tag_{at}" for at in range(len(groups))),
        where=where,
    )
    rows = (_figures(row, question) for row in clickhouse.rows(text, values))
    return tuple(sorted(rows, key=metric_order))


def _figures(row: Sequence[Any], question: MetricQuestion) -> MetricFigures:
    begins, kind, *rest = row
    tags = dict(zip(question.by, rest, strict=False))
    points, *figures = rest[len(question.by) :]
    histogram, plain, above, below = figures[:6], figures[6:11], figures[11], figures[12]
    common: dict[str, Any] = {
        "begins": None if question.step_s is None else instant_of(begins),
        "kind": kind,
        "tags": tags,
        "points": points,
        "sketch": dict(above),
        "below_zero": dict(below),
    }
    if kind == _HISTOGRAM:
        count, some, total, known_sums, least, most = (
            histogram[0],
            histogram[1],
            *histogram[2:4],
            *histogram[4:6],
        )
        known_least, known_most = figures[13], figures[14]
        return MetricFigures(
            **common,
            count=count,
            sum=total if known_sums == some else None,
            min=least if some and known_least == some else None,
            max=most if some and known_most == some else None,
            last=None,
        )
    count, total, least, most, last = plain
    return MetricFigures(**common, count=count, sum=total, min=least, max=most, last=last)


def metric_names(clickhouse: ClickHouse, workload: str | None) -> tuple[MetricName, ...]:
    """See `TelemetryStore.metric_names`."""
    if workload is not None and not is_utf8(workload):
        return ()
    where = "true" if workload is None else "workload = {workload:String}"
    text = query("metric_names").format(where=where)
    rows = clickhouse.rows(text, {} if workload is None else {"workload": workload})
    return tuple(
        MetricName(workload=at, name=name, kind=kind, unit=unit, tags=tuple(sorted(tags)), series=series)
        for at, name, kind, unit, tags, series in rows
    )

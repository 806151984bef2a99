"""Figures of metrics: values added up by the engine, histograms one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.columns import Array, array_of, read
from watchkeeper.adapters.duckdb.metric_rows import Series, point_of_row
from watchkeeper.adapters.duckdb.span_rows import sketch_of
from watchkeeper.adapters.duckdb.span_where import bounded
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.statistics.quantile_sketch import BUCKETS_PER_LOG
from watchkeeper.telemetry.metric_adding import metric_figures_of
from watchkeeper.telemetry.metric_question import NS_PER_SECOND, MetricFigures, MetricQuestion, metric_order
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.storable import LARGEST_INTEGER

Group = tuple[MetricKind, tuple[str | None, ...]]
"""A kind, and values of the tags told apart."""


def metric_figures(
    cursor: duckdb.DuckDBPyConnection,
    question: MetricQuestion,
    series: Mapping[int, tuple[Series, Mapping[str, str]]],
) -> tuple[MetricFigures, ...]:
    """The answer; the cursor must be in a transaction.

    Args:
        cursor: Where the points are.
        question: What is asked.
        series: All series, by number, with their tags.
    """
    question.check()
    groups: list[Group] = []
    numbers: list[int] = []
    group_of: list[int] = []
    histograms: list[int] = []
    for number, (told, tags) in series.items():
        if not _asked(question, told, tags):
            continue
        kind: MetricKind = told[2]  # type: ignore[assignment]  # only kinds were stored
        if kind == "histogram":
            histograms.append(number)
            continue
        group = (kind, tuple(tags.get(tag) for tag in question.by))
        if group not in groups:
            groups.append(group)
        numbers.append(number)
        group_of.append(groups.index(group))
    rows = _values(cursor, question, groups, {"series_id": numbers, "group_no": group_of}) if numbers else []
    if histograms:
        rows += _histograms(cursor, question, histograms)
    return tuple(sorted(rows, key=metric_order))


def _asked(question: MetricQuestion, told: Series, tags: Mapping[str, str]) -> bool:
    workload, name, kind, _ = told
    return (
        name == question.name
        and question.workload in {None, workload}
        and question.kind in {None, kind}
        and all(tags.get(tag) == value for tag, value in question.tags.items())
    )


def _window(question: MetricQuestion) -> dict[str, object]:
    since, until = question.since_ns, question.until_ns
    return {
        "since_ns": 0 if since is None else bounded(since),
        "until_ns": LARGEST_INTEGER if until is None else bounded(until),
    }


def _values(
    cursor: duckdb.DuckDBPyConnection,
    question: MetricQuestion,
    groups: Sequence[Group],
    series: Mapping[str, Sequence[int]],
) -> list[MetricFigures]:
    arriving: dict[str, Array] = {name: array_of("integer", numbers) for name, numbers in series.items()}
    step_ns = LARGEST_INTEGER if question.step_s is None else question.step_s * NS_PER_SECOND
    values = {**_window(question), "step_ns": step_ns}
    sketches: dict[tuple[int, int], dict[bool, dict[int, int]]] = {}
    per_log = {"per_log": BUCKETS_PER_LOG}
    for begins, group, below, buckets, counts in read(
        cursor, query("metric_sketches"), {**values, **per_log}, arriving=arriving
    ):
        sketches.setdefault((begins, group), {})[below] = sketch_of(buckets, counts)
    rows = read(cursor, query("metric_values"), values, arriving=arriving)
    return [_figures(question, groups, row, sketches[row[0], row[1]]) for row in rows]


def _figures(
    question: MetricQuestion,
    groups: Sequence[Group],
    row: Sequence[Any],
    sketches: Mapping[bool, dict[int, int]],
) -> MetricFigures:
    begins_ns, group, points, total, least, most, last = row
    kind, tags = groups[group]
    return MetricFigures(
        begins=None if question.step_s is None else instant_of(begins_ns),
        kind=kind,
        tags=dict(zip(question.by, tags, strict=True)),
        points=points,
        count=points,
        sum=total,
        min=least,
        max=most,
        last=last,
        sketch=sketches.get(False, {}),
        below_zero=sketches.get(True, {}),
    )


def _histograms(
    cursor: duckdb.DuckDBPyConnection, question: MetricQuestion, numbers: Sequence[int]
) -> list[MetricFigures]:
    where = "series_id = ANY ($numbers) AND ts_ns >= $since_ns AND ts_ns < $until_ns"
    text = query("points").format(where=where)
    rows = cursor.execute(text, {"numbers": list(numbers), **_window(question)}).fetchall()
    return list(metric_figures_of(question, map(point_of_row, rows)))

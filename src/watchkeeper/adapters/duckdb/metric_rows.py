"""Metric points: each of a numbered series, so that its key is the series and the instant."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.columns import Kind, array_of, insert, read
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.metric_point import Buckets, MetricPoint
from watchkeeper.telemetry.append_result import NONE_TAKEN, Taken
from watchkeeper.telemetry.row_keys import tags_text

_SERIES: dict[str, Kind] = {
    "series_id": "integer",
    "workload": "text",
    "name": "text",
    "kind": "text",
    "tags": "text",
    "unit": "text",
}
_POINT: dict[str, Kind] = {
    "series_id": "integer",
    "ts_ns": "integer",
    "start_ns": "integer",
    "unit": "text",
    "value": "number",
    "bucket_count": "integer",
    "bucket_sum": "number",
    "bucket_min": "number",
    "bucket_max": "number",
    "bucket_bounds": "text",
    "bucket_counts": "text",
    "received_ns": "integer",
}

Series = tuple[str, str, str, str]
"""Workload, name, kind and tags."""


class MetricBook:
    """Numbers of metric series, and the points under them; one writer at a time."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read the numbers there are."""
        rows = cursor.execute(query("metric_series")).fetchall()
        self._known: dict[Series, int] = {row[1:5]: row[0] for row in rows}
        self._last = max(self._known.values(), default=0)
        self._new: dict[Series, int] = {}

    def take(
        self, cursor: duckdb.DuckDBPyConnection, points: Sequence[MetricPoint], *, received_ns: int
    ) -> Taken:
        """Store points inside the caller's transaction: of each key the first stays."""
        if not points:
            return NONE_TAKEN
        numbers = self._numbers(cursor, points)
        kept = self._kept(cursor, points, numbers)
        new: list[tuple[Any, ...]] = []
        conflicts = 0
        for point, number in zip(points, numbers, strict=True):
            row = _row(point, number)
            known = kept.get((number, point.ts_ns))
            if known is None:
                kept[number, point.ts_ns] = row
                new.append((*row, received_ns))
            elif known != row:
                conflicts += 1
        if new:
            insert(cursor, "metric_points", _POINT, list(zip(*new, strict=True)))
        return Taken(stored=len(new), duplicates=len(points) - len(new) - conflicts, conflicts=conflicts)

    def settle(self, *, committed: bool) -> None:
        """Remember what was new, or forget it with the transaction that failed."""
        if committed:
            self._known.update(self._new)
        self._new.clear()

    def series(self) -> dict[int, tuple[Series, Mapping[str, str]]]:
        """All series by number, with their tags."""
        known = list(self._known.items())
        return {number: (series, json.loads(series[3])) for series, number in known}

    def _numbers(self, cursor: duckdb.DuckDBPyConnection, points: Sequence[MetricPoint]) -> list[int]:
        numbers, rows = [], []
        for point in points:
            series = (point.workload, point.name, point.kind, tags_text(point))
            number = self._known.get(series) or self._new.get(series)
            if number is None:
                self._last += 1
                number = self._new[series] = self._last
                rows.append((number, *series, point.unit))
            numbers.append(number)
        if rows:
            insert(cursor, "metric_series", _SERIES, list(zip(*rows, strict=True)))
        return numbers

    def _kept(
        self, cursor: duckdb.DuckDBPyConnection, points: Sequence[MetricPoint], numbers: Sequence[int]
    ) -> dict[tuple[int, int], tuple[Any, ...]]:
        arriving = {
            "series_id": array_of("integer", numbers),
            "ts_ns": array_of("integer", [point.ts_ns for point in points]),
        }
        first, last = int(arriving["ts_ns"].min()), int(arriving["ts_ns"].max())
        columns = ", ".join(f"kept.{name}" for name in list(_POINT)[:-1])
        text = query("known_points").format(columns=columns)
        rows = read(cursor, text, {"first": first, "last": last}, arriving=arriving)
        return {(row[0], row[1]): row for row in rows}


def _row(point: MetricPoint, number: int) -> tuple[Any, ...]:
    buckets = point.buckets
    told: tuple[Any, ...] = (None,) * 6
    if buckets is not None:
        told = (
            buckets.count,
            buckets.sum,
            buckets.min,
            buckets.max,
            json.dumps(buckets.bounds),
            json.dumps(buckets.counts),
        )
    return (number, point.ts_ns, point.start_ns, point.unit, point.value, *told)


def point_of_row(row: Sequence[Any]) -> MetricPoint:
    """The point of a row of `points.sql`."""
    workload, name, kind, tags, ts_ns, start_ns, unit, value, count, *told = row
    buckets = None
    if count is not None:
        total, least, most, bounds, counts = told
        buckets = Buckets(
            count=count,
            sum=total,
            min=least,
            max=most,
            bounds=tuple(json.loads(bounds)),
            counts=tuple(json.loads(counts)),
        )
    plain: Mapping[str, str] = json.loads(tags)
    return MetricPoint(
        workload=workload,
        name=name,
        kind=kind,
        unit=unit,
        ts_ns=ts_ns,
        start_ns=start_ns,
        value=value,
        buckets=buckets,
        tags=plain,
    )

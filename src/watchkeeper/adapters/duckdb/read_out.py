"""Every row there is, batch by batch, in one view of the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.metric_rows import point_of_row
from watchkeeper.adapters.duckdb.row_tables import EVALUATIONS, FEEDBACK, LOGS, QUERIES
from watchkeeper.adapters.duckdb.span_rows import SELECTED, span_of_row
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch


def read_out(cursor: duckdb.DuckDBPyConnection, *, rows: int) -> Iterator[TelemetryBatch]:
    """Rows of every kind, each batch of one kind and of at most so many rows."""
    for some in _rows(cursor, f"SELECT {SELECTED} FROM spans ORDER BY seq", span_of_row, rows):
        yield TelemetryBatch(spans=some)
    for points in _rows(cursor, query("points").format(where="true"), point_of_row, rows):
        yield TelemetryBatch(metrics=points)
    for logs in _rows(cursor, f"SELECT {LOGS.selected} FROM log_records", LOGS.row_of, rows):
        yield TelemetryBatch(logs=logs)
    for scores in _rows(cursor, f"SELECT {EVALUATIONS.selected} FROM evaluations", EVALUATIONS.row_of, rows):
        yield TelemetryBatch(evaluations=scores)
    for said in _rows(cursor, f"SELECT {FEEDBACK.selected} FROM feedback", FEEDBACK.row_of, rows):
        yield TelemetryBatch(feedback=said)
    for queries in _rows(cursor, f"SELECT {QUERIES.selected} FROM queries", QUERIES.row_of, rows):
        yield TelemetryBatch(queries=queries)


def _rows(
    cursor: duckdb.DuckDBPyConnection, text: str, row_of: Callable[[Sequence[Any]], Any], rows: int
) -> Iterator[tuple[Any, ...]]:
    cursor.execute(text)
    while some := cursor.fetchmany(rows):
        yield tuple(map(row_of, some))

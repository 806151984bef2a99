"""Rows as Parquet files, a folder of one file a kind, and back; columns: docs/telemetry-columns.md."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from watchkeeper.adapters.duckdb.keyed_rows import RowTable
from watchkeeper.adapters.duckdb.metric_rows import point_of_row
from watchkeeper.adapters.duckdb.row_tables import EVALUATIONS, FEEDBACK, LOGS, QUERIES
from watchkeeper.adapters.duckdb.span_rows import SPAN_COLUMNS, span_of_row
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.telemetry.append_result import ROW_KINDS, RowKind
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

IMPORT_ROWS = 5000
"""Rows an import reads at once: one commit."""

POINT_COLUMNS = (
    "workload",
    "name",
    "kind",
    "tags",
    "ts_ns",
    "start_ns",
    "unit",
    "value",
    "bucket_count",
    "bucket_sum",
    "bucket_min",
    "bucket_max",
    "bucket_bounds",
    "bucket_counts",
)

_TABLES: dict[str, RowTable] = {  # type: ignore[type-arg]  # of different rows
    "logs": LOGS,
    "evaluations": EVALUATIONS,
    "feedback": FEEDBACK,
    "queries": QUERIES,
}


_SOURCES = {"logs": LOGS.table}
"""Tables that are not called by their kind."""


def export_columns() -> dict[str, tuple[str, ...]]:
    """The columns of the file of each kind."""
    tables = {kind: (*table.kinds, "received_ns") for kind, table in _TABLES.items()}
    return {
        "spans": (*SPAN_COLUMNS, "received_ns", "counts"),
        "metrics": (*POINT_COLUMNS, "received_ns"),
        **tables,
    }


def export(
    cursor: duckdb.DuckDBPyConnection, folder: Path, *, since_ns: int, until_ns: int
) -> dict[RowKind, int]:
    """Write the rows of a window into a new folder, whole or not at all.

    Raises:
        ConflictError: The folder is there already.
        StorageFullError: It cannot be written.
    """
    if folder.exists():
        raise ConflictError(f"{folder} is there already", action="name a folder that is not")
    half = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        written = {
            kind: _export(cursor, half / f"{kind}.parquet", kind, since_ns=since_ns, until_ns=until_ns)
            for kind in ROW_KINDS
        }
        for file in (*half.iterdir(), half):
            _sync(file)
        half.rename(folder)
        _sync(folder.parent)
    except (OSError, duckdb.IOException) as failure:
        shutil.rmtree(half, ignore_errors=True)
        problem = failure if isinstance(failure, OSError) else OSError(str(failure))
        raise not_writable(folder, problem) from failure
    return written


def _export(cursor: duckdb.DuckDBPyConnection, file: Path, kind: str, *, since_ns: int, until_ns: int) -> int:
    columns = ", ".join(export_columns()[kind])
    text = query("export_rows").format(
        columns=columns,
        source=f"({query('told_points')}) AS told" if kind == "metrics" else _SOURCES.get(kind, kind),
        instant="start_ns" if kind == "spans" else "ts_ns",
        since_ns=since_ns,
        until_ns=until_ns,
        file=str(file).replace("'", "''"),
    )
    row = cursor.execute(text).fetchone()
    return int(row[0]) if row else 0


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_export(folder: Path) -> Iterator[TelemetryBatch]:
    """The rows of an exported folder, each batch of one kind.

    Raises:
        InvalidInputError: There is no such folder, or a file in it is no export.
    """
    files = [(kind, folder / f"{kind}.parquet") for kind in ROW_KINDS]
    if not any(file.is_file() for _, file in files):
        raise InvalidInputError(
            f"{folder} holds no export", action="name the folder that `wk telemetry export` wrote"
        )
    with duckdb.connect(config={"autoload_known_extensions": "false"}) as engine:
        for kind, file in files:
            if file.is_file():
                yield from _read(engine, kind, file)


def _read(engine: duckdb.DuckDBPyConnection, kind: str, file: Path) -> Iterator[TelemetryBatch]:
    told = {"spans": SPAN_COLUMNS, "metrics": POINT_COLUMNS}.get(kind) or tuple(_TABLES[kind].kinds)
    row_of = {"spans": span_of_row, "metrics": point_of_row}.get(kind) or _TABLES[kind].row_of
    try:
        engine.execute(f"SELECT {', '.join(told)} FROM read_parquet($file)", {"file": str(file)})
        while rows := engine.fetchmany(IMPORT_ROWS):
            yield TelemetryBatch(**{kind: tuple(map(row_of, rows))})
    except (duckdb.Error, ValueError, TypeError) as failure:
        raise InvalidInputError(
            f"{file} cannot be read as exported {kind}: {failure}",
            action="export it again; rows read before are kept, and importing again is safe",
        ) from failure

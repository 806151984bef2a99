"""The calls of a DuckDB file straight into a ClickHouse's table; a copy takes fifteen minutes a million.

Rows are as the store itself writes them, but for the fingerprint, which only tells repeats apart.
"""

from pathlib import Path

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]  # the wheel has no types

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.key_hash import hash64
from watchkeeper.adapters.clickhouse.span_append import TOLD_COLUMNS
from watchkeeper.adapters.clickhouse.span_rows import ROW_COLUMNS
from watchkeeper.domain.span import MODEL_OPERATIONS

_HASHED = {"trace_hash": "trace_id", "span_hash": "span_id", "parent_hash": "parent_span_id"}
_MADE = {
    "attributes": "''",
    "fingerprint": "toFixedString(span_id, 16)",
    "from_gateway": "receipt_id IS NOT NULL",
}
_ROWS_AT_ONCE = 100_000
"""A part of the table each; one statement has a minute."""


def fill(path: Path, clickhouse: ClickHouse, folder: Path) -> None:
    """Put all spans of a file into the tables of a database, which are there and empty."""
    told = [name for name in ROW_COLUMNS if name not in _HASHED and name not in _MADE]
    operations = ", ".join(repr(name) for name in sorted(MODEL_OPERATIONS))
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.sql(f"SELECT {', '.join(told)} FROM spans ORDER BY seq")
        for batch in rows.to_arrow_reader(_ROWS_AT_ONCE):
            _put(clickhouse, "spans", tuple(ROW_COLUMNS), _hashed(batch), folder)
        clients = connection.sql(
            "SELECT start_ns, trace_id, span_id, NULL AS parent_span_id FROM spans AS client"
            f" WHERE receipt_id IS NULL AND operation IN ({operations})"
            " AND EXISTS (FROM spans AS told WHERE told.trace_id = client.trace_id"
            " AND told.parent_span_id = client.span_id AND told.receipt_id IS NOT NULL)"
        )
        for batch in clients.to_arrow_reader(_ROWS_AT_ONCE):
            _put(clickhouse, "told_spans", tuple(TOLD_COLUMNS), _hashed(batch), folder)


def _hashed(batch: pa.RecordBatch) -> pa.Table:
    table = pa.Table.from_batches([batch])
    for name, of in _HASHED.items():
        known: dict[str | None, int] = {None: 0}
        hashes = [
            known[text] if text in known else known.setdefault(text, hash64(text))
            for text in table[of].to_pylist()
        ]
        table = table.append_column(name, pa.array(hashes, pa.uint64()))
    return table


def _put(clickhouse: ClickHouse, table: str, columns: tuple[str, ...], rows: pa.Table, folder: Path) -> None:
    if not rows.num_rows:
        return
    file = folder / f"{table}.parquet"
    duckdb.from_arrow(rows).write_parquet(str(file))
    values = ", ".join(_MADE.get(name, name) for name in columns)
    clickhouse.command(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM file('{file}', Parquet)"
    )
    file.unlink()

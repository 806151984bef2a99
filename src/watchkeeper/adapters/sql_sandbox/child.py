"""The process that runs a rule's query: an engine in memory, without files, settings or a way out.

It reads a request a line (JSON) and answers a line. Its own limits are the kernel's: DuckDB's limit counts
its buffers only, and one long text or list passes it (measured: 13 GB in a database limited to 128 MB).
"""

import resource
import sys
from typing import Any

import duckdb
import numpy as np
import orjson

MEMORY_BYTES = 1 << 30
"""Of address space: the engine and numpy take some 400 MB of it before a query begins."""
ENGINE_MB = 128
MOST_ROWS = 2
"""Rows that are fetched of an answer: one, and one that is too many."""

_TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN"}


class RefusedError(Exception):
    """The query is not one that may run; the text says why."""


def tables_of(text: str) -> list[str]:
    """The tables a query names; it is one SELECT.

    Raises:
        RefusedError: It is not.
    """
    with _engine() as engine:
        _check_one_select(engine, text)
        return sorted(engine.get_table_names(text))


def answer(text: str, tables: dict[str, dict[str, Any]]) -> float | None:
    """The figure a query answers over the tables given.

    Raises:
        RefusedError: It answers something else, or cannot run.
    """
    with _engine() as engine:
        for name, table in tables.items():
            _fill(engine, name, table)
        engine.execute("SET lock_configuration = true")
        _check_one_select(engine, text)
        answered = engine.execute(text)
        columns = len(answered.description or ())
        rows = answered.fetchmany(MOST_ROWS)
    if columns != 1 or len(rows) > 1:
        raise RefusedError(f"it answers {columns} columns and {'more rows' if len(rows) > 1 else 'a row'}")
    if not rows or rows[0][0] is None:
        return None
    try:
        return float(rows[0][0])
    except (TypeError, ValueError):
        raise RefusedError(f"it answers {str(rows[0][0])[:40]!r}, which is no number") from None


def _engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{ENGINE_MB}MB",
            "threads": "1",
            "max_temp_directory_size": "0MB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    engine.execute("SET enable_external_access = false")
    return engine


def _check_one_select(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    statements = engine.extract_statements(text)
    if len(statements) != 1:
        raise RefusedError(f"it is {len(statements)} statements")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise RefusedError(f"it is no SELECT but {statements[0].type.name}")


def _fill(engine: duckdb.DuckDBPyConnection, name: str, table: dict[str, Any]) -> None:
    kinds = table["kinds"]
    made = ", ".join(f'"{column}" {_TYPES[kind]}' for column, kind in kinds.items())
    engine.execute(f'CREATE TABLE "{name}" ({made})')
    if not table["columns"] or not table["columns"][0]:
        return
    arriving = {}
    for column, values in zip(kinds, table["columns"], strict=True):
        held = np.empty(len(values), dtype=object)
        held[:] = [None if value is None else str(value) for value in values]
        arriving[column] = held
    engine.register("arriving_rows", arriving)
    engine.execute(f'INSERT INTO "{name}" SELECT * FROM arriving_rows')
    engine.unregister("arriving_rows")


def _handle(line: bytes) -> dict[str, Any]:
    request = orjson.loads(line)
    try:
        if "tables" in request:
            return {"figure": answer(request["sql"], request["tables"])}
        return {"names": tables_of(request["sql"])}
    except (RefusedError, duckdb.Error) as refused:
        return {"refused": str(refused).partition("\n\nLINE")[0][:500]}
    except MemoryError:
        return {"refused": "it takes more memory than a query may"}


def main() -> None:
    """Answer until there are no more requests."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(orjson.dumps(_handle(line)) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

"""References of drift in PostgreSQL; their values packed, for they are read whole or not at all."""

import zlib
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.monitoring.drift.reference import DriftReference, ReferenceFacts
from watchkeeper.monitoring.drift.table_drift import Table


class PostgresReferences:
    """A `ReferenceStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def add(
        self, *, name: str, workload: str | None, source: str, table: Table, made_at: datetime
    ) -> ReferenceFacts:
        """See `ReferenceStore.add`."""
        rows = len(next(iter(table.values()), ()))
        row = {
            "name": name,
            "workload": workload,
            "source": source,
            "rows": rows,
            "columns": list(table),
            "packed": zlib.compress(orjson.dumps({key: list(values) for key, values in table.items()})),
            "made_at": made_at,
        }
        with self._database.transaction() as connection:
            # Two of one name at once take their versions one after the other.
            connection.execute(statement("references/lock"), {"name": name})
            added = connection.execute(statement("references/add"), row).fetchone()
        assert added is not None
        return ReferenceFacts(
            name=name,
            version=int(added[0]),
            workload=workload,
            source=source,
            rows=rows,
            columns=tuple(table),
            made_at=made_at,
        )

    def get(self, name: str, version: int | None = None) -> DriftReference | None:
        """See `ReferenceStore.get`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(statement("references/get"), {"name": name, "version": version}).fetchone()
        if row is None:
            return None
        return DriftReference(facts=_facts(row), table=orjson.loads(zlib.decompress(row["packed"])))

    def facts(self) -> tuple[ReferenceFacts, ...]:
        """See `ReferenceStore.facts`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return tuple(map(_facts, cursor.execute(statement("references/facts")).fetchall()))


def _facts(row: dict[str, Any]) -> ReferenceFacts:
    return ReferenceFacts(
        name=row["name"],
        version=row["version"],
        workload=row["workload"],
        source=row["source"],
        rows=row["row_count"],
        columns=tuple(row["column_names"]),
        made_at=row["made_at"].astimezone(UTC),
    )

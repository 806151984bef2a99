"""The results of items in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.run import CONSENSUS, ItemResult, ReaderValues, Reading, field_values


class PostgresResults:
    """A `ResultStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def append(self, results: Sequence[ItemResult]) -> None:
        """See `ResultStore.append`."""
        with self._database.transaction() as connection:
            connection.cursor().executemany(statement("results/append"), [_values(r) for r in results])

    def of_run(self, run_id: str, *, model: str | None = None) -> tuple[ItemResult, ...]:
        """See `ResultStore.of_run`."""
        return self._select("of_run", run_id=run_id, model=model)

    def of_item(self, run_id: str, document: str) -> tuple[ItemResult, ...]:
        """See `ResultStore.of_item`."""
        return self._select("of_item", run_id=run_id, document=document)

    def newest(self, limit: int, *, workload: str, model: str | None = None) -> tuple[ItemResult, ...]:
        """See `ResultStore.newest`."""
        return self._select("newest", limit=limit, workload=workload, model=model)

    def readings(self, *, workload: str, run_id: str | None = None, newest: int = 200) -> tuple[Reading, ...]:
        """See `ResultStore.readings`."""
        asked = {"workload": workload, "run_id": run_id, "newest": newest, "consensus": CONSENSUS}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(Reading))
            return tuple(cursor.execute(statement("results/readings"), asked).fetchall())

    def reader_values(self, items: Collection[tuple[str, str]]) -> tuple[ReaderValues, ...]:
        """See `ResultStore.reader_values`."""
        run_ids, documents = [run_id for run_id, _ in items], [document for _, document in items]
        asked = {"run_ids": run_ids, "documents": documents, "consensus": CONSENSUS}
        with self._database.transaction() as connection:
            rows = connection.cursor().execute(statement("results/reader_values"), asked).fetchall()
        return tuple(
            ReaderValues(
                run_id=run_id,
                document=document,
                model=model,
                created_at=created_at,
                values=(values or {}) if data is None else field_values(data),
            )
            for run_id, document, model, created_at, data, values in rows
        )

    def seconds_a_page(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """See `ResultStore.seconds_a_page`."""
        window = {"workload": workload, "model": CONSENSUS, "since": since, "until": until}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            found: float | None = cursor.execute(statement("results/seconds_a_page"), window).fetchone()
            return found

    def _select(self, query: str, /, **values: object) -> tuple[ItemResult, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(ItemResult))
            return tuple(cursor.execute(statement(f"results/{query}"), values).fetchall())


def _values(result: ItemResult) -> dict[str, object]:
    values = {name: getattr(result, name) for name in ItemResult.__dataclass_fields__}
    values["data"] = as_json(result.data)
    values["error"] = None if result.error is None else as_json(result.error)
    return values

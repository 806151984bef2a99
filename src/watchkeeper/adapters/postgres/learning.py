"""What coaching has left behind in PostgreSQL, counted."""

from psycopg.rows import class_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.batch.ports import LearningCounts


class PostgresLearning:
    """A `LearningStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def counts(self, workload: str, *, golden_from: float) -> LearningCounts:
        """See `LearningStore.counts`."""
        values = {"workload": workload, "golden_from": golden_from}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(LearningCounts))
            counted = cursor.execute(statement("learning/counts"), values).fetchone()
            assert counted is not None  # counting answers one row always
            return counted

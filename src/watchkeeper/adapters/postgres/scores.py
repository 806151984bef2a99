"""The accuracy of receipts in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.run import ReceiptScore


class PostgresScores:
    """A `ScoreStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def append(self, scores: Sequence[ReceiptScore]) -> None:
        """See `ScoreStore.append`."""
        columns = ReceiptScore.__dataclass_fields__
        rows = [{name: getattr(score, name) for name in columns} for score in scores]
        with self._database.transaction() as connection:
            connection.cursor().executemany(statement("scores/append"), rows)

    def by_receipts(self, receipt_ids: Collection[str]) -> Mapping[str, ReceiptScore]:
        """See `ScoreStore.by_receipts`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(ReceiptScore))
            found = cursor.execute(statement("scores/by_receipts"), {"receipt_ids": list(receipt_ids)})
            return {score.receipt_id: score for score in found}

    def average_accuracy(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """See `ScoreStore.average_accuracy`."""
        window = {"workload": workload, "since": since, "until": until}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            found: float | None = cursor.execute(statement("scores/average_accuracy"), window).fetchone()
            return found

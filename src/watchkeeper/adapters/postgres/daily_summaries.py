"""Summaries of days in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from psycopg.rows import class_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.reporting.day_summary import DaySummary


class PostgresDailySummaries:
    """A `SummaryStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def put(self, summaries: Sequence[DaySummary]) -> None:
        """See `SummaryStore.put`."""
        with self._database.transaction() as connection:
            connection.cursor().executemany(
                statement("daily_summaries/put"), [asdict(one) for one in summaries]
            )

    def between(self, first: date, last: date, *, workload: str | None = None) -> tuple[DaySummary, ...]:
        """See `SummaryStore.between`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(DaySummary))
            days = {"first": first, "last": last, "workload": workload}
            return tuple(cursor.execute(statement("daily_summaries/between"), days))

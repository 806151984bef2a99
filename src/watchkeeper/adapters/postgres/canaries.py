"""The results of canary suites in PostgreSQL."""

from collections.abc import Sequence

from psycopg.rows import class_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.run import CanaryResult


class PostgresCanaries:
    """A `CanaryStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def append(self, results: Sequence[CanaryResult]) -> None:
        """See `CanaryStore.append`."""
        suites = sorted({(result.workload, result.suite) for result in results})
        with self._database.transaction() as connection:
            for workload, suite in suites:
                own = [result for result in results if (result.workload, result.suite) == (workload, suite)]
                ran_at = max(result.checked_at for result in own)
                key = {"workload": workload, "suite": suite, "suite_ran_at": ran_at}
                connection.execute(statement("canaries/clear"), key)
                connection.cursor().executemany(
                    statement("canaries/append"),
                    [
                        {name: getattr(result, name) for name in CanaryResult.__dataclass_fields__} | key
                        for result in own
                    ],
                )

    def latest(self, workload: str, *, suite: str | None = None) -> tuple[CanaryResult, ...]:
        """See `CanaryStore.latest`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(CanaryResult))
            found = cursor.execute(statement("canaries/latest"), {"workload": workload, "suite": suite})
            return tuple(found.fetchall())

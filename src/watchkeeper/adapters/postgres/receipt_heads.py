"""The heads of receipt chains in PostgreSQL."""

from collections.abc import Sequence

from psycopg.rows import class_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.run import ReceiptHead


class PostgresReceiptHeads:
    """A `ReceiptHeadStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def advance(self, heads: Sequence[ReceiptHead]) -> None:
        """See `ReceiptHeadStore.advance`."""
        # In one order everywhere, so that two writers of the same heads never wait for each other.
        ordered = sorted(heads, key=lambda head: head.writer)
        rows = [{name: getattr(head, name) for name in ReceiptHead.__dataclass_fields__} for head in ordered]
        with self._database.transaction() as connection:
            connection.cursor().executemany(statement("receipt_heads/advance"), rows)

    def all(self) -> tuple[ReceiptHead, ...]:
        """See `ReceiptHeadStore.all`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(ReceiptHead))
            return tuple(cursor.execute(statement("receipt_heads/all")).fetchall())

"""The corpus in PostgreSQL."""

from collections.abc import Sequence

from psycopg.rows import kwargs_row, scalar_row, tuple_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.corpus import AddedDocument, CorpusDocument, DocumentStatus, NewDocument
from watchkeeper.domain.errors import NotFoundError

_COLUMNS = ("workload", "name", "sha256", "path", "pages", "status", "added_at")


class PostgresDocuments:
    """A `DocumentStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def add(self, documents: Sequence[NewDocument]) -> tuple[AddedDocument, ...]:
        """See `DocumentStore.add`."""
        if not documents:
            return ()
        columns = {column: [getattr(document, column) for document in documents] for column in _COLUMNS}
        with self._database.transaction() as connection:
            for workload in sorted({document.workload for document in documents}):
                connection.execute(statement("documents/lock"), {"workload": workload})
            cursor = connection.cursor(row_factory=tuple_row)
            fresh = set(cursor.execute(statement("documents/add"), columns).fetchall())
            rows = connection.cursor(row_factory=kwargs_row(_document))
            kept = rows.execute(statement("documents/by_keys"), columns).fetchall()
        by_key = {(document.workload, document.sha256): document for document in kept}
        added = []
        for document in documents:
            key = (document.workload, document.sha256)
            added.append(AddedDocument(by_key[key], is_new=key in fresh))
            fresh.discard(key)  # given twice at once, only the first was new
        return tuple(added)

    def listing(
        self, workload: str, *, status: DocumentStatus | None = None, after: int = 0, limit: int | None = None
    ) -> tuple[CorpusDocument, ...]:
        """See `DocumentStore.listing`."""
        return self._select("listing", workload=workload, status=status, after=after, limit=limit)

    def count(self, workload: str, *, status: DocumentStatus | None = None) -> int:
        """See `DocumentStore.count`."""
        with self._database.transaction() as connection:
            counted = connection.cursor(row_factory=scalar_row).execute(
                statement("documents/count"), {"workload": workload, "status": status}
            )
            return int(counted.fetchone() or 0)

    def by_number(self, workload: str, number: int) -> CorpusDocument | None:
        """See `DocumentStore.by_number`."""
        return next(iter(self._select("by_number", workload=workload, number=number)), None)

    def by_name(self, workload: str, name: str) -> CorpusDocument | None:
        """See `DocumentStore.by_name`."""
        return next(iter(self._select("by_name", workload=workload, name=name)), None)

    def by_sha256(self, workload: str, sha256: str) -> CorpusDocument | None:
        """See `DocumentStore.by_sha256`."""
        return next(iter(self._select("by_sha256", workload=workload, sha256=sha256)), None)

    def set_status(
        self, workload: str, sha256: str, *, status: DocumentStatus, pages: int | None = None
    ) -> CorpusDocument:
        """See `DocumentStore.set_status`."""
        changed = self._select("set_status", workload=workload, sha256=sha256, status=status, pages=pages)
        if not changed:
            raise NotFoundError(
                f"workload {workload!r} has no document with sha256 {sha256}",
                action="add it with `wk documents add`",
            )
        return changed[0]

    def _select(self, query: str, /, **values: object) -> tuple[CorpusDocument, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=kwargs_row(_document))
            return tuple(cursor.execute(statement(f"documents/{query}"), values).fetchall())


def _document(*, status: str, **columns: object) -> CorpusDocument:
    return CorpusDocument(status=DocumentStatus(status), **columns)  # type: ignore[arg-type] # as selected

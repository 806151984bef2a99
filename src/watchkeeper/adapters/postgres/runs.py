"""The runs in PostgreSQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import kwargs_row, scalar_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.run import Run, RunStatus


class PostgresRuns:
    """A `RunStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def create(self, run: Run) -> None:
        """See `RunStore.create`."""
        values = {name: getattr(run, name) for name in Run.__dataclass_fields__}
        with self._database.transaction() as connection:
            created = connection.execute(
                statement("runs/create"), {**values, "details": as_json(run.details)}
            ).fetchone()
        if created is None:
            raise ConflictError(f"run id {run.run_id} is taken", action="take the next free run id")

    def update_counts(self, run_id: str, *, ok: int, needs_ocr: int, failed: int, pages: int) -> None:
        """See `RunStore.update_counts`."""
        counts = {"ok": ok, "needs_ocr": needs_ocr, "failed": failed, "pages": pages}
        with self._database.transaction() as connection:
            updated = connection.execute(statement("runs/update_counts"), {"run_id": run_id, **counts})
            if updated.fetchone() is None:
                raise _no_run(run_id)

    def finish(
        self,
        run_id: str,
        *,
        status: RunStatus,
        finished_at: datetime,
        seconds: float,
        details: Mapping[str, object] | None = None,
    ) -> Run:
        """See `RunStore.finish`."""
        with self._database.transaction() as connection:
            known = _one(connection, "get_to_change", {"run_id": run_id})
            values = {
                "run_id": run_id,
                "status": status,
                "finished_at": finished_at,
                "seconds": seconds,
                "details": as_json({**known.details, **(details or {})}),
            }
            return _one(connection, "finish", values)

    def resume(self, run_id: str, *, items: int) -> Run:
        """See `RunStore.resume`."""
        with self._database.transaction() as connection:
            return _one(connection, "resume", {"run_id": run_id, "items": items})

    def get(self, run_id: str) -> Run | None:
        """See `RunStore.get`."""
        with self._database.transaction() as connection:
            return _rows(connection).execute(statement("runs/get"), {"run_id": run_id}).fetchone()

    def newest(self, limit: int, *, workload: str | None = None) -> tuple[Run, ...]:
        """See `RunStore.newest`."""
        with self._database.transaction() as connection:
            found = _rows(connection).execute(
                statement("runs/newest"), {"limit": limit, "workload": workload}
            )
            return tuple(found.fetchall())

    def running(self) -> tuple[Run, ...]:
        """See `RunStore.running`."""
        with self._database.transaction() as connection:
            return tuple(_rows(connection).execute(statement("runs/running")).fetchall())

    def interrupt(self, run_ids: Collection[str]) -> tuple[str, ...]:
        """See `RunStore.interrupt`."""
        with self._database.transaction() as connection:
            marked = connection.cursor(row_factory=scalar_row).execute(
                statement("runs/interrupt"), {"run_ids": list(run_ids)}
            )
            return tuple(sorted(marked.fetchall()))


def _rows(connection: psycopg.Connection[Any]) -> psycopg.Cursor[Run]:
    return connection.cursor(row_factory=kwargs_row(_run))


def _one(connection: psycopg.Connection[Any], name: str, values: Mapping[str, object]) -> Run:
    run = _rows(connection).execute(statement(f"runs/{name}"), values).fetchone()
    if run is None:
        raise _no_run(str(values["run_id"]))
    return run


def _no_run(run_id: str) -> NotFoundError:
    return NotFoundError(f"there is no run {run_id}", action="list the runs with `wk status`")


def _run(*, status: str, **columns: object) -> Run:
    return Run(status=RunStatus(status), **columns)  # type: ignore[arg-type] # as selected

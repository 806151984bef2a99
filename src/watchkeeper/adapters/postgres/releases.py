"""Releases in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.course import Move
from watchkeeper.releases.proof import Proof
from watchkeeper.releases.release import Pins, Release

_AGAIN = "look again, then decide again"


class PostgresReleases:
    """A `ReleaseStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def add(self, release: Release, made: Move) -> Release:
        """See `ReleaseStore.add`."""
        values = {name: getattr(release, name) for name in Release.__dataclass_fields__}
        with self._database.transaction() as connection:
            row = connection.execute(
                statement("releases/add"), {**values, "pins": as_json(release.pins.as_texts())}
            ).fetchone()
            if row is not None:
                connection.execute(statement("releases/add_move"), asdict(made))
        kept = self.get(release.release_id)
        assert kept is not None
        return kept

    def get(self, release_id: str) -> Release | None:
        """See `ReleaseStore.get`."""
        return next(iter(self._releases("get", release_id=release_id)), None)

    def of(self, workload: str | None = None) -> tuple[Release, ...]:
        """See `ReleaseStore.of`."""
        return self._releases("of", workload=workload)

    def apply(self, moves: Sequence[Move]) -> None:
        """See `ReleaseStore.apply`."""
        with self._database.transaction() as connection:
            for one in moves:
                self._apply(connection, one)

    @staticmethod
    def _apply(connection: "psycopg.Connection[Any]", one: Move) -> None:
        try:
            moved = connection.execute(statement("releases/move"), asdict(one)).fetchone()
        except psycopg.errors.UniqueViolation:
            raise ConflictError(
                f"{one.workload} would have two releases that are {one.after}", action=_AGAIN
            ) from None
        if moved is None:
            raise ConflictError(f"{one.release_id} is no longer {one.before}", action=_AGAIN)
        connection.execute(statement("releases/add_move"), asdict(one))

    def moves(self, *, release_id: str | None = None, workload: str | None = None) -> tuple[Move, ...]:
        """See `ReleaseStore.moves`."""
        rows = self._rows("moves", release_id=release_id, workload=workload)
        return tuple(Move(**row) for row in rows)

    def prove(self, proof: Proof) -> None:
        """See `ReleaseStore.prove`."""
        with self._database.transaction() as connection:
            connection.execute(statement("releases/prove"), asdict(proof))

    def proofs(self, release_id: str) -> tuple[Proof, ...]:
        """See `ReleaseStore.proofs`."""
        return tuple(Proof(**row) for row in self._rows("proofs", release_id=release_id))

    def _releases(self, name: str, **values: object) -> tuple[Release, ...]:
        rows = self._rows(name, **values)
        return tuple(Release(**{**row, "pins": Pins.of_texts(row["pins"])}) for row in rows)

    def _rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(statement(f"releases/{name}"), values).fetchall()
        return [{column: _in_utc(value) for column, value in row.items()} for row in found]


def _in_utc(value: object) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value

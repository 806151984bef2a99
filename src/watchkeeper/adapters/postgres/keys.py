"""The keys of an installation in PostgreSQL: hashes, and an audit that only grows."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, kwargs_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.gateway.keys.api_key import ApiKey, KeyAct, KeyRole
from watchkeeper.gateway.keys.ports import KeySet

Connection = psycopg.Connection[Any]


class PostgresKeys:
    """A `KeyStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def add(self, key: ApiKey) -> None:
        """See `KeyStore.add`."""
        with self._database.transaction() as connection:
            connection.execute(statement("keys/lock"))
            if connection.execute(statement("keys/add"), asdict(key)).fetchone() is None:
                raise ConflictError(f"key {key.key_id} is there already", action="make another key")
            _keep_act(connection, _act_of(key))

    def revoke(self, key_id: str, *, by: str, reason: str | None, at: datetime) -> ApiKey:
        """See `KeyStore.revoke`."""
        with self._database.transaction() as connection:
            connection.execute(statement("keys/lock"))
            values: dict[str, Any] = {"key_id": key_id, "by": by, "reason": reason, "at": at}
            if connection.execute(statement("keys/revoke"), values).fetchone() is not None:
                _keep_act(connection, KeyAct(act="revoked", **values))
            found = _keys(connection).execute(statement("keys/get"), {"key_id": key_id}).fetchone()
        if found is None:
            raise NotFoundError(
                f"there is no key {key_id[:60]!r}", action="list the keys with `wk keys list`"
            )
        return found

    def all(self) -> KeySet:
        """See `KeyStore.all`."""
        with self._database.transaction() as connection:
            return _all(connection, _revision(connection))

    def changed(self, since: int) -> KeySet | None:
        """See `KeyStore.changed`."""
        with self._database.transaction() as connection:
            revision = _revision(connection)
            return None if revision == since else _all(connection, revision)

    def acts(self) -> tuple[KeyAct, ...]:
        """See `KeyStore.acts`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(KeyAct))
            return tuple(cursor.execute(statement("keys/acts")).fetchall())


def _act_of(key: ApiKey) -> KeyAct:
    return KeyAct(key_id=key.key_id, act="created", by=key.created_by, reason=None, at=key.created_at)


def _keep_act(connection: Connection, act: KeyAct) -> None:
    connection.execute(statement("keys/act"), asdict(act))


def _revision(connection: Connection) -> int:
    """Read before the keys: a change between the two is in the keys already, and is read once more."""
    row = connection.execute(statement("keys/revision")).fetchone()
    assert row is not None
    return int(row[0])


def _all(connection: Connection, revision: int) -> KeySet:
    return KeySet(revision, tuple(_keys(connection).execute(statement("keys/all")).fetchall()))


def _keys(connection: Connection) -> psycopg.Cursor[ApiKey]:
    return connection.cursor(row_factory=kwargs_row(_key))


def _key(*, role: str, **columns: Any) -> ApiKey:
    for name in ("expires_at", "created_at", "revoked_at"):
        columns[name] = columns[name] and columns[name].astimezone(UTC)
    return ApiKey(role=KeyRole(role), **columns)

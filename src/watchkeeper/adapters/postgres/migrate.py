"""The schema, brought up to what this version knows: named `.sql` files, in order, each once.

A landed file is never edited (its hash is kept and compared). An older schema is backed up before it
is changed, a newer one refused. One process migrates at a time.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from watchkeeper.adapters.postgres.backup import back_up
from watchkeeper.adapters.postgres.database import check_conninfo, told_plainly
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import StateSchemaError

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK_TIMEOUT = "10min"
"""How long another process may be migrating before we give up; a backup goes first there."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    sql: bytes

    @property
    def sha256(self) -> str:
        """Of the file, as it landed."""
        return hashlib.sha256(self.sql).hexdigest()


@dataclass(frozen=True, slots=True)
class Migrated:
    """What migrating did."""

    version: int
    """The schema's version now."""
    applied: tuple[Migration, ...]
    backup: Path | None
    """Where the state before was saved; None when nothing older was there, or nothing was to do."""


def known_migrations() -> tuple[Migration, ...]:
    """Every migration of this version of the code, in order."""
    folder = files("watchkeeper.adapters.postgres").joinpath("migrations")
    found = [(_FILE_NAME.fullmatch(file.name), file) for file in folder.iterdir()]
    known = [Migration(int(name[1]), name[2], file.read_bytes()) for name, file in found if name]
    return tuple(sorted(known, key=lambda migration: migration.version))


def migrate(
    conninfo: str, *, clock: Clock, backup_dir: Path, migrations: Sequence[Migration] | None = None
) -> Migrated:
    """Bring the schema up to date; running it again changes nothing.

    Args:
        conninfo: The database, as a URL or a libpq connection string.
        clock: Tells when each step landed, and names the backup.
        backup_dir: Where an older schema's data is saved before it is changed.
        migrations: The steps, in order; those of this version of the code by default.

    Raises:
        StateSchemaError: The schema is newer than the code, or a landed migration was edited.
        StorageFullError: No room for the backup or the new schema.
        UnavailableError: The database does not answer, or cannot be backed up.
    """
    steps = known_migrations() if migrations is None else tuple(migrations)
    checked = check_conninfo(conninfo)
    with told_plainly(), psycopg.connect(checked, autocommit=True, row_factory=tuple_row) as connection:
        connection.execute("select set_config('lock_timeout', %s, false)", [_LOCK_TIMEOUT])
        connection.execute(statement("migrations/lock"))
        connection.execute(statement("migrations/table"))
        landed = connection.execute(statement("migrations/applied")).fetchall()
        pending = _pending(steps, landed)
        backup = None
        if landed and pending:
            name = f"state-v{landed[-1][0]:04d}-{clock.now():%Y%m%dT%H%M%SZ}.dump"
            backup = back_up(checked, backup_dir / name)
        for step in pending:
            _land(connection, step, clock)
    return Migrated(version=max((s.version for s in steps), default=0), applied=pending, backup=backup)


def _pending(steps: Sequence[Migration], landed: Sequence[tuple[Any, ...]]) -> tuple[Migration, ...]:
    known = {step.version: step for step in steps}
    newest = max(known, default=0)
    for version, name, sha256, _ in landed:
        if version > newest:
            raise StateSchemaError(
                f"the stored state has schema {version} ({name}), and this version knows up to {newest}",
                action="run the newer version of Watchkeeper that wrote it, or restore an older backup",
            )
        step = known.get(version)
        if step is None or (step.name, step.sha256) != (name, sha256):
            raise StateSchemaError(
                f"migration {version} ({name}) is not the file that was applied to this state",
                action="restore the file as it landed and put the change into a new migration",
            )
    done = {row[0] for row in landed}
    last = max(done, default=0)
    pending = tuple(step for step in steps if step.version not in done)
    for step in pending:
        if step.version < last:
            raise StateSchemaError(
                f"migration {step.version} ({step.name}) comes before {last}, which has landed already",
                action="give the new migration the next free number",
            )
    return pending


def _land(connection: psycopg.Connection[Any], step: Migration, clock: Clock) -> None:
    with connection.transaction():
        connection.execute(step.sql)
        connection.execute(
            statement("migrations/landed"),
            {"version": step.version, "name": step.name, "sha256": step.sha256, "applied_at": clock.now()},
        )

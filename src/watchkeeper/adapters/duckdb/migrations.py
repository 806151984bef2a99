"""The schema and its versions: an older file is migrated after a backup, a newer one refused."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.domain.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; its file is never edited once landed."""

    version: int
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """The migrations of this version of Watchkeeper, oldest first, from `migrations/<nnnn>_*.sql`."""
    folder = files(__package__).joinpath("migrations")
    steps = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return tuple(
        Migration(int(entry.name.split("_")[0]), entry.read_text(encoding="utf-8"))
        for entry in sorted(steps, key=lambda entry: entry.name)
    )


def schema_version(cursor: duckdb.DuckDBPyConnection) -> int:
    """The version of the schema; 0 for a file without one."""
    found = cursor.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = 'schema_version'"
    ).fetchone()
    if not found or not found[0]:
        return 0
    row = cursor.execute("SELECT version FROM schema_version").fetchone()
    return int(row[0]) if row else 0


def check_not_newer(path: Path, version: int, migrations: Sequence[Migration]) -> None:
    """Refuse a file that a later version of Watchkeeper has written.

    Raises:
        ConflictError: It is of a later version.
    """
    newest = migrations[-1].version
    if version > newest:
        raise ConflictError(
            f"telemetry file {path} has schema version {version}; this version knows up to {newest}",
            action="use the newer version of Watchkeeper that wrote it, or a backup from before",
        )


def migrate(cursor: duckdb.DuckDBPyConnection, *, version: int, migrations: Sequence[Migration]) -> None:
    """Run what is missing, inside the caller's transaction."""
    for migration in migrations:
        if migration.version > version:
            cursor.execute(migration.sql)
    cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    cursor.execute("DELETE FROM schema_version")
    cursor.execute("INSERT INTO schema_version VALUES ($version)", {"version": migrations[-1].version})


def back_up(path: Path, version: int) -> Path:
    """Copy a closed file to `<file>.v<version>-backup`, or the next free name of that kind.

    Returns:
        The copy, which is on the disk for good.

    Raises:
        StorageFullError: There is no room for it; the file is as it was.
    """
    copy, n = path.with_name(f"{path.name}.v{version}-backup"), 1
    while copy.exists():
        n += 1
        copy = path.with_name(f"{path.name}.v{version}-backup-{n}")
    half = copy.with_name(copy.name + ".part")
    try:
        shutil.copyfile(path, half)
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.rename(copy)
    except OSError as failure:
        half.unlink(missing_ok=True)
        raise not_writable(copy, failure) from failure
    return copy

"""A whole database saved to one file, with PostgreSQL's own `pg_dump`.

Restore it into an empty database with `pg_restore --dbname=… FILE`; the wheel brings that too.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from watchkeeper.adapters.postgres.binaries import program
from watchkeeper.adapters.postgres.disk_room import check_writable
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.domain.errors import UnavailableError


def back_up(conninfo: str, target: Path) -> Path:
    """Save the database to `target`, whole or not at all; only this user may read the file.

    Raises:
        StorageFullError: There is no room, or the folder cannot be written.
        UnavailableError: `pg_dump` failed, such as on a server newer than itself.
    """
    with told_as_storage(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="backup-", dir=target.parent) as folder:
            dump = Path(folder) / "dump"
            done = subprocess.run(
                (
                    program("pg_dump"),
                    "--format=custom",
                    "--no-password",
                    f"--file={dump}",
                    f"--dbname={_without_password(conninfo, Path(folder))}",
                ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            if done.returncode != 0:
                check_writable(target.parent)
                raise UnavailableError(
                    f"the state could not be backed up before its schema is changed: "
                    f"pg_dump ended with status {done.returncode}: {' '.join(done.stderr.split())}",
                    action="mend what pg_dump names; nothing has been changed",
                )
            dump.chmod(0o600)
            with dump.open("rb") as file:
                os.fsync(file.fileno())
            dump.rename(target)
    return target


def _without_password(conninfo: str, folder: Path) -> str:
    """The same connection with its password in a file: everybody can read a command line."""
    settings: dict[str, Any] = dict(conninfo_to_dict(conninfo))
    password = settings.pop("password", None)
    if password is None:
        return conninfo
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
    password_file.write_text(f"*:*:*:*:{escaped}\n")
    return make_conninfo(**settings, passfile=str(password_file))

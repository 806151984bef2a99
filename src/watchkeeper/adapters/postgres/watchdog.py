"""Keeps the embedded PostgreSQL running while anyone holds it: `python -m …postgres.watchdog`.

One watchdog lives per data folder (it holds `watchdog.lock`). It makes the cluster, starts the
server or adopts the one that runs, starts it again whenever it dies, and stops it a while after the
last holder is gone. It is detached: its starter's end, or Ctrl-C in its terminal, does not reach it.

To its starter it speaks on standard output, one JSON object a line: `{"state": "starting"}` again and
again, then `ready`, `other` (another watchdog lives) or `failed` with `code`, `message`, `action`.
"""

import argparse
import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from watchkeeper.adapters.file_lock import FileLock
from watchkeeper.adapters.postgres.cluster import ensure_cluster
from watchkeeper.adapters.postgres.layout import Layout, remove_socket_folder
from watchkeeper.adapters.postgres.postmaster import bring_up, stop, wait_for_end
from watchkeeper.adapters.postgres.server_user import ServerUser, server_user
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.domain.errors import WatchkeeperError

_LOOK_EVERY_S = 0.5
"""How often holders are looked for; the server's death wakes the watchdog at once."""

_LOCK_TRIES = 10
_LOCK_PAUSE_S = 0.005

_LOG_LIMIT_BYTES = 5_000_000
"""Logs longer than this are started afresh, one old one kept."""


class Watchdog:
    """The one keeper of one data folder's server."""

    def __init__(self, layout: Layout, *, linger_s: float, patience_s: float) -> None:
        """Open the folder's lock files.

        Raises:
            StorageFullError: The folder cannot be written.
        """
        self._layout = layout
        self._linger_s = linger_s
        self._patience_s = patience_s
        self._user = server_user(layout.data_dir, folder=layout.folder)
        owner = None if self._user is None else (self._user.uid, self._user.gid)
        with told_as_storage(layout.folder):
            self._lock = FileLock(layout.watchdog_lock, owner=owner)
            self._holders = FileLock(layout.holders_lock, owner=owner)
        self._asked_to_end = False

    def is_the_only_one(self) -> bool:
        """Take the folder's watchdog lock; False when another watchdog has it.

        A holder that asks whether a watchdog lives has the lock for a moment too, so one refusal
        proves nothing.
        """
        for _ in range(_LOCK_TRIES):
            if self._lock.try_exclusive():
                return True
            select.select((), (), (), _LOCK_PAUSE_S)
        return False

    def start(self) -> None:
        """Make the cluster if need be and bring the server up, telling the starter how it goes.

        Raises:
            WatchkeeperError: It cannot be brought up.
        """
        for log in (self._layout.server_log, self._layout.watchdog_log):
            _keep_short(log, self._user)
        with told_as_storage(self._layout.folder):
            tell("starting")
            ensure_cluster(self._layout, self._user)
            self._bring_up()

    def watch(self) -> None:
        """Keep the server up until the last holder has been gone for the linger time, then stop it.

        Raises:
            WatchkeeperError: It died and cannot be brought up again.
        """
        signal.signal(signal.SIGTERM, self._end)
        idle_since = time.monotonic()
        touched_ns = self._holders.touched_ns()
        while not self._asked_to_end:
            if wait_for_end(self._postmaster.pid, timeout_s=_LOOK_EVERY_S):
                log(f"the server (process {self._postmaster.pid}) is gone; starting it again")
                with told_as_storage(self._layout.folder):
                    self._bring_up()
            was_touched_ns, touched_ns = touched_ns, self._holders.touched_ns()
            if not self._holders.try_exclusive():
                idle_since = time.monotonic()
                continue
            if touched_ns != was_touched_ns:  # held and let go between two looks
                idle_since = time.monotonic()
            if time.monotonic() - idle_since >= self._linger_s:
                break
            self._holders.release()
        self._stop()

    def _bring_up(self) -> None:
        self._postmaster = bring_up(
            self._layout, self._user, patience_s=self._patience_s, tell=lambda: tell("starting")
        )
        log(f"the server (process {self._postmaster.pid}) is ready")

    def _stop(self) -> None:
        # The holders' lock is kept while the server stops: who comes now waits for us, then begins anew.
        log(f"stopping the server (process {self._postmaster.pid})")
        stop(self._postmaster)
        remove_socket_folder(self._layout, self._postmaster.socket_folder)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked_to_end = True


def tell(state: str, **more: str) -> None:
    """Say a line to the starter; nobody may be listening any more."""
    try:
        os.write(1, json.dumps({"state": state, **more}).encode() + b"\n")
    except BrokenPipeError:
        return


def log(text: str) -> None:
    """Write a line to the watchdog's log, which standard error is."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with suppress(OSError):  # a full disk must not keep us from watching
        os.write(2, f"{at} watchdog {os.getpid()}: {text}\n".encode())


def main(arguments: list[str]) -> int:
    """Run a watchdog to its end; the exit status tells nobody anything."""
    parser = argparse.ArgumentParser(prog="watchdog", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--linger-s", type=float, required=True)
    parser.add_argument("--patience-s", type=float, required=True)
    options = parser.parse_args(arguments)
    if os.fork() > 0:  # our starter waits for this first process only and keeps no child of ours
        os._exit(0)
    os.setsid()
    os.chdir("/")
    try:
        watchdog = Watchdog(
            Layout(options.data_dir), linger_s=options.linger_s, patience_s=options.patience_s
        )
        if not watchdog.is_the_only_one():
            tell("other")
            return 0
        watchdog.start()
        tell("ready")
        _leave_starter()
        watchdog.watch()
    except WatchkeeperError as problem:
        log(f"giving up: {problem.message}")
        tell("failed", code=problem.code, message=problem.message, action=problem.action)
        return 1
    except OSError as problem:
        log(f"giving up: {problem}")
        tell("failed", code=WatchkeeperError.code, message=f"PostgreSQL cannot be started: {problem}")
        return 1
    return 0


def _leave_starter() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _keep_short(log_file: Path, user: ServerUser | None) -> None:
    if log_file.exists() and log_file.stat().st_size > _LOG_LIMIT_BYTES:
        log_file.rename(log_file.with_suffix(".old.log"))
    log_file.touch(mode=0o600)
    if user is not None:
        os.chown(log_file, user.uid, user.gid)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Stopping the embedded PostgreSQL at once, without the time it lingers after its last holder."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from watchkeeper.adapters.file_lock import is_locked
from watchkeeper.adapters.postgres.layout import Layout
from watchkeeper.adapters.postgres.pid_file import running_postmaster
from watchkeeper.domain.clock import Clock

_WATCHDOG = "watchkeeper.adapters.postgres.watchdog"
_LOOK_EVERY_S = 0.05


def stop_now(data_dir: Path, clock: Clock, *, within_s: float) -> int | None:
    """Ask the folder's watchdog to stop its server, and wait until both are gone.

    Whoever still holds the server starts it again; so stop its holders first.

    Args:
        data_dir: The data folder.
        clock: Measures the wait.
        within_s: Seconds to wait at most.

    Returns:
        The pid of the server that was stopped; None when none ran, or it has not ended in time.
    """
    layout = Layout(data_dir.resolve())
    found = running_postmaster(layout) if layout.folder.exists() else None
    if found is None:
        return None
    for pid in _watchdogs(layout.data_dir):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline_s = clock.monotonic() + within_s
    pause = threading.Event()
    while clock.monotonic() < deadline_s:
        if not is_locked(layout.watchdog_lock) and running_postmaster(layout) is None:
            return found.pid
        pause.wait(_LOOK_EVERY_S)
    return None


def _watchdogs(data_dir: Path) -> Iterator[int]:
    """The pids of watchdogs of this folder, by their command lines."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            words = folder.joinpath("cmdline").read_bytes().split(b"\0")
            if _WATCHDOG.encode() in words and os.fsencode(data_dir) in words:
                yield int(folder.name)

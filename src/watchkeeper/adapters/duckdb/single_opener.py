"""Only one process may hold a telemetry file: a lock beside it that dies with its holder."""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from watchkeeper.adapters.file_lock import FileLock
from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.domain.errors import ConflictError, StorageFullError


class SingleOpener:
    """The lock `<file>.lock`, held from opening to closing; the kernel takes it back on any death.

    DuckDB refuses a second process too, but tells it only in words, and lets one process open a
    file twice.
    """

    def __init__(self, lock: FileLock) -> None:
        self._lock: FileLock | None = lock

    @classmethod
    def of(cls, path: Path) -> Self:
        """Take the lock of a telemetry file.

        Raises:
            ConflictError: Another holder has it.
            StorageFullError: The lock file cannot be made.
        """
        beside = path.with_name(path.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(beside)
        except OSError as failure:
            raise not_writable(path, failure) from failure
        if not lock.try_exclusive():
            lock.close()
            raise held_elsewhere(path, _pid_in(beside))
        try:
            beside.write_text(f"{os.getpid()}\n", encoding="ascii")
        except OSError as failure:
            lock.close()
            raise not_writable(path, failure) from failure
        return cls(lock)

    def close(self) -> None:
        """Let the lock go; safe to repeat."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _pid_in(lock_file: Path) -> str:
    """Who says to hold the lock; a number, for a message."""
    with suppress(OSError):
        said = lock_file.read_bytes()[:20].decode("ascii", "replace").strip()
        if said:
            return said
    return "unknown"


def held_elsewhere(path: Path, holder: str) -> ConflictError:
    """The error of a second opener."""
    return ConflictError(
        f"telemetry file {path} is open in another process (pid {holder})",
        action="ask the running server instead, or stop it first with `wk down`",
    )


def held_by_foreign_process(path: Path) -> bool:
    """Whether a process that does not know our lock has the file open through DuckDB.

    Only to be asked while this process has the file closed: closing any handle of a file drops the
    record locks its process holds on it.
    """
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as failure:
        return failure.errno in {errno.EACCES, errno.EAGAIN} and os.access(path, os.W_OK)
    return False


PROBE_BYTES = 1 << 20
"""What must still fit: a commit of a thousand spans takes about half of it."""


def write_problem(path: Path) -> StorageFullError | None:
    """Why nothing can be written beside a file, found out by writing; None when it can be."""
    probe = path.with_name(path.name + ".probe")
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * PROBE_BYTES)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not os.access(path, os.W_OK):
            return not_writable(path, PermissionError(errno.EACCES, "not permitted"))
    except OSError as failure:
        return not_writable(path, failure)
    finally:
        probe.unlink(missing_ok=True)
    return None

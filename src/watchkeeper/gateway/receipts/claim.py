"""One writer is one process: a series belongs to whoever holds the lock of its name."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.errors import ConflictError, InvalidInputError, StorageFullError
from watchkeeper.gateway.receipts.series import WRITER_NAME

_MOST_WRITERS = 1000
"""Writers of one name at the same time; far beyond the processes of one machine."""


def unwritable(folder: Path, problem: OSError) -> StorageFullError:
    """The error for a receipts folder that cannot be written, whatever the reason."""
    return StorageFullError(
        f"receipts cannot be written to {folder}: {problem.strerror or type(problem).__name__}",
        action="free space on the disk, or make the folder writable, and run again",
    )


@dataclass(slots=True)
class SeriesClaim:
    """A writer name held by this process until `release`, or until the process is gone."""

    writer: str
    _lock_fd: int

    def release(self) -> None:
        """Let another process take the name."""
        os.close(self._lock_fd)


def claim_series(folder: Path, name: str) -> SeriesClaim:
    """Hold the first free one of the names `name`, `name.2`, `name.3` and so on.

    A dead process holds nothing, so its series is continued by the next one: there are never more
    series than there were writers at the same time.

    Raises:
        InvalidInputError: The name cannot be part of a file's name.
        StorageFullError: The folder cannot be made or written.
        ConflictError: A thousand living writers hold the name.
    """
    if not WRITER_NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name!r} cannot name a writer of receipts",
            action="use up to 64 lower-case letters, digits, dots, hyphens and underscores",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for n in range(1, _MOST_WRITERS + 1):
            writer = name if n == 1 else f"{name}.{n}"
            lock_fd = _lock(folder / f"{writer}.lock")
            if lock_fd is not None:
                return SeriesClaim(writer, lock_fd)
    except OSError as problem:
        raise unwritable(folder, problem) from problem
    raise ConflictError(
        f"{_MOST_WRITERS} living processes write receipts as {name!r} in {folder}",
        action="end those that are not needed",
    )


def _lock(path: Path) -> int | None:
    lock_fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock_fd)
        return None
    except OSError:
        os.close(lock_fd)
        raise
    return lock_fd

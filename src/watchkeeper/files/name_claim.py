"""A writer's name in a folder belongs to one living process: whoever holds the lock of that name."""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.errors import ConflictError, InvalidInputError

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
"""What a writer may be called; it is part of a file's name."""
MOST_HOLDERS = 1000
"""Holders of one name at the same time; far beyond the processes of one machine."""


@dataclass(frozen=True, slots=True)
class NameClaim:
    """A name held until `release`, or until the process is gone, however it goes (`flock`)."""

    writer: str
    _lock_fd: int

    def release(self) -> None:
        """Let another process take the name."""
        os.close(self._lock_fd)


def claim_name(folder: Path, name: str, *, what: str) -> NameClaim:
    """Hold the first free one of the names `name`, `name.2`, `name.3` and so on.

    A dead process holds nothing, so what it wrote is continued by the next one: there are never more
    series of files than there were writers at the same time.

    Args:
        folder: Where the files lie; made where it is missing.
        name: The wished name.
        what: What is written, as a person reads it, such as `receipts`.

    Raises:
        InvalidInputError: The name cannot be part of a file's name.
        OSError: The folder cannot be made or written.
        ConflictError: A thousand living processes hold the name.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name!r} cannot name a writer of {what}",
            action="use up to 64 lower-case letters, digits, dots, hyphens and underscores",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, MOST_HOLDERS + 1):
        claim = try_claim(folder, name if n == 1 else f"{name}.{n}")
        if claim is not None:
            return claim
    raise ConflictError(
        f"{MOST_HOLDERS} living processes write {what} as {name!r} in {folder}",
        action="end those that are not needed",
    )


def try_claim(folder: Path, writer: str) -> NameClaim | None:
    """Hold a name, unless a living process does.

    Raises:
        OSError: The lock file cannot be made.
    """
    lock_fd = os.open(folder / f"{writer}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock_fd)
        return None
    except OSError:
        os.close(lock_fd)
        raise
    return NameClaim(writer, lock_fd)

"""Where budget journals lie: `<writer>-<n>.journal` with a lock a writer, held while its process lives."""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.errors import ConflictError, InvalidInputError, StorageFullError

_FILE = re.compile(r"(?P<writer>[a-z0-9][a-z0-9_.-]*)-(?P<number>[0-9]{1,9})\.journal")
_WRITER_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_MOST_WRITERS = 1000
"""Writers of one name at the same time; far beyond the processes of one machine."""


@dataclass(frozen=True, slots=True, order=True)
class JournalFile:
    """One file of a writer."""

    writer: str
    number: int
    path: Path


@dataclass(frozen=True, slots=True)
class JournalClaim:
    """A writer's name, held until `release` or until the process is gone, however it goes (`flock`)."""

    writer: str
    _lock_fd: int

    def release(self) -> None:
        """Let another process take the name."""
        os.close(self._lock_fd)


def journal_files(folder: Path) -> dict[str, tuple[JournalFile, ...]]:
    """Every writer's files, oldest first; nothing where there is no such folder."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    found: dict[str, list[JournalFile]] = {}
    for match in filter(None, map(_FILE.fullmatch, names)):
        file = JournalFile(match["writer"], int(match["number"]), folder / match[0])
        found.setdefault(file.writer, []).append(file)
    return {writer: tuple(sorted(files)) for writer, files in found.items()}


def journal_path(folder: Path, writer: str, number: int) -> Path:
    """The path of a writer's n-th file."""
    return folder / f"{writer}-{number:06d}.journal"


def claim_journal(folder: Path, name: str) -> JournalClaim:
    """Hold the first free one of the names `name`, `name.2`, `name.3` and so on.

    Raises:
        InvalidInputError: The name cannot be part of a file's name.
        StorageFullError: The folder cannot be made or written.
        ConflictError: A thousand living processes hold the name.
    """
    if not _WRITER_NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name!r} cannot name a writer of a budget journal",
            action="use up to 64 lower-case letters, digits, dots, hyphens and underscores",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for n in range(1, _MOST_WRITERS + 1):
            claim = try_claim(folder, name if n == 1 else f"{name}.{n}")
            if claim is not None:
                return claim
    except OSError as problem:
        raise unwritable(folder, problem) from problem
    raise ConflictError(
        f"{_MOST_WRITERS} living processes spend as {name!r} in {folder}", action="end those not needed"
    )


def try_claim(folder: Path, writer: str) -> JournalClaim | None:
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
    return JournalClaim(writer, lock_fd)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def unwritable(folder: Path, problem: OSError) -> StorageFullError:
    """The error for a journal that cannot be written, whatever the reason."""
    return StorageFullError(
        f"budgets cannot be journalled in {folder}: {problem.strerror or type(problem).__name__}",
        action="free space on the disk, or make the folder writable; no money is spent until then",
    )

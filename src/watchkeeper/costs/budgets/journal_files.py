"""Where budget journals lie: `<writer>-<n>.journal` with a lock a writer, held while its process lives."""

import re
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.errors import StorageFullError
from watchkeeper.files import NameClaim, claim_name

_FILE = re.compile(r"(?P<writer>[a-z0-9][a-z0-9_.-]*)-(?P<number>[0-9]{1,9})\.journal")


@dataclass(frozen=True, slots=True, order=True)
class JournalFile:
    """One file of a writer."""

    writer: str
    number: int
    path: Path


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


def claim_journal(folder: Path, name: str) -> NameClaim:
    """Hold the first free one of the names `name`, `name.2`, `name.3` and so on.

    Raises:
        InvalidInputError: The name cannot be part of a file's name.
        StorageFullError: The folder cannot be made or written.
        ConflictError: A thousand living processes hold the name.
    """
    try:
        return claim_name(folder, name, what="budget journals")
    except OSError as problem:
        raise unwritable(folder, problem) from problem


def unwritable(folder: Path, problem: OSError) -> StorageFullError:
    """The error for a journal that cannot be written, whatever the reason."""
    return StorageFullError(
        f"budgets cannot be journalled in {folder}: {problem.strerror or type(problem).__name__}",
        action="free space on the disk, or make the folder writable; no money is spent until then",
    )

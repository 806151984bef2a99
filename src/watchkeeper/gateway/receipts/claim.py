"""One writer of receipts is one process: a series belongs to whoever holds its name."""

from pathlib import Path

from watchkeeper.domain.errors import StorageFullError
from watchkeeper.files import NameClaim, claim_name


def unwritable(folder: Path, problem: OSError) -> StorageFullError:
    """The error for a receipts folder that cannot be written, whatever the reason."""
    return StorageFullError(
        f"receipts cannot be written to {folder}: {problem.strerror or type(problem).__name__}",
        action="free space on the disk, or make the folder writable, and run again",
    )


def claim_series(folder: Path, name: str) -> NameClaim:
    """Hold the first free one of the names `name`, `name.2`, `name.3` and so on.

    Raises:
        InvalidInputError: The name cannot be part of a file's name.
        StorageFullError: The folder cannot be made or written.
        ConflictError: A thousand living writers hold the name.
    """
    try:
        return claim_name(folder, name, what="receipts")
    except OSError as problem:
        raise unwritable(folder, problem) from problem

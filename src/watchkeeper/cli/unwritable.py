"""A file a command could not write: one sentence instead of a traceback."""

from pathlib import Path

from watchkeeper.adapters.unwritable import unwritable
from watchkeeper.domain.errors import StorageFullError


def told_of(failure: OSError) -> StorageFullError | None:
    """Our error for the system's refusal to write a file; None when it failed for another reason."""
    place = Path(failure.filename) if isinstance(failure.filename, str) else None
    told = unwritable(failure, place or Path())
    if told is None:
        return None
    where = "a file" if place is None else str(place)
    return StorageFullError(
        f"{where} cannot be written: {failure.strerror}",
        action="make room or mend the permissions of its folder",
    )

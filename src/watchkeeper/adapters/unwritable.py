"""What an operating system's refusal to write means to a person."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchkeeper.domain.errors import StorageFullError

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where a folder should be",
}


def unwritable(failure: OSError, folder: Path) -> StorageFullError | None:
    """The error of a data folder that takes nothing more; None when it failed for another reason."""
    why = None if failure.errno is None else _REASONS.get(failure.errno)
    if why is None:
        return None
    return StorageFullError(
        f"the data folder {folder} cannot be written: {why}",
        action="make room or mend its permissions, or choose another with `--data-dir`; nothing was lost",
    )


@contextmanager
def told_as_storage(folder: Path) -> Iterator[None]:
    """Turn the system's refusal to write in this folder into one sentence.

    Raises:
        StorageFullError: The disk is full or the folder cannot be written.
    """
    try:
        yield
    except OSError as failure:
        told = unwritable(failure, folder)
        if told is None:
            raise
        raise told from failure


def not_writable(path: Path, failure: OSError) -> StorageFullError:
    """The error of a file that could not be written, whatever the reason."""
    why = os.strerror(failure.errno) if failure.errno else str(failure)
    full = failure.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageFullError(
        f"cannot write {path}: {why}",
        action="free some disk space" if full else f"make the folder {path.parent} writable",
    )

"""What the operating system says about a folder that cannot be written, as one clear error."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchkeeper.domain.errors import StorageFullError

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "it is on a read-only file system",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EEXIST: "a file stands where a folder should be",
    errno.ENOTDIR: "a file stands where a folder should be",
}

WAL_SEGMENT_BYTES = 16 * 1024 * 1024
"""What PostgreSQL takes at once when its log of changes grows."""

_PROBE_BYTES = 1024 * 1024
"""Enough to tell a full disk: PostgreSQL needs at least a new page or two to start."""


@contextmanager
def told_as_storage(folder: Path) -> Iterator[None]:
    """Turn the system's refusal to write below `folder` into one sentence.

    Raises:
        StorageFullError: The disk is full, read-only or not ours to write.
    """
    try:
        yield
    except OSError as problem:
        reason = _REASONS.get(problem.errno or 0)
        if reason is None:
            raise
        raise StorageFullError(
            f"the data folder {folder} cannot be written: {reason}",
            action="free some space, change the folder's owner, or choose another with --data-dir",
        ) from problem


def check_room(folder: Path, needed_bytes: int) -> None:
    """See that so much can still be written in `folder`.

    Raises:
        StorageFullError: There is less.
    """
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise StorageFullError(
            f"the disk is full: {folder} has {free_bytes / 1e6:.0f} MB left, "
            f"and PostgreSQL needs {needed_bytes / 1e6:.0f} MB",
            action="free some space, or choose another folder with --data-dir",
        )


def check_writable(folder: Path) -> None:
    """Write and sync a megabyte in `folder`, take it away again, and see that there is room to work.

    Raises:
        StorageFullError: That did not work.
    """
    check_room(folder, WAL_SEGMENT_BYTES)
    probe = folder / f"probe-{os.getpid()}"
    with told_as_storage(folder):
        try:
            with probe.open("wb") as file:
                file.write(bytes(_PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            with suppress(FileNotFoundError):
                probe.unlink()

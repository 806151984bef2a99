"""Whether PostgreSQL has room to work, found out before it fails in its own words."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.domain.errors import StorageFullError

WAL_SEGMENT_BYTES = 16 * 1024 * 1024
"""What PostgreSQL takes at once when its log of changes grows."""

_PROBE_BYTES = 1024 * 1024
"""Enough to tell a full disk: PostgreSQL needs at least a new page or two to start."""


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

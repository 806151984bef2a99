"""The data folder: where it is, and saying in one sentence when it cannot be written."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from watchkeeper.domain.errors import StorageFullError

DEFAULT = Path(".watchkeeper")
_SUBFOLDERS = ("run", "logs", "receipts")
_UNWRITABLE = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "a file stands where the folder should be",
}


def data_folder(chosen: Path | None, environment: Mapping[str, str], working: Path) -> Path:
    """Where the data stands: as chosen, else `WATCHKEEPER_DATA_DIR`, else `.watchkeeper` here."""
    named = environment.get("WATCHKEEPER_DATA_DIR")
    return (working / (chosen or (Path(named) if named else DEFAULT))).resolve()


def prepare_data_folder(folder: Path) -> None:
    """Make the folder and what stands in it, and write a byte to be sure.

    Raises:
        StorageFullError: It cannot be written; nothing of what is there was touched.
    """
    with storage_told(folder):
        for name in _SUBFOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        probe = folder / "run" / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"?" * 4096)
        finally:
            probe.unlink(missing_ok=True)


@contextmanager
def storage_told(folder: Path) -> Iterator[None]:
    """Turn the system's refusal to write in this folder into our error.

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


def unwritable(failure: OSError, folder: Path) -> StorageFullError | None:
    """Our error for the system's refusal to write; None when it failed for another reason."""
    why = None if failure.errno is None else _UNWRITABLE.get(failure.errno)
    if why is None:
        return None
    return StorageFullError(
        f"the data folder {folder} cannot be written: {why}",
        action="make room or mend its permissions, or choose another with `--data-dir`; nothing was lost",
    )

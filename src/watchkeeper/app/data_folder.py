"""The data folder: where it is, and whether it can be written."""

import os
from collections.abc import Mapping
from pathlib import Path

from watchkeeper.adapters.unwritable import not_writable, told_as_storage

DEFAULT = Path(".watchkeeper")
_SUBFOLDERS = ("run", "logs", "receipts")


def data_folder(chosen: Path | None, environment: Mapping[str, str], working: Path) -> Path:
    """Where the data stands: as chosen, else `WATCHKEEPER_DATA_DIR`, else `.watchkeeper` here."""
    named = environment.get("WATCHKEEPER_DATA_DIR")
    return (working / (chosen or (Path(named) if named else DEFAULT))).resolve()


def prepare_data_folder(folder: Path) -> None:
    """Make the folder and what stands in it, and write a byte to be sure.

    Raises:
        StorageFullError: It cannot be written; nothing of what is there was touched.
    """
    with told_as_storage(folder):
        for name in _SUBFOLDERS:
            try:
                (folder / name).mkdir(parents=True, exist_ok=True)
            except FileNotFoundError as failure:  # Such as in `/proc`, where nobody can make one.
                raise not_writable(folder, failure) from failure
        probe = folder / "run" / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"?" * 4096)
        finally:
            probe.unlink(missing_ok=True)

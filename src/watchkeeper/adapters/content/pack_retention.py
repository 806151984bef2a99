"""Packs that go, oldest first: deleted, or moved whole into an archive."""

import os
import shutil
from pathlib import Path

from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_index import index_path
from watchkeeper.adapters.file_lock import is_locked
from watchkeeper.files import sync_path


def let_go(pack: Pack, *, archive: Path | None) -> None:
    """Delete a pack and its index, or move the pack into the archive first.

    A pack moved back from there is content again; its index is made anew.

    Raises:
        OSError: It can be neither deleted nor moved; then it is still there.
    """
    if archive is not None and pack.path.exists():
        _move(pack.path, archive)
    pack.path.unlink(missing_ok=True)
    index_path(pack.path).unlink(missing_ok=True)


def is_written_to(pack: Pack) -> bool:
    """Whether a living writer may still add to it."""
    return pack.index is None and is_locked(pack.path)


def pack_bytes(pack: Pack) -> int:
    """What a pack takes up, its index included."""
    return _size(pack.path) + _size(index_path(pack.path))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _move(path: Path, archive: Path) -> None:
    """Into another folder, which may be on another disk: whole there before it is gone here."""
    archive.mkdir(parents=True, exist_ok=True)
    unfinished = archive / f".{path.name}.part"
    try:
        shutil.copyfile(path, unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(archive / path.name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_path(archive)

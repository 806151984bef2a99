"""Writing packs: each writer has one of its own, and holds its lock for as long as it may write to it."""

import fcntl
import os
from pathlib import Path

from watchkeeper.adapters.content.pack_index import build_index
from watchkeeper.adapters.content.pack_names import PackName, begun_now
from watchkeeper.adapters.content.pack_scan import PACK_MAGIC
from watchkeeper.domain.clock import Clock
from watchkeeper.files import sync_path

MOST_PACK_BYTES = 64 * 1024 * 1024
"""A pack this long is finished and another begun: some hundred thousand pieces, indexed in half a second."""


class PackWriter:
    """The packs of one writer, one after the other; for one thread at a time."""

    def __init__(
        self, folder: Path, *, clock: Clock, synced: bool, most_bytes: int = MOST_PACK_BYTES
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._synced = synced
        self._most_bytes = most_bytes
        self._handle: int | None = None
        self._name: PackName | None = None
        self._day: str | None = None
        self._size = 0

    def begin(self) -> bool:
        """Make sure that there is a pack of today with room.

        Returns:
            True when it is the first of its day, or the one before is gone.

        Raises:
            OSError: It cannot be written.
        """
        begun = begun_now(self._clock.now())
        gone = self._handle is not None and os.fstat(self._handle).st_nlink == 0
        same_day = self._day == begun[:8] and not gone
        if self._handle is not None and same_day and self._size < self._most_bytes:
            return False
        self.finish()
        self._open(begun)
        self._day = begun[:8]
        return not same_day

    def append(self, blocks: bytes) -> None:
        """Add whole blocks to the pack; all of them or, when it raises, none.

        Raises:
            OSError: They cannot be written.
        """
        assert self._handle is not None
        try:
            written = 0
            while written < len(blocks):
                written += os.write(self._handle, memoryview(blocks)[written:])
            if self._synced:
                os.fdatasync(self._handle)
        except OSError:
            os.ftruncate(self._handle, self._size)
            raise
        self._size += len(blocks)

    def finish(self) -> None:
        """Write the pack's index and let go of it; safe to repeat.

        Raises:
            OSError: The index cannot be written; the pack is let go of, and another process will make one.
        """
        if self._handle is None or self._name is None:
            return
        path = self._folder / self._name.file
        try:
            if path.exists():
                build_index(path)
        except FileNotFoundError:
            # It was old enough to go, meanwhile.
            pass
        finally:
            os.close(self._handle)
            self._handle, self._name = None, None

    def _open(self, begun: str) -> None:
        new = not self._folder.is_dir()
        self._folder.mkdir(parents=True, exist_ok=True)
        if new and self._synced:
            sync_path(self._folder.parent)
        number = 0
        while self._handle is None:
            number += 1
            self._handle = self._made(PackName(begun, number))
        self._name = PackName(begun, number)
        self._size = 0
        self.append(PACK_MAGIC)
        if self._synced:
            sync_path(self._folder)

    def _made(self, name: PackName) -> int | None:
        """A handle on a new pack that holds its lock; None when it is somebody else's."""
        path = self._folder / name.file
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between the two, it may have been taken for one whose writer died.
            if os.fstat(handle).st_nlink:
                return handle
        except BlockingIOError:
            pass
        os.close(handle)
        return None

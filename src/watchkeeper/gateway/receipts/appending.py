"""The file a writer appends to: whole lines only, rotated by size, never continued after a torn line."""

import os
from pathlib import Path

from watchkeeper.files import sync_path
from watchkeeper.gateway.receipts.series import file_name
from watchkeeper.gateway.receipts.series_end import SeriesEnd


class AppendedFile:
    """The newest file of a series, opened for appending when the first line comes.

    Not thread-safe: the writer's lock guards it. Every method may raise `OSError`.
    """

    def __init__(self, folder: Path, writer: str, *, end: SeriesEnd, rotate_bytes: int) -> None:
        self._folder = folder
        self._writer = writer
        self._rotate_bytes = rotate_bytes
        self._number = end.last.number if end.last else 0
        self._size_bytes = end.size_bytes
        self._may_continue = end.last is not None and not end.torn
        self._path = end.last.path if end.last else folder
        self._fd: int | None = None
        self.sync_failed = False
        """Whether a file could not be synced: its last lines may be lost."""

    def append(self, line: bytes) -> None:
        """Append one line, its newline included.

        Raises:
            OSError: Nothing of it counts: what was written of it is a torn last line, and the next
                line goes into a new file.
        """
        fd = self._fd_for(len(line))
        written = 0
        try:
            while written < len(line):
                written += os.write(fd, line[written:])
        except OSError:
            if written:
                self._may_continue = False
            raise
        self._size_bytes += written

    def duplicate_fd(self) -> int | None:
        """A file descriptor of the open file for whoever syncs it and closes it; None when none is open."""
        return None if self._fd is None else os.dup(self._fd)

    def close(self) -> None:
        """Sync the open file and close it."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        try:
            os.fsync(fd)
        except OSError:
            self.sync_failed = True
            raise
        finally:
            os.close(fd)

    def _fd_for(self, line_bytes: int) -> int:
        full = self._size_bytes > 0 and self._size_bytes + line_bytes > self._rotate_bytes
        gone = self._fd is not None and os.fstat(self._fd).st_nlink == 0
        if full or gone:
            self._may_continue = False
        if not self._may_continue:
            self.close()
            self._fd = self._made()
        elif self._fd is None:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        return self._fd

    def _made(self) -> int:
        path = self._folder / file_name(self._writer, self._number + 1)
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._number += 1
        self._path, self._size_bytes, self._may_continue = path, 0, True
        sync_path(self._folder)
        return fd

"""A file of lines that is put aside at a size, shared by any number of processes (HE-18)."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

_TORN_AT_MOST = 1 << 20
"""How far back the last whole line is looked for."""


class RotatingFile:
    """Appends whole lines. `x.jsonl` is the newest, `x.jsonl.1` the one before; the oldest is let go.

    Writers take turns by a lock, and look before each write whether another has put the file aside.
    """

    def __init__(self, path: Path, *, max_bytes: int, keep: int) -> None:
        """Make the file and its folder.

        Raises:
            OSError: The folder cannot be made or written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._lock_path = path.with_name(f".{path.name}.lock")
        self._file = self._open()

    def write(self, lines: Sequence[bytes]) -> None:
        """Append lines, each without its newline.

        Raises:
            OSError: They could not be written.
        """
        lock = os.open(self._lock_path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            size = self._newest_size()
            waiting: list[bytes] = []
            for line in lines:
                if size and size + len(line) + 1 > self._max_bytes:
                    self._append(waiting)
                    waiting, size = [], 0
                    self._put_aside()
                waiting.append(line)
                size += len(line) + 1
            self._append(waiting)
        finally:
            os.close(lock)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def _newest_size(self) -> int:
        """Size of the file at the path, opened anew when another process has put ours aside.

        A line torn by a kill or a full disk is cut off, so that every line parses.
        """
        ours = os.fstat(self._file)
        try:
            there = self._path.stat()
            same = (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)
        except FileNotFoundError:
            same = False
        if not same:
            os.close(self._file)
            self._file = self._open()
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            tail = os.pread(self._file, _TORN_AT_MOST, max(0, size - _TORN_AT_MOST))
            size -= len(tail) - (tail.rfind(b"\n") + 1)
            os.ftruncate(self._file, size)
        return size

    def _append(self, lines: Sequence[bytes]) -> None:
        if lines:
            whole = memoryview(b"\n".join(lines) + b"\n")
            while whole:
                whole = whole[os.write(self._file, whole) :]

    def _put_aside(self) -> None:
        os.close(self._file)
        for number in range(self._keep, 0, -1):
            older = self._numbered(number)
            newer = self._numbered(number - 1) if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        if self._keep == 0:
            self._path.unlink(missing_ok=True)
        self._file = self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

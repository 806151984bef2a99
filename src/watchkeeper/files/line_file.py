"""A file of JSON lines that a run appends to: each is on disk before the next counts, never half kept."""

import errno
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from watchkeeper.domain.errors import StorageFullError


class LineFile:
    """A file open for appending.

    A line is on disk before `append` returns. A torn last line, left by a kill or a full disk, is cut
    off when the file is opened again: what it told of is simply not finished.
    """

    def __init__(self, path: Path, *, of: str) -> None:
        """Open a file, making it and its folder where they are not there.

        Args:
            path: The file.
            of: What its lines are, such as `results`; a refusal says so.

        Raises:
            StorageFullError: The file cannot be written.
        """
        self.path = path
        self._of = of
        self.torn_bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            self._cut_torn_line()
        except OSError as failure:
            raise self._unwritable(failure) from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def append(
        self, line: Mapping[str, object], *, default: Callable[[object], object] | None = None
    ) -> None:
        """Keep one line.

        Args:
            line: What it holds.
            default: What JSON says of a value it does not know; without it, such a value is a fault.

        Raises:
            StorageFullError: It cannot be written.
        """
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=default).encode() + b"\n"
        try:
            if os.write(self._descriptor, data) != len(data):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fsync(self._descriptor)
        except OSError as failure:
            raise self._unwritable(failure) from failure

    @property
    def size_bytes(self) -> int:
        """What it holds now."""
        return os.fstat(self._descriptor).st_size

    def grew_by_a_line(self, since_bytes: int) -> bool:
        """Whether a whole line more stands in it than when it held so many bytes.

        An `append` that a signal broke off may have kept its line or not: this tells.
        """
        size = self.size_bytes
        return size > since_bytes and os.pread(self._descriptor, 1, size - 1) == b"\n"

    def _cut_torn_line(self) -> None:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        self.torn_bytes = len(content) - whole
        if self.torn_bytes:
            os.ftruncate(self._descriptor, whole)

    def _unwritable(self, failure: OSError) -> StorageFullError:
        return StorageFullError(
            f"cannot write {self._of} to {self.path}: {failure.strerror}",
            action="free space or choose another --output, then go on with --resume",
        )

"""The log's writer: many requests, one fsync.

While one fsync runs, the requests that come wait together for the next one; so a disk that syncs two hundred
times a second still answers thousands of requests, and none before it is on disk.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread

from watchkeeper.adapters.ingest_log.segments import segment_path, segments_in, size_of
from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, head_of, whole_bytes

SEGMENT_BYTES = 32_000_000
"""A segment this long is followed by a new one, so that what is loaded can go."""
_MOST_PARTS = 512
"""Buffers of one write; systems take 1,024."""
_Waiting = tuple[LogEntry, "Future[None]"]


class LogWriter:
    """Appends to one writer's segments; any thread may append. One process a folder."""

    def __init__(
        self,
        folder: Path,
        writer: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        sync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        """Prepare; `start` makes the folder's older segments sound and begins.

        Args:
            folder: The log's own folder.
            writer: A name never used before (`writer_name`).
            segment_bytes: When a new segment is begun.
            sync: Makes what was written last.
        """
        self._folder = folder
        self._writer = writer
        self._segment_bytes = segment_bytes
        self._sync = sync
        self._changed = Condition()
        self._waiting: list[_Waiting] = []
        self._stopping = False
        self._handle: int | None = None
        self._length = 0
        self._number = 0
        self.commits = 0
        """Syncs that made requests last."""
        self._thread = Thread(target=self._run, name="ingest-log", daemon=True)

    def start(self) -> None:
        """Cut what a killed writer left half written, and begin.

        Raises:
            StorageFullError: The folder cannot be made or written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in segments_in(self._folder):
                _cut_torn_tail(path)
        except OSError as failure:
            raise not_writable(self._folder, failure) from failure
        self._thread.start()

    def append(self, entry: LogEntry) -> "Future[None]":
        """See `LogSink.append`."""
        future: Future[None] = Future()
        with self._changed:
            if self._stopping:
                raise RuntimeError("the log is closed")
            self._waiting.append((entry, future))
            self._changed.notify()
        return future

    def size_bytes(self) -> int:
        """See `LogSink.size_bytes`."""
        return sum(size_of(path) for path in segments_in(self._folder))

    def close(self) -> None:
        """Write what waits, and end; safe to repeat."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._leave_segment()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                group, self._waiting = self._waiting, []
                if not group:
                    return
            self._commit(group)

    def _commit(self, group: Sequence[_Waiting]) -> None:
        """Write a group and make it last; every future ends, one way or the other."""
        try:
            handle = self._segment()
            begins = self._length
            parts = [part for entry, _ in group for part in (head_of(entry), entry.payload)]
            try:
                for at in range(0, len(parts), _MOST_PARTS):
                    self._length += _write_all(handle, parts[at : at + _MOST_PARTS])
                self._sync(handle)
            except OSError:
                # After a failed sync nobody knows what is on disk: this segment is written no further.
                with suppress(OSError):
                    os.ftruncate(handle, begins)
                self._leave_segment()
                raise
        except OSError as failure:
            told = not_writable(self._folder, failure)
            for _, future in group:
                future.set_exception(told)
            return
        self.commits += 1
        for _, future in group:
            future.set_result(None)
        if self._length >= self._segment_bytes:
            self._leave_segment()

    def _segment(self) -> int:
        """The segment to write to, made when there is none."""
        if self._handle is None:
            self._number += 1
            path = segment_path(self._folder, self._writer, self._number)
            self._handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_APPEND, 0o600)
            self._length = 0
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return self._handle

    def _leave_segment(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _write_all(handle: int, parts: Sequence[bytes]) -> int:
    """Write all parts; how many bytes they were."""
    wanted = sum(map(len, parts))
    written = os.writev(handle, parts)
    if written < wanted:
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(handle, rest) :]
    return wanted


def _cut_torn_tail(path: Path) -> None:
    data = path.read_bytes()
    whole = whole_bytes(data)
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
            file.flush()
            os.fsync(file.fileno())

"""The writer of receipts: one whole line a model call, chained, and on disk within a second."""

import os
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError, StorageFullError
from watchkeeper.domain.receipt import Receipt, in_utf8, line_sha256
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.files import sync_path
from watchkeeper.gateway.receipts.appending import AppendedFile
from watchkeeper.gateway.receipts.claim import claim_series, unwritable
from watchkeeper.gateway.receipts.series import series_in
from watchkeeper.gateway.receipts.series_end import SeriesEnd, series_end

ROTATE_BYTES = 64 * 1024 * 1024
"""A file's size before the next one is begun: some sixty thousand receipts."""
FSYNC_EVERY_S = 0.5
"""Twice within the second the contract allows."""


class ReceiptWriter:
    """Appends receipts to a series of its own; thread-safe, for one process.

    A line is written in full before `append` returns, so it outlasts `kill -9` at once, and it is
    synced within a second, so it then outlasts a power cut too. A thread of the writer's own does the
    syncing; `close` waits for it.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        clock: Clock,
        rotate_bytes: int = ROTATE_BYTES,
        fsync_every_s: float = FSYNC_EVERY_S,
    ) -> None:
        """Take the first free series of `name`, and go on where its last writer ended.

        Raises:
            StorageFullError: The folder cannot be made, read or written.
        """
        self._folder = folder
        self._clock = clock
        self._fsync_every_s = fsync_every_s
        self._claim = claim_series(folder, name)
        try:
            end = series_end(series_in(folder).get(self._claim.writer, ()))
            _sync_last_file(end)
        except OSError as problem:
            self._claim.release()
            raise unwritable(folder, problem) from problem
        self._file = AppendedFile(folder, self.name, end=end, rotate_bytes=rotate_bytes)
        self._pid = os.getpid()
        self._count, self._sha256 = end.count, end.sha256
        self._durable = (end.count, end.sha256)
        self._broken: str | None = None
        self._lock = threading.Lock()
        self._unsynced = threading.Event()
        self._closing = threading.Event()
        # A daemon, so that a writer nobody closed cannot keep the process alive: its lines are written.
        self._flusher = threading.Thread(
            target=self._flush_until_closed, name=f"receipts {self.name}", daemon=True
        )
        self._flusher.start()

    @property
    def name(self) -> str:
        """The writer's name, which its files begin with."""
        return self._claim.writer

    def append(self, receipt: Receipt) -> Receipt:
        """Write a receipt; its `seq` and `prev_sha256` are the writer's to give.

        Returns:
            The receipt as it stands in the file.

        Raises:
            StorageFullError: It could not be written whole; it does not count.
            ConflictError: The writer is closed, or belongs to the process this one was forked from.
        """
        with self._lock:
            written, seq, prev_sha256 = self._write(receipt)
        self._unsynced.set()
        return replace(written, prev_sha256=prev_sha256, seq=seq)

    def write(self, receipt: Receipt) -> None:
        """Write a receipt as `append` does, for who does not need it back: half the cost.

        Raises:
            StorageFullError: It could not be written whole; it does not count.
            ConflictError: As for `append`.
        """
        with self._lock:
            self._write(receipt)
        if not self._unsynced.is_set():
            self._unsynced.set()

    def _write(self, receipt: Receipt) -> tuple[Receipt, int, str]:
        self._check_usable()
        seq, prev_sha256 = self._count + 1, self._sha256
        try:
            line = receipt.chained_line(seq=seq, prev_sha256=prev_sha256)
        except UnicodeEncodeError:
            receipt = in_utf8(receipt)
            line = receipt.chained_line(seq=seq, prev_sha256=prev_sha256)
        try:
            self._file.append(line + b"\n")
        except OSError as problem:
            if self._file.sync_failed:
                self._broken = _lost_sync(self.name, problem)
            raise unwritable(self._folder, problem) from problem
        self._count = seq
        self._sha256 = line_sha256(line)
        return receipt, seq, prev_sha256

    def head(self) -> ReceiptHead | None:
        """How far the chain has come on disk; None before the first synced line.

        It may lag `append` by a second and promises nothing a power cut could take back.
        """
        with self._lock:
            count, sha256 = self._durable
        if count == 0:
            return None
        return ReceiptHead(writer=self.name, count=count, sha256=sha256, seen_at=self._clock.now())

    def close(self) -> None:
        """Sync what is left and give the series back; closing twice does nothing.

        Raises:
            StorageFullError: The last lines could not be synced.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._unsynced.set()
        self._flusher.join()
        with self._lock:
            try:
                self._file.close()
                self._durable = (self._count, self._sha256)
            except OSError as problem:
                raise unwritable(self._folder, problem) from problem
            finally:
                self._claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_usable(self) -> None:
        if self._closing.is_set():
            raise ConflictError(f"the receipt writer {self.name!r} is closed", action="open a new one")
        if os.getpid() != self._pid:
            raise ConflictError(
                f"the receipt writer {self.name!r} belongs to process {self._pid}",
                action="open a writer in each process",
            )
        if self._broken is not None:
            raise StorageFullError(self._broken, action="check the disk, then start this process again")

    def _flush_until_closed(self) -> None:
        while not self._closing.is_set():
            self._unsynced.wait()
            self._closing.wait(self._fsync_every_s)
            self._unsynced.clear()
            self._flush()

    def _flush(self) -> None:
        try:
            with self._lock:
                fd = self._file.duplicate_fd()
                reached = (self._count, self._sha256)
            if fd is None:
                return
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
        except OSError as problem:
            with self._lock:
                self._broken = _lost_sync(self.name, problem)
            return
        with self._lock:
            self._durable = max(self._durable, reached)


def _lost_sync(writer: str, problem: OSError) -> str:
    # What a failed sync has lost the kernel does not say: writing on would promise too much.
    return f"receipts of {writer!r} could not be synced to disk: {problem.strerror}"


def _sync_last_file(end: SeriesEnd) -> None:
    """Sync what a dead writer may have left unsynced, before anything is chained on it."""
    if end.last is not None:
        sync_path(end.last.path)

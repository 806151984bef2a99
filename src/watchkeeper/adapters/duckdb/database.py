"""The open DuckDB file: one writer at a time, readers beside it, and failures told apart."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

import duckdb

from watchkeeper.adapters.duckdb.single_opener import (
    SingleOpener,
    held_by_foreign_process,
    held_elsewhere,
    write_problem,
)
from watchkeeper.domain.errors import StoreDamagedError, UnavailableError, WatchkeeperError

MEMORY_LIMIT_MB = 256
"""Of DuckDB's own buffers; 1,000-row commits and the look-ups of a page need a fraction of it."""

THREADS = 2
"""The machine is shared with the gateway and the pages."""

CHECKPOINT_BYTES = 32 << 20
"""A write-ahead log of this size is worked into the file: 30,000 spans and 0.2 s of processor time."""

MERGES_AT_THE_END = 1
"""Of neighbouring row groups, when the file is closed after little was written: up to 3 s of processor time,
and whoever stops a server waits for it."""

_log = logging.getLogger(__name__)


class DuckDbFile:
    """A DuckDB file this process alone has open; any thread may read, one at a time writes.

    DuckDB checkpoints only when told to here, after a commit: a checkpoint that fails inside a commit
    leaves it unsaid whether the rows are kept (measured with a full disk: they are, and the database
    refuses all further work until it is opened anew).

    Nor does it merge row groups there, as it would by itself: what every commit waits for then grew to
    3 s of processor time (decision 6). They are merged when a file is closed that grew by little.
    """

    def __init__(self, path: Path, *, memory_mb: int = MEMORY_LIMIT_MB) -> None:
        """Open the file, making it when it is not there.

        Args:
            path: The file.
            memory_mb: What DuckDB's own buffers may use, in MB.

        Raises:
            ConflictError: Another process has it open.
            StorageFullError: The disk is full or not writable.
            StoreDamagedError: It is there and is no DuckDB file that can be read.
        """
        self.path = path
        self._memory_mb = memory_mb
        self._opener = SingleOpener.of(path)
        self._state = Lock()
        self._writer = Lock()
        self._closed = False
        self._invalid = False
        self._grew_much = False
        try:
            _drop_unborn(path)
            self._connection = self._connect()
        except BaseException:
            self._opener.close()
            raise

    @contextmanager
    def writing(self, *, merges: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a transaction, committed at the end; an error undoes all of it.

        Args:
            merges: As `checkpoint`, where one is due after it.

        Raises:
            StorageFullError: The disk is full or not writable.
            UnavailableError: The engine failed for another reason.
        """
        with self._writer:
            cursor = self._cursor()
            try:
                cursor.begin()
                yield cursor
                cursor.commit()
            except duckdb.Error as failure:
                raise self._explained(failure, write=True) from failure
            finally:
                # Closing it rolls back what was not committed.
                cursor.close()
            self._checkpoint_when_due(merges)

    @contextmanager
    def one_view(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own whose questions all see one moment.

        Raises:
            UnavailableError: The engine failed.
        """
        with self.reading() as cursor:
            cursor.begin()
            yield cursor

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own, which sees what was committed before.

        Raises:
            UnavailableError: The engine failed.
        """
        cursor = self._cursor()
        try:
            yield cursor
        except duckdb.Error as failure:
            raise self._explained(failure, write=False) from failure
        finally:
            cursor.close()

    def checkpoint(self, *, merges: int = 0) -> None:
        """Work the write-ahead log into the file.

        Args:
            merges: Of up to three neighbouring row groups, the oldest first, at most: up to 3 s of processor
                time each. Of a group from which rows were removed only a merge gives back room.

        Raises:
            StorageFullError: The disk is full or not writable; nothing is lost.
            UnavailableError: The engine failed for another reason.
        """
        with self._writer:
            self._checkpoint(merges=merges)

    def _checkpoint(self, *, merges: int = 0) -> None:
        cursor = self._cursor()
        try:
            cursor.execute(f"SET GLOBAL max_vacuum_tasks = {merges}")
            cursor.checkpoint()
        except duckdb.Error as failure:
            raise self._explained(failure, write=True) from failure
        finally:
            cursor.close()

    def while_closed(self, action: Callable[[Path], object]) -> None:
        """Do something with the file while it is whole and closed; no other process gets in between.

        Raises:
            StorageFullError: The disk is full or not writable.
        """
        self.checkpoint()
        with self._writer, self._state:
            self._connection.close()
            try:
                action(self.path)
            finally:
                self._connection = self._connect()

    def close(self) -> None:
        """Close the file and let others have it; safe to repeat."""
        with self._writer, self._state:
            if self._closed:
                return
            self._closed = True
            try:
                self._merge_at_the_end()
                self._connection.close()
            finally:
                self._opener.close()

    def _merge_at_the_end(self) -> None:
        """Have small row groups merged: each start that stores a little leaves one."""
        if self._grew_much or self._invalid:
            return
        with suppress(duckdb.Error):
            self._connection.execute(f"SET GLOBAL max_vacuum_tasks = {MERGES_AT_THE_END}")

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._state:
            if self._closed:
                raise UnavailableError(f"telemetry file {self.path} is closed", action="open it again")
            if self._invalid:
                self._connection.close()
                self._connection = self._connect()
                self._invalid = False
            try:
                return self._connection.cursor()
            except duckdb.Error as failure:
                raise self._explained(failure, write=False) from failure

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(
                self.path,
                config={
                    "memory_limit": f"{self._memory_mb}MB",
                    "threads": THREADS,
                    "checkpoint_threshold": "1TB",
                    "max_vacuum_tasks": "0",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    # Arrays of Python objects hold text (`columns.py`); nothing is to be guessed.
                    "pandas_analyze_sample": "0",
                },
            )
        except duckdb.Error as failure:
            raise self._cannot_open(failure) from failure

    def _cannot_open(self, failure: duckdb.Error) -> WatchkeeperError:
        problem = write_problem(self.path)
        if problem is not None:
            return problem
        if held_by_foreign_process(self.path):
            return held_elsewhere(self.path, "unknown")
        return StoreDamagedError(
            f"telemetry file {self.path} cannot be read and was left as it is: {failure}",
            action=(
                f"put a backup in its place, or move {self.path.name} (and {self.path.name}.wal, where "
                "there is one) to another folder: a new one is made and receipts are shipped again"
            ),
        )

    def _explained(self, failure: duckdb.Error, *, write: bool) -> WatchkeeperError:
        if isinstance(failure, duckdb.FatalException):
            self._invalid = True
        problem = write_problem(self.path) if write else None
        if problem is not None:
            return problem
        return UnavailableError(
            f"the telemetry engine failed on {self.path}: {failure}",
            action="try again; if it stays so, restart the server and keep the file",
        )

    def _checkpoint_when_due(self, merges: int) -> None:
        log = self.path.with_name(self.path.name + ".wal")
        try:
            if log.stat().st_size < CHECKPOINT_BYTES:
                return
        except FileNotFoundError:
            return
        self._grew_much = True
        try:
            self._checkpoint(merges=merges)
        except WatchkeeperError as failure:
            # Every row is safe in the log; the next commit tries again and says if the disk is full.
            _log.warning("telemetry checkpoint put off: %s", failure)


def _drop_unborn(path: Path) -> None:
    """Remove a file of no bytes: what is left when its maker was killed before the first write."""
    log = path.with_name(path.name + ".wal")
    if path.is_file() and path.stat().st_size == 0 and not log.exists():
        path.unlink()

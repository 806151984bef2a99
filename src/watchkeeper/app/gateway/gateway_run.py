"""Running the one gateway of a data folder: its lock, its port, its workers, its run file, its end."""

import logging
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.folder_holder import held_by
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.app.listening import GATEWAY_ASKED, listen, url_of
from watchkeeper.app.run_files import (
    GATEWAY,
    RunFile,
    living,
    own_run_file,
    remove_run_file,
    write_run_file,
)
from watchkeeper.app.server_log import ServerLog
from watchkeeper.domain.clock import Clock

LOG_FILE = "gateway.jsonl"
_LOOK_EVERY_S = 0.1
_PAUSE_S = 0.5
"""Before a worker that died is started again."""


@contextmanager
def gateway_on_folder(
    data_dir: Path, *, host: str, port: int, clock: Clock
) -> Iterator[tuple[socket.socket, RunFile]]:
    """A listening socket of the gateway, announced in its folder; serving on it is the caller's.

    Raises:
        ConflictError: Another gateway holds the folder, or another program the port.
        StorageFullError: The data folder cannot be written.
    """
    prepare_data_folder(data_dir)
    lock = FolderLock(data_dir, GATEWAY)
    if not lock.try_take():
        raise held_by(data_dir, living(data_dir, GATEWAY))
    with lock, listen(host, port, GATEWAY_ASKED) as listener:
        run_file = own_run_file(GATEWAY, clock.now(), url=url_of(listener), port=listener.getsockname()[1])
        with told_as_storage(data_dir):
            write_run_file(data_dir, run_file)
        try:
            yield listener, run_file
        finally:
            remove_run_file(data_dir, run_file)


@contextmanager
def logging_to_file(data_dir: Path, clock: Clock, *, file_name: str = LOG_FILE) -> Iterator[None]:
    """Within the block, what our modules and uvicorn log goes to a file of `<data>/logs`."""
    with told_as_storage(data_dir):
        log = ServerLog(data_dir, clock, file_name=file_name)
    root = logging.getLogger()
    handler = _IntoServerLog(log)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        log.close()


class _IntoServerLog(logging.Handler):
    """Writes records of the standard library's logging as lines of ours."""

    def __init__(self, log: ServerLog) -> None:
        super().__init__()
        self._log = log.log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        error = record.exc_info[1] if record.exc_info else None
        told = {"logger": record.name} if error is None else {"logger": record.name, "exc_info": error}
        if record.levelno >= logging.ERROR:
            self._log.error(record.getMessage(), **told)
        else:
            self._log.warning(record.getMessage(), **told)


@dataclass(slots=True)
class _Child:
    number: int
    process: "subprocess.Popen[bytes]"
    died: Event


class WorkerGroup:
    """Several workers on one socket; one that dies is started again."""

    def __init__(
        self,
        listener: socket.socket,
        count: int,
        *,
        command: Callable[[int, int], Sequence[str]],
        clock: Clock,
        stop_within_s: float,
    ) -> None:
        """Prepare.

        Args:
            listener: The socket they share.
            count: How many.
            command: A worker's command line, given the socket's and its end of a pipe's file descriptor.
            clock: Measures.
            stop_within_s: What they have to end their calls before they are killed.
        """
        self._listener = listener
        self._count = count
        self._command = command
        self._clock = clock
        self._stop_within_s = stop_within_s
        # Signal handlers wake it in the very thread that waits: with an `Event` they would wait for its lock.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._stopping = False
        self._reload = False

    def request_stop(self) -> None:
        """Ask them to stop; a signal handler may."""
        self._stopping = True
        self._wake.put(None)

    def request_reload(self) -> None:
        """Ask them to read their settings anew; a signal handler may."""
        self._reload = True
        self._wake.put(None)

    def run(self) -> None:
        """Run until asked to stop."""
        reading, writing = os.pipe()
        children = [self._start(number, reading) for number in range(self._count)]
        try:
            while not self._stopping:
                with suppress(Empty):
                    self._wake.get(timeout=_LOOK_EVERY_S)
                if self._reload:
                    self._reload = False
                    self._signal(children, signal.SIGHUP)
                for at, child in enumerate(children):
                    if child.died.is_set() and not self._stopping:
                        logging.getLogger(__name__).warning(
                            "worker %d ended with %s and is started again",
                            child.number,
                            child.process.returncode,
                        )
                        Event().wait(_PAUSE_S)
                        children[at] = self._start(child.number, reading)
        finally:
            self._end(children)
            os.close(writing)
            os.close(reading)

    def _start(self, number: int, reading: int) -> _Child:
        fd = self._listener.fileno()
        process = subprocess.Popen(
            self._command(fd, reading),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(fd, reading),
        )
        died = Event()

        def wait() -> None:
            process.wait()
            died.set()
            self._wake.put(None)

        Thread(target=wait, name=f"wait-worker-{number}", daemon=True).start()
        return _Child(number, process, died)

    def _signal(self, children: Sequence[_Child], what: int) -> None:
        for child in children:
            if not child.died.is_set():
                child.process.send_signal(what)

    def _end(self, children: Sequence[_Child]) -> None:
        self._signal(children, signal.SIGTERM)
        end_s = self._clock.monotonic() + self._stop_within_s
        for child in children:
            if not child.died.wait(max(0.0, end_s - self._clock.monotonic())):
                child.process.kill()
                child.died.wait()

"""A gateway that is asked to stop does, whatever happens around it."""

import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from watchkeeper.app.gateway.gateway_run import WorkerGroup

if TYPE_CHECKING:
    from conftest import Process

WAIT_S = 60.0
GROUP = f"""
import signal, socket, sys
from watchkeeper.adapters.clock import SystemClock
from {WorkerGroup.__module__} import WorkerGroup

WORKER = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.sigwait([signal.SIGTERM])"
with socket.create_server(("127.0.0.1", 0)) as listener:
    group = WorkerGroup(
        listener,
        1,
        command=lambda fd, pipe: [sys.executable, "-c", WORKER],
        clock=SystemClock(),
        stop_within_s=5.0,
    )
    signal.signal(signal.SIGTERM, lambda *_: group.request_stop())
    signal.signal(signal.SIGHUP, lambda *_: group.request_reload())
    print("runs", flush=True)
    group.run()
"""


def test_signals_at_any_moment_do_not_keep_workers_from_being_stopped() -> None:
    # Each signal is handled in the thread that waits for them: a lock that it held would never be freed.
    group = subprocess.Popen([sys.executable, "-c", GROUP], stdout=subprocess.PIPE, text=True)
    try:
        assert group.stdout is not None
        assert group.stdout.readline() == "runs\n"
        for _ in range(4000):
            group.send_signal(signal.SIGHUP)
            Event().wait(0.0002)
        group.send_signal(signal.SIGTERM)
        assert group.wait(WAIT_S) == 0
    finally:
        group.kill()
        group.communicate()


class Door:
    """A PostgreSQL reached through this socket; once it is frozen nothing passes, and nothing breaks."""

    def __init__(self, to: str) -> None:
        self._to = to
        self._frozen = Event()
        self.waited_at = Event()
        """Set when somebody has said something since and gets no answer."""
        self._kept: list[socket.socket] = []  # one that nobody holds is closed, which is no silence

    def freeze(self) -> None:
        self._frozen.set()

    def take(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener was closed: the test is over
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._to)
                self._kept += (client, server)
                for pair in ((client, server), (server, client)):
                    Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._frozen.is_set():
                    self.waited_at.set()
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def door_to(conninfo: str) -> Iterator[tuple[Door, str]]:
    """A door to a PostgreSQL, and the URL that leads through it."""
    parts = conninfo_to_dict(conninfo)
    name = f".s.PGSQL.{parts.get('port', '5432')}"
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(Path(folder) / name))
        listener.listen()
        door = Door(str(Path(str(parts["host"])) / name))
        Thread(target=door.take, args=(listener,), daemon=True).start()
        query = urlencode({"host": folder, "port": parts.get("port", "5432")})
        yield door, f"postgresql://{parts['user']}@/{parts['dbname']}?{query}"


@pytest.mark.slow
def test_a_database_that_falls_silent_does_not_keep_a_gateway_from_stopping(process: "Process") -> None:
    state = process.settings["postgres"]["url"]
    with door_to(state) as (door, url), psycopg.connect(state, autocommit=True) as beside:
        process.settings["postgres"] = {"url": url}
        process.start()
        process.until(lambda: beside.execute("select to_regclass('gateway_workers')").fetchone() != (None,))
        process.until(lambda: beside.execute("select from gateway_workers").fetchone() is not None)
        door.freeze()
        assert door.waited_at.wait(WAIT_S)
        process.stop()
        assert process.process is not None
        assert process.process.returncode == 0

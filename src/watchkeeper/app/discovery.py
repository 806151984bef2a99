"""Finding the server of a data folder, and starting one when there is none."""

import json
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from threading import Event

from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.app.run_files import GATEWAY, INGEST, SERVER, SUPERVISOR, RunFile, living
from watchkeeper.app.server_connection import ServerConnection
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError

READY_WITHIN_S = 60.0
"""A first start makes a database cluster; on a busy machine that takes a while."""
TELLS_AFTER_S = 5.0
"""Whoever waits longer is told for what."""
STARTING = "starting"
"""The lock that commands starting a server at the same time queue up at."""
_PROBE_TIMEOUT_S = 5.0
_LOOK_AGAIN_S = 0.1
_MOST_TOLD = 2000
"""Characters of a failed server's last words that are repeated."""


def reasons_not_ready(url: str) -> tuple[str, ...] | None:
    """Why the server at a URL is not ready: empty when it is, None when it does not answer."""
    try:
        connection = ServerConnection(url, timeout_s=_PROBE_TIMEOUT_S)
        with closing(connection):
            reply = connection.exchange("GET", "/readyz", headers={})
        if reply.status == HTTPStatus.OK:
            return ()
        return tuple(str(reason) for reason in json.loads(reply.content)["reasons"]) or ("stopping",)
    except (UnavailableError, ValueError, KeyError, TypeError):
        return None


def ready_server(data_dir: Path) -> RunFile | None:
    """The folder's server, when it lives and is ready."""
    found = living(data_dir, SERVER)
    return found if found is not None and found.url and reasons_not_ready(found.url) == () else None


def find_or_start(
    data_dir: Path, command: Sequence[str], clock: Clock, *, tell: Callable[[str], None] | None = None
) -> RunFile:
    """The folder's server, ready; it is started when there is none.

    However many commands start at once, they end up with one server.

    Args:
        data_dir: The data folder.
        command: Starts a server that leaves by itself.
        clock: Measures the wait.
        tell: Told once what is waited for, when it takes long.

    Raises:
        UnavailableError: It did not become ready; the message says why.
        StorageFullError: The data folder cannot be written.
    """
    found = ready_server(data_dir)
    if found is not None:
        return found
    prepare_data_folder(data_dir)
    with told_as_storage(data_dir):
        lock = FolderLock(data_dir, STARTING)
        lock.take(clock, within_s=READY_WITHIN_S)
    with lock:
        # A supervisor brings its server back by itself; another one would only hold the folder against it.
        runs = living(data_dir, SERVER) or living(data_dir, SUPERVISOR)
        child = None if runs else _start(data_dir, command)
        return _wait_until_ready(data_dir, child, clock, tell=tell)


def _start(data_dir: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a server that outlives this process; what it says goes to a file."""
    with told_as_storage(data_dir), _words_of(data_dir).open("wb") as words:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
        )


def _wait_until_ready(
    data_dir: Path,
    child: subprocess.Popen[bytes] | None,
    clock: Clock,
    *,
    tell: Callable[[str], None] | None = None,
) -> RunFile:
    began_s = clock.monotonic()
    pause = Event()
    while (waited_s := clock.monotonic() - began_s) < READY_WITHIN_S:
        found = ready_server(data_dir)
        if found is not None:
            return found
        if child is not None and child.poll() is not None and living(data_dir, SERVER) is None:
            raise _failed(data_dir)
        if tell is not None and waited_s >= TELLS_AFTER_S:
            tell(f"waiting for the server, for up to {READY_WITHIN_S:g} s: {_why_not_ready(data_dir)}")
            tell = None
        pause.wait(_LOOK_AGAIN_S)
    raise UnavailableError(
        f"the server is not ready after {READY_WITHIN_S:g} s: {_why_not_ready(data_dir)}",
        action=f"look into {data_dir / 'logs' / 'server.jsonl'}, or run `wk server` to see it start",
    )


def _why_not_ready(data_dir: Path) -> str:
    found = living(data_dir, SERVER)
    reasons = None if found is None or found.url is None else reasons_not_ready(found.url)
    return "; ".join(reasons or ("it does not answer",))


def _failed(data_dir: Path) -> WatchkeeperError:
    words = _words_of(data_dir).read_text(encoding="utf-8", errors="replace").strip()
    # What it said before, such as where it answered, is not why it ended.
    told = words.rpartition("error: ")[2][-_MOST_TOLD:] or "it ended without a word"
    return UnavailableError(
        f"the server could not be started: {told}", action="run `wk server` to see it start"
    )


def _words_of(data_dir: Path) -> Path:
    """Where a server started by a command says what went wrong."""
    return data_dir / "logs" / "server-start.log"


def start_detached(data_dir: Path, command: Sequence[str], clock: Clock) -> tuple[RunFile, ...]:
    """Start a supervisor that outlives this process, and wait until its processes are ready.

    Raises:
        UnavailableError: They did not become ready; the message says why.
        StorageFullError: The data folder cannot be written.
    """
    prepare_data_folder(data_dir)
    child = _start(data_dir, command)
    server = _wait_until_ready(data_dir, child, clock)
    gateway = _wait_for(GATEWAY, data_dir, child, clock)
    ingest = _wait_for(INGEST, data_dir, child, clock)
    supervisor = living(data_dir, SUPERVISOR)
    if supervisor is None or supervisor.pid != child.pid:
        raise _failed(data_dir)
    return server, gateway, ingest, supervisor


def _wait_for(name: str, data_dir: Path, child: subprocess.Popen[bytes], clock: Clock) -> RunFile:
    deadline_s = clock.monotonic() + READY_WITHIN_S
    pause = Event()
    while clock.monotonic() < deadline_s:
        found = living(data_dir, name)
        if found is not None and found.url and reasons_not_ready(found.url) == ():
            return found
        if child.poll() is not None:
            raise _failed(data_dir)
        pause.wait(_LOOK_AGAIN_S)
    raise UnavailableError(
        f"the {name} process is not ready after {READY_WITHIN_S:g} s",
        action=f"look into {data_dir / 'logs' / f'{name}.jsonl'}, or run `wk {name}` to see it start",
    )

"""An empty database for each test that asks, and a data folder whose processes may be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres

_numbers = count(1)


@pytest.fixture
def empty_database_url(postgres_url: str) -> str:
    """A connection string of a database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[arg-type] # our own name
    # Left where it is: dropping one waits for a checkpoint, and the session's server is thrown away.
    return make_conninfo(postgres_url, dbname=name)


class Scene:
    """One data folder with its holders, watchdog and server, any of which may be killed."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "postgres"
        self._holders: list[subprocess.Popen[str]] = []

    def hold(self, *, linger_s: float = 0.2) -> EmbeddedPostgres:
        """A holder in this process, not holding yet."""
        return EmbeddedPostgres(self.data_dir, linger_s=linger_s)

    def start_holder(self, *, linger_s: float = 0.2) -> subprocess.Popen[str]:
        """A holder in a process of its own; its first line of output is its connection string."""
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(self.data_dir), str(linger_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._holders.append(holder)
        return holder

    def conninfo_of(self, holder: subprocess.Popen[str]) -> str:
        """Wait until the holder holds."""
        assert holder.stdout is not None
        return holder.stdout.readline().strip()

    def watchdogs(self) -> list[int]:
        """The living watchdogs of the folder."""
        return self._processes(b"watchkeeper.adapters.postgres.watchdog", os.fsencode(self.data_dir))

    def servers(self) -> list[int]:
        """The living postmasters of the folder."""
        found = self._processes(b"-D", os.fsencode(self.folder / "cluster"))
        # a child just forked still shows its parent's command line
        return [pid for pid in found if _parent(pid) not in found]

    def kill(self, pids: list[int]) -> None:
        """Kill each with -9 and wait until it is gone."""
        assert pids, "there is somebody to kill"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.until(lambda: not any(_is_alive(pid) for pid in pids))

    def until(self, true: Callable[[], bool], *, within_s: float = 15.0) -> None:
        """Wait for something other processes do."""
        deadline = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)

    def end(self) -> None:
        """End everybody, whatever has become of them."""
        for holder in self._holders:
            holder.kill()
            holder.communicate()
        for pid in self.watchdogs():
            os.kill(pid, signal.SIGKILL)
        for pid in self.servers():
            os.kill(pid, signal.SIGQUIT)  # ends at once too, and gives its shared memory back
        self.until(lambda: not self.watchdogs() and not self.servers())

    def _processes(self, *arguments: bytes) -> list[int]:
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and set(arguments) <= set(_command_line(entry))
        ]


_HOLDER = """
import sys
from pathlib import Path
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), linger_s=float(sys.argv[2])) as conninfo:
    print(conninfo, flush=True)
    sys.stdin.read()
"""


def _command_line(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _is_alive(pid: int) -> bool:
    """Neither gone nor a zombie, whose files and locks are closed already."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def new_scene(tmp_path: Path) -> Iterator[Scene]:
    """A data folder nothing has touched yet."""
    made = Scene(tmp_path / "data")
    yield made
    made.end()


@pytest.fixture(scope="module")
def _used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("used") / "data"


@pytest.fixture
def scene(_used_folder: Path) -> Iterator[Scene]:
    """A data folder that earlier tests may have used, with everybody of theirs dead, killed even."""
    made = Scene(_used_folder)
    yield made
    made.end()

"""A ClickHouse for tests: its engine as a wheel behind its HTTP door, in a process of its own.

    with ClickHouseDoor(tmp_path / "clickhouse") as door:
        client = clickhouse_connect.get_client(dsn=door.url("a_database"))
        door.fault(Fault(matching="INSERT INTO spans", kind="cut_after"))
        ...
        door.kill()
        door.start()

The engine is `chdb`, the real ClickHouse; the door in front of it (`clickhouse_door_process`) speaks as
much of the HTTP interface as a client asks for: queries in body or address, settings and parameters a
request, any format, compression both ways, users and passwords, error codes. There are no sessions and
no streaming of replies. What it can do and a real server cannot is fail on demand.
"""

import json
import subprocess
import sys
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

USER = "watchkeeper"
PASSWORD = "door-secret"
READER = "reader"
"""A user who may read and change nothing; same password."""

_CONTROL_S = 30.0
_END_S = 10.0


def chdb_installed() -> bool:
    """Whether the engine is there; where it is not, what needs it is skipped with these words."""
    from importlib.util import find_spec

    return find_spec("chdb") is not None


CHDB_MISSING = "chdb is not installed: `pip install chdb` runs this against ClickHouse's own engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next queries that contain a text."""

    matching: str
    """Part of the query's text."""
    kind: Literal["cut_before", "cut_after", "delay", "refuse"]
    """The connection breaks before or after the query ran; it answers late; it answers `status`."""
    times: int = 1
    delay_s: float = 0.0
    status: int = 503
    code: int | None = None
    """ClickHouse's own error code, beside the status."""


class ClickHouseDoor:
    """A context manager; the process ends with it, or with its starter."""

    def __init__(self, folder: Path) -> None:
        """Take the folder its data stays in from one start to the next."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The same for every start of this door; 0 before the first."""
        return self._port

    @property
    def running(self) -> bool:
        """Whether it was started and not killed since."""
        return self._process is not None

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """What Watchkeeper's setting `telemetry.url` takes."""
        return f"clickhouse://{user}:{password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Open the door, again on the port it had.

        Raises:
            RuntimeError: It did not open; what it printed is above.
        """
        command = [sys.executable, "-m", "watchkeeper.testing.clickhouse_door_process"]
        command += ["--folder", str(self._folder), "--port", str(self._port)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            self.kill()
            raise RuntimeError("the ClickHouse of this test did not start; see what it printed")
        self._port = int(line)

    def kill(self) -> None:
        """End it at once, as `kill -9` does; safe to repeat."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait(_END_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def fault(self, fault: Fault) -> None:
        """Let the next queries with a text fail; faults are tried in the order given."""
        self._control("faults", asdict(fault))

    def clear_faults(self) -> None:
        """Let everything work again."""
        self._control("clear", {})

    def queries(self) -> list[str]:
        """The beginnings of all queries since its start, in order of arrival."""
        return list(self._control("queries", {}))

    def run(self, sql: str, *, database: str = "default") -> str:
        """Run a query beside the client under test, and give its reply as tab-separated text."""
        return str(self._control("run", {"sql": sql, "database": database}))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _control(self, what: str, body: object) -> Any:
        if self._process is None:
            raise RuntimeError("the ClickHouse of this test is not running; use it in a `with` statement")
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/control/{what}", data=json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(asked, timeout=_CONTROL_S) as reply:
            return json.loads(reply.read())

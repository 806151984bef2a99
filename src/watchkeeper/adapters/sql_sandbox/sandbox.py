"""`SqlSandbox` by a process of its own, which is killed when a query takes too long."""

import select
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any

import orjson

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.ports import RowSource

TIME_LIMIT_S = 5.0
"""Of one query, its rows apart."""


class ProcessSandbox:
    """Runs queries one after another in a child process, started at the first one and after each death."""

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        """Start nothing yet.

        Args:
            time_limit_s: Seconds a query may take.
        """
        self._time_limit_s = time_limit_s
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._warm = False

    def figure(self, text: str, tables: Mapping[str, RowSource]) -> float | None:
        """See `SqlSandbox.figure`."""
        with self._lock:
            named = self._ask({"sql": text})["names"]
            unknown = sorted(set(named) - set(tables))
            if unknown:
                raise InvalidInputError(
                    f"the query reads {', '.join(unknown)}", action=f"there are {', '.join(sorted(tables))}"
                )
            rows = {name: tables[name]() for name in named}
            given = {
                name: {"kinds": dict(table.kinds), "columns": list(table.columns)}
                for name, table in rows.items()
            }
            found: float | None = self._ask({"sql": text, "tables": given})["figure"]
            return found

    def close(self) -> None:
        """End the process; safe to repeat."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        reply = self._exchange(orjson.dumps(request) + b"\n")
        if "refused" in reply:
            raise InvalidInputError(
                f"the query cannot run: {reply['refused']}",
                action="write one SELECT that answers one number from the window's tables",
            )
        return reply

    def _exchange(self, line: bytes) -> dict[str, Any]:
        child = self._living()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
            answered = self._read_line(child)
        except BrokenPipeError:
            answered = b""
        if answered is None:
            self._end()
            raise InvalidInputError(
                f"the query took more than {self._time_limit_s:g} s and was stopped",
                action="ask less: a shorter window, or fewer rows joined",
            )
        if not answered:
            self._end()
            raise InvalidInputError(
                "the query took more memory than it may and was stopped", action="ask for less at once"
            )
        reply: dict[str, Any] = orjson.loads(answered)
        return reply

    def _read_line(self, child: subprocess.Popen[bytes]) -> bytes | None:
        """Its next line; empty when it died, None when the time is up."""
        assert child.stdout is not None
        until = monotonic() + self._time_limit_s + (0 if self._warm else _START_S)
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([child.stdout], [], [], max(0.0, until - monotonic()))
            if not ready:
                return None
            piece = child.stdout.read1(65_536)  # type: ignore[attr-defined]  # a buffered reader has it
            if not piece:
                return b""
            line += piece
        self._warm = True
        return line

    def _living(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._warm = False
            self._child = subprocess.Popen(
                [sys.executable, "-m", "watchkeeper.adapters.sql_sandbox.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Nothing of ours reaches it: no key, no address.
                env={"PYTHONPATH": ":".join(part for part in sys.path if part), "PATH": ""},
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        child.wait()


_START_S = 20.0
"""More seconds for the first query: the process has to start on a busy machine."""

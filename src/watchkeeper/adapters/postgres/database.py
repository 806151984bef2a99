"""A pool of connections to a PostgreSQL, embedded or anybody's, with its troubles as our errors."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

import psycopg
from psycopg_pool import ConnectionPool

from watchkeeper.domain.errors import (
    InvalidInputError,
    SettingsError,
    StorageFullError,
    UnavailableError,
)

_ACTION = "see that PostgreSQL runs and takes connections, or unset `postgres.url` to use the embedded one"

_WORKERS_END_WITHIN_S = 2.0
"""What each of the pool's own threads has to end: one may be connecting to a server that does not answer."""


class Database:
    """What the stores work on; close it, or use it as a context manager."""

    def __init__(
        self,
        pool: "ConnectionPool[psycopg.Connection[Any]]",
        connections: "WeakSet[psycopg.Connection[Any]]",
    ) -> None:
        """Work on an open pool and all connections it has made; `connect` makes both."""
        self._pool = pool
        self._connections = connections

    @contextmanager
    def transaction(self) -> Iterator["psycopg.Connection[Any]"]:
        """A connection in a transaction, committed when the block ends well and else rolled back.

        A connection that died while it was idle is replaced first; while the server restarts, the
        wait lasts up to the pool's timeout.

        Raises:
            UnavailableError: No connection to be had in time, or it broke.
            StorageFullError: The server's disk is full.
            InvalidInputError: The server cannot store such a value.
        """
        with told_plainly(), self._pool.connection() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._pool.close(timeout=_WORKERS_END_WITHIN_S)

    def break_off(self) -> None:
        """Close for good, whoever works on it: a wait for a connection or an answer fails at once.

        A server that is stopped or cut off answers nothing, not even a request to cancel, and a
        thread that waits for it would wait for ever.
        """
        for connection in list(self._connections):
            with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as door:
                # Closing a descriptor wakes nobody who waits on it; shutting the connection down does.
                door.shutdown(socket.SHUT_RDWR)
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def connect(conninfo: str, *, size: int = 8, timeout_s: float = 10.0) -> Database:
    """Open a pool on a PostgreSQL named by a URL or a libpq connection string.

    Args:
        conninfo: `postgresql://…`, or what `EmbeddedPostgres.hold` returned.
        size: The most connections at once.
        timeout_s: The longest wait for a connection, now and at each transaction.

    Raises:
        SettingsError: It is no connection string.
        UnavailableError: The server does not answer or does not let us in.
    """
    checked = check_conninfo(conninfo)
    with told_plainly():
        _try_once(checked, timeout_s)
    made: WeakSet[psycopg.Connection[Any]] = WeakSet()

    def configure(connection: "psycopg.Connection[Any]") -> None:
        made.add(connection)
        _configure(connection)

    pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
        checked,
        min_size=1,
        max_size=size,
        timeout=timeout_s,
        open=False,
        configure=configure,
        check=ConnectionPool.check_connection,
        name="watchkeeper",
    )
    try:
        with told_plainly():
            pool.open(wait=True, timeout=timeout_s)
    except BaseException:
        pool.close()
        raise
    return Database(pool, made)


def _try_once(conninfo: str, timeout_s: float) -> None:
    """Connect without a pool: that fails at once and says why, while a pool goes on trying.

    Only a server that says it is starting up, or shutting down to come back, is waited for.
    """
    deadline = time.monotonic() + timeout_s
    starting = psycopg.pq.Ping.REJECT
    pause = threading.Event()
    while True:
        try:
            psycopg.connect(conninfo, connect_timeout=max(1, int(timeout_s))).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline or psycopg.pq.PGconn.ping(conninfo.encode()) != starting:
                raise
            pause.wait(0.1)
        else:
            return


def check_conninfo(conninfo: str) -> str:
    """The connection string, checked; nothing of it is repeated, for it may hold a password.

    Raises:
        SettingsError: It is no connection string.
    """
    try:
        psycopg.conninfo.conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        raise SettingsError(
            "`postgres.url` is not a PostgreSQL connection string",
            action="write it as postgresql://user:password@host:5432/database",
        ) from None
    return conninfo


def _configure(connection: "psycopg.Connection[Any]") -> None:
    connection.execute("set timezone to 'UTC'")
    connection.commit()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn the driver's errors that an operator can do something about into ours."""
    try:
        yield
    except psycopg.errors.DiskFull as problem:
        raise StorageFullError(
            f"PostgreSQL's disk is full: {_first_line(problem)}", action="free some space on its disk"
        ) from problem
    except psycopg.errors.InsufficientPrivilege as problem:
        raise SettingsError(
            f"PostgreSQL's user may not do this: {_first_line(problem)}",
            action="grant the user of `postgres.url` the right to create and change tables",
        ) from problem
    except (psycopg.OperationalError, psycopg.InterfaceError) as problem:
        raise UnavailableError(
            f"PostgreSQL does not answer: {_first_line(problem)}", action=_ACTION
        ) from problem
    except (psycopg.DataError, UnicodeEncodeError) as problem:
        raise InvalidInputError(
            f"PostgreSQL cannot store this value: {_first_line(problem)}",
            action="leave out characters that are no text, such as NUL",
        ) from problem


def _first_line(problem: Exception) -> str:
    lines = str(problem).splitlines()
    return lines[0] if lines else type(problem).__name__


def as_json(value: Mapping[str, object]) -> str:
    """A mapping as JSON text, every character beyond ASCII escaped, so that any string survives.

    Raises:
        InvalidInputError: It holds something JSON has no form for, such as NaN.
    """
    try:
        return json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise InvalidInputError(f"this cannot be kept as JSON: {problem}") from problem

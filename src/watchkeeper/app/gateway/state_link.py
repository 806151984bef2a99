"""A gateway worker's link to the state in PostgreSQL: opened beside serving, and never waited for.

While the link is down the gateway goes on: it spends what it was lent, lets in the keys it knows, and
keeps to the orders it has.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from watchkeeper.adapters.postgres.database import Database, connect
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.adapters.postgres.migrate import migrate
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError

_TRY_AGAIN_S = 2.0
_SIZE = 3
"""Connections: leases, orders and keys, and one to spare."""
_END_WITHIN_S = 3.0
"""What last words to the state may take: a gateway that stops is not kept by a database that is away."""
_log = logging.getLogger(__name__)


class StateLink(Database):
    """A database that connects in a thread of its own, again and again until it has worked once.

    Stores work on it as on any other; without a link each transaction is refused at once.
    """

    def __init__(self, data_dir: Path, url: str | None, clock: Clock) -> None:
        """Prepare; `start` connects.

        Args:
            data_dir: Of the embedded PostgreSQL.
            url: Of another PostgreSQL; None for the embedded one.
            clock: For migrations.
        """
        self._data_dir = data_dir
        self._url = url
        self._clock = clock
        self._undo = ExitStack()
        self._linked: Database | None = None
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._connect, name="state-link", daemon=True)
        self._ending = threading.Timer(_END_WITHIN_S, self._break_off)
        self._ending.daemon = True
        self.problem: str | None = "not connected yet"
        """Why there is no link; None when there is."""

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def wait(self, *, within_s: float) -> bool:
        """Wait for the link, for so many seconds at most; whether there is one."""
        return self._up.wait(within_s)

    @contextmanager
    def transaction(self) -> Iterator["psycopg.Connection[Any]"]:
        """See `Database.transaction`.

        Raises:
            UnavailableError: There is no link, or it broke.
        """
        linked = self._linked
        if linked is None:
            raise UnavailableError(
                f"the state in PostgreSQL cannot be reached: {self.problem}",
                action="see that PostgreSQL runs; the gateway tries again by itself",
            )
        with linked.transaction() as connection:
            yield connection

    def begin_to_end(self) -> None:
        """Allow the last words, for `_END_WITHIN_S`; then whatever still waits for the database is refused.

        Call it once, before the parts that have something left to tell are closed; `close` comes after them.
        """
        self._stopping.set()
        self._ending.start()

    def close(self) -> None:
        """End the link, within some seconds; a connection that is only being made is left to itself."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_END_WITHIN_S)
        self._linked = None
        self._undo.close()
        self._ending.cancel()

    def _break_off(self) -> None:
        linked, self._linked = self._linked, None
        if linked is not None:
            self.problem = "it did not answer in time for the last words"
            linked.break_off()

    def _connect(self) -> None:
        while not self._stopping.is_set():
            try:
                self._linked = self._opened()
            except WatchkeeperError as failure:
                self.problem = failure.message
                _log.warning("the state in PostgreSQL cannot be reached: %s", failure.message)
                self._stopping.wait(_TRY_AGAIN_S)
            else:
                self.problem = None
                self._up.set()
                return

    def _opened(self) -> Database:
        with ExitStack() as undo:
            conninfo = self._url or undo.enter_context(EmbeddedPostgres(self._data_dir))
            migrate(conninfo, clock=self._clock, backup_dir=self._data_dir / "backups")
            linked = undo.enter_context(connect(conninfo, size=_SIZE))
            if not self._stopping.is_set():
                self._undo = undo.pop_all()
            return linked

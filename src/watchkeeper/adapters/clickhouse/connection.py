"""The way to a ClickHouse: one client any thread may use, and failures told apart by the server's codes."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from watchkeeper.adapters.clickhouse.address import ClickHouseAddress
from watchkeeper.domain.errors import (
    SettingsError,
    StateSchemaError,
    StorageFullError,
    UnavailableError,
    WatchkeeperError,
)

CONNECT_S = 5
ANSWER_S = 60
"""No question of ours takes so long; an insert that does is asked again, and stored once."""

OLDEST = (25, 3)
"""The oldest version taken: it keeps projections when rows are deleted. Tested with 26.9's engine."""

INSERTED_AT_ONCE = 5_000
"""Rows of one insert, and so of one block: as many as are loaded in a commit."""

_POOL = 16
"""Connections kept: more threads than that never ask at once."""

_WRONG_PASSWORD = frozenset({192, 193, 194, 516})
_FORBIDDEN = frozenset({164, 291, 497})
_FULL = frozenset({243, 1001})
"""NOT_ENOUGH_SPACE, and what the file system says that the server has no code of its own for."""

_MISSING = "pip install 'watchkeeper[clickhouse]'"


class ClickHouse:
    """A database of a ClickHouse server.

    The client asks again by itself when a connection breaks, also for an insert: so every insert of ours
    carries a deduplication token, or is one whose repeat changes nothing.
    """

    def __init__(
        self, address: ClickHouseAddress, *, connect_s: int = CONNECT_S, answer_s: int = ANSWER_S
    ) -> None:
        """Connect, and make the database where it is not there.

        Raises:
            SettingsError: The client is not installed, or the server refuses the user.
            StateSchemaError: The server is too old.
            UnavailableError: It cannot be reached.
        """
        self.address = address
        self._answer_s = answer_s
        self._lock = Lock()
        self._client: Any = self._connected(connect_s)
        try:
            self._check_version()
            self.command(f"CREATE DATABASE IF NOT EXISTS `{address.database}`")
            self._client.database = address.database
        except BaseException:
            self.close()
            raise

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Sequence[Any]]:
        """The rows of a question; `values` fill its `{name:Type}`s."""
        with self._told() as client:
            found = client.query(
                sql, parameters=dict(values) if values else None, query_formats={"FixedString": "bytes"}
            )
            rows: Sequence[Sequence[Any]] = found.result_rows
            return rows

    def number(self, sql: str, values: Mapping[str, object] | None = None) -> int:
        """The one number a question asks for."""
        rows = self.rows(sql, values)
        return int(rows[0][0]) if rows else 0

    def command(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Do something that gives no rows."""
        with self._told() as client:
            client.command(sql, parameters=dict(values) if values else None)

    def insert(
        self,
        table: str,
        columns: Mapping[str, str],
        rows: Sequence[Sequence[object]],
        *,
        token: str | None = None,
    ) -> None:
        """Put rows in.

        Args:
            table: Of this database.
            columns: Names and types, as the values of a row stand.
            rows: Any number.
            token: The same for an insert that is tried again: it is stored once.
        """
        if not rows:
            return
        for at in range(0, len(rows), INSERTED_AT_ONCE):
            settings: dict[str, object] = {"async_insert": 0, "max_partitions_per_insert_block": 0}
            if token is not None:
                settings["insert_deduplication_token"] = f"{token}-{at}" if at else token
            with self._told() as client:
                context = client.create_insert_context(
                    table,
                    column_names=list(columns),
                    column_type_names=list(columns.values()),
                    column_oriented=True,
                    settings=settings,
                )
                # One block, however wide the rows: of several, the server takes all but the first for
                # repeats of it, as they have one token, and rows are lost.
                context.req_block_size = INSERTED_AT_ONCE
                some = rows[at : at + INSERTED_AT_ONCE]
                client.insert(data=list(zip(*some, strict=True)), context=context)

    def close(self) -> None:
        """Let go of the connections; safe to repeat."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    @contextmanager
    def _told(self) -> Iterator[Any]:
        client = self._client
        if client is None:
            raise UnavailableError(
                f"the telemetry store at {self.address.named} is closed", action="open it again"
            )
        from clickhouse_connect.driver.exceptions import ClickHouseError

        try:
            yield client
        except ClickHouseError as failure:
            raise self._explained(failure) from failure

    def _connected(self, connect_s: int) -> Any:
        try:
            import clickhouse_connect
            from clickhouse_connect.driver.exceptions import ClickHouseError
            from clickhouse_connect.driver.httputil import get_pool_manager
        except ImportError as missing:
            raise SettingsError(
                f"telemetry.url names a ClickHouse, and its client is not installed ({missing})",
                action=f"run {_MISSING}, or take telemetry.url away to keep telemetry in the data folder",
            ) from missing
        # Each failure is told by us, once, where it ends.
        logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
        address = self.address
        try:
            client = clickhouse_connect.get_client(
                host=address.host,
                port=address.port,
                username=address.user,
                password=address.password,
                interface="https" if address.tls else "http",
                connect_timeout=connect_s,
                send_receive_timeout=self._answer_s,
                autogenerate_session_id=False,
                query_limit=0,
                client_name="watchkeeper",
                pool_mgr=get_pool_manager(
                    verify=address.verify, ca_cert=address.ca_cert, maxsize=_POOL, block=False
                ),
            )
        except ClickHouseError as failure:
            raise self._explained(failure) from failure
        client.database = None
        return client

    def _check_version(self) -> None:
        with self._told() as client:
            version = str(client.server_version)
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
        if numbers < OLDEST:
            raise StateSchemaError(
                f"the ClickHouse at {self.address.named} has version {version}",
                action=f"upgrade it to {'.'.join(map(str, OLDEST))} or later",
            )

    def _explained(self, failure: Exception) -> WatchkeeperError:
        address, code = self.address, getattr(failure, "code", None)
        if code in _WRONG_PASSWORD:
            return SettingsError(
                f"the ClickHouse at {address.named} refuses user {address.user!r} or the password",
                action="mend user and password in telemetry.url",
            )
        if code in _FORBIDDEN:
            return SettingsError(
                f"user {address.user!r} may not do this in the ClickHouse at {address.named}: {failure}",
                action=f"GRANT ALL ON {address.database}.* TO {address.user}, without `readonly`",
            )
        if code in _FULL:
            return StorageFullError(
                f"the ClickHouse at {address.named} has no room: {failure}", action="make room on its disk"
            )
        # The client's own words tell the whole address of the request, with what was asked.
        said = failure if code is not None else _innermost(failure)
        return UnavailableError(
            f"the ClickHouse at {address.named} failed or cannot be reached: {said}",
            action="see that it runs and telemetry.url is right; what was sent is kept and tried again",
        )


def _innermost(failure: BaseException) -> BaseException:
    """What a failure of the way to the server began with, such as a refused connection."""
    inner = failure.__cause__ or failure.__context__
    return failure if inner is None else _innermost(inner)

"""The connections to one provider's address: opened when needed, kept while they are good."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from watchkeeper.adapters.providers.upstream_answer import UpstreamAnswer
from watchkeeper.adapters.providers.upstream_connection import UpstreamConnection, request_head
from watchkeeper.adapters.providers.upstream_failure import BrokenExchangeError
from watchkeeper.domain.errors import SettingsError

CONNECT_S = 10.0
"""A server that does not take a connection for so long is called unreachable, not slow."""
KEPT_IDLE_S = 55.0
"""Below the minute after which most servers and load balancers close an idle connection."""


class NotSentError(BrokenExchangeError):
    """No connection could be had: nothing was sent, so nothing was spent."""


@dataclass(slots=True)
class Address:
    """Where a provider answers, taken apart once."""

    secure: bool
    host: str
    port: int
    base_path: str
    host_header: str = field(default="")


def address_of(base_url: str) -> Address:
    """The parts of a base URL.

    Raises:
        SettingsError: It is not a plain http or https address.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and not parts.query
    if not plain or parts.fragment or parts.password:
        # The URL is not repeated: a wrong one may hold a password or a key.
        raise SettingsError(
            "a provider's base_url is not a plain http or https address",
            action="give it without user, password, query and fragment, and the key as api_key",
        )
    secure = parts.scheme == "https"
    host = str(parts.hostname)
    shown = f"[{host}]" if ":" in host else host
    return Address(
        secure=secure,
        host=host,
        port=port or (443 if secure else 80),
        base_path=parts.path.rstrip("/"),
        host_header=shown if port is None else f"{shown}:{port}",
    )


class UpstreamPool:
    """Connections to one address; for one event loop."""

    def __init__(self, base_url: str) -> None:
        """Prepare; nothing is opened yet.

        Raises:
            SettingsError: It is not a plain http or https address.
        """
        self._address = address_of(base_url)
        self._idle: list[UpstreamConnection] = []
        self._open: set[UpstreamConnection] = set()
        self._tls: ssl.SSLContext | None = None
        self.opened = 0
        """Connections opened so far."""

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> UpstreamAnswer:
        """Send a request and wait for the head of its answer.

        Args:
            method: Such as `POST`.
            path: Appended to the base URL's path.
            headers: Without host and length.
            body: The body; empty for none.

        Raises:
            NotSentError: No connection could be had.
            BrokenExchangeError: The connection broke before the head was there.
            ValueError: A header holds a line's end.
        """
        address = self._address
        head = request_head(
            method,
            address.base_path + path,
            host=address.host_header,
            headers=headers,
            body_bytes=len(body),
        )
        answer = (self._idle_connection() or await self._connected()).send(head, body)
        try:
            await answer.head()
        except BaseException:
            answer.abandon()
            raise
        return answer

    def close(self) -> None:
        """Close every connection."""
        for connection in list(self._open):
            connection.close()
        self._idle.clear()

    def _idle_connection(self) -> UpstreamConnection | None:
        now_s = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.closed:
                continue
            if now_s - connection.idle_since_s > KEPT_IDLE_S:
                # Every other one has been idle for longer.
                for old in (connection, *self._idle):
                    old.close()
                self._idle.clear()
                return None
            return connection
        return None

    async def _connected(self) -> UpstreamConnection:
        address = self._address
        loop = asyncio.get_running_loop()
        if address.secure and self._tls is None:
            self._tls = ssl.create_default_context()
        try:
            async with asyncio.timeout(CONNECT_S):
                _, connection = await loop.create_connection(
                    lambda: UpstreamConnection(self._released),
                    address.host,
                    address.port,
                    ssl=self._tls if address.secure else None,
                    server_hostname=address.host if address.secure else None,
                )
        except TimeoutError:
            raise NotSentError(f"no connection within {CONNECT_S:g} s") from None
        except OSError as failure:
            raise NotSentError(f"no connection ({type(failure).__name__})") from failure
        self.opened += 1
        self._open.add(connection)
        return connection

    def _released(self, connection: UpstreamConnection, reusable: bool) -> None:
        if reusable:
            connection.idle_since_s = asyncio.get_running_loop().time()
            self._idle.append(connection)
            return
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)


class UpstreamPools:
    """Pools by address: targets at the same one share their connections, whichever settings name them."""

    def __init__(self) -> None:
        self._pools: dict[str, UpstreamPool] = {}

    def of(self, base_url: str) -> UpstreamPool:
        """The pool of an address.

        Raises:
            SettingsError: It is not a plain http or https address.
        """
        found = self._pools.get(base_url)
        if found is None:
            found = self._pools[base_url] = UpstreamPool(base_url)
        return found

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

"""One HTTP connection to a server, kept from request to request, for commands that must start fast.

Importing httpx and making its TLS context took 0.2 s of every command, most of them on one request.
"""

import select
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from urllib.parse import quote, urlsplit

from watchkeeper.domain.errors import InvalidInputError, UnavailableError

_AS_IT_IS = "/%?=&:;,@!$'()*+~[]"
"""Characters a target may hold; what a caller has escaped already stays so."""
_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    content: bytes


class ServerConnection:
    """A connection, made when it is first needed and again when the server has closed it."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        """Know the server; nothing is sent.

        Args:
            url: `http` or `https`, host, port; a path in front of the API's own may follow.
            timeout_s: How long each read and write may take.

        Raises:
            InvalidInputError: That is no address of a server.
        """
        self._url = url
        self._lock = Lock()
        try:
            parts = urlsplit(url)
            kind, host, port = _CONNECTIONS.get(parts.scheme), parts.hostname, parts.port
        except ValueError:
            kind, host, port = None, None, None
        if kind is None or host is None:
            raise InvalidInputError(
                f"{url!r} is no address of a server", action="give one such as http://127.0.0.1:8787"
            )
        self._prefix = parts.path.rstrip("/")
        self._connection = kind(host, port, timeout=timeout_s)

    def exchange(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """Send a request and read the answer; `target` is its path with the query.

        Raises:
            UnavailableError: Nobody answers there, or not in time, or not in HTTP.
        """
        with self._lock:
            try:
                self._close_if_stale()
                self._connection.request(
                    method, quote(self._prefix + target, safe=_AS_IT_IS), body=body, headers=dict(headers)
                )
                answer = self._connection.getresponse()
                return Reply(answer.status, answer.read())
            except (OSError, HTTPException) as failure:
                self._connection.close()
                raise UnavailableError(
                    f"the server at {self._url} does not answer ({_why(failure)})",
                    action="look whether it runs, and whether `--server` names the right address",
                ) from failure

    def close(self) -> None:
        """Close the connection; another request opens it again."""
        with self._lock:
            self._connection.close()

    def _close_if_stale(self) -> None:
        """Close a connection on which the server has something to say unasked: that it has closed it."""
        if self._connection.sock and select.select([self._connection.sock], [], [], 0)[0]:
            self._connection.close()


def _why(failure: OSError | HTTPException) -> str:
    """What the system says, such as "Connection refused"; its name where it says nothing."""
    return getattr(failure, "strerror", None) or str(failure) or type(failure).__name__

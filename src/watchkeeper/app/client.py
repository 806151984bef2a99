"""Talking to the API from a command or a run."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from watchkeeper.app.client_errors import error_of_reply
from watchkeeper.app.server_connection import Reply, ServerConnection

API_PREFIX = "/api/v1"
KEY_HEADER = "x-watchkeeper-key"
DEFAULT_TIMEOUT_S = 30.0
_FIRST_ERROR = 400

Json = Any
"""What JSON can hold; callers check what they take from it."""
Params = Mapping[str, str | int | float | bool | None]


class Connection(Protocol):
    """The way to a server."""

    def exchange(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """The answer to a request; raises `UnavailableError` when there is none."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class ApiClient:
    """The API of a server, for code that waits for its answers."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        connection: Connection | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._headers = key_headers(key)
        self._connection = connection or ServerConnection(self.url, timeout_s=timeout_s)

    def get(self, path: str, params: Params | None = None) -> Json:
        """The answer to a GET; paths begin with `/` and stand under `/api/v1`.

        Raises:
            WatchkeeperError: As the server raised it, or `UnavailableError` when it does not answer.
        """
        return self.request("GET", path, params=params)

    def post(self, path: str, body: Json = None, *, params: Params | None = None) -> Json:
        """The answer to a POST of JSON; raises as `get` does."""
        return self.request("POST", path, body=body, params=params)

    def put(self, path: str, body: Json = None) -> Json:
        """The answer to a PUT of JSON; raises as `get` does."""
        return self.request("PUT", path, body=body)

    def request(self, method: str, path: str, *, body: Json = None, params: Params | None = None) -> Json:
        """The answer to a request of any method; raises as `get` does."""
        headers, content = self._headers, None
        if body is not None:
            headers = {**headers, "content-type": "application/json"}
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        reply = self._connection.exchange(method, _target(path, params), headers=headers, body=content)
        return answer_of(reply.status, reply.content)

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()

    def __enter__(self) -> "ApiClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def key_headers(key: str | None) -> dict[str, str]:
    """What a client with this key sends along."""
    return {} if key is None else {KEY_HEADER: key}


def given(params: Params | None) -> dict[str, str | int | float | bool]:
    """The parameters that have a value."""
    return {name: value for name, value in (params or {}).items() if value is not None}


def answer_of(status: int, content: bytes) -> Json:
    """What an answer holds; None when it is empty.

    Raises:
        WatchkeeperError: As the server raised it, or what it said is no JSON.
    """
    if not content and status < _FIRST_ERROR:
        return None
    try:
        body = json.loads(content)
    except ValueError:
        raise error_of_reply(status, None) from None
    if status >= _FIRST_ERROR:
        raise error_of_reply(status, body)
    return body


def _target(path: str, params: Params | None) -> str:
    """Path and query of a request; truth values as JSON writes them."""
    asked = {
        name: json.dumps(value) if isinstance(value, bool) else value for name, value in given(params).items()
    }
    query = f"?{urlencode(asked, quote_via=quote)}" if asked else ""
    return f"{API_PREFIX}{path}{query}"

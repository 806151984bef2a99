"""Talking to the API: one client for commands, one for pages in the server's own process."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx

from watchkeeper.app.client_errors import error_of_reply
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError

API_PREFIX = "/api/v1"
KEY_HEADER = "x-watchkeeper-key"
DEFAULT_TIMEOUT_S = 30.0

Json = Any
"""What JSON can hold; callers check what they take from it."""
Params = Mapping[str, str | int | float | bool | None]


class ApiClient:
    """The API of a server, for code that waits for its answers."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url, headers=_headers(key), timeout=timeout_s, transport=transport, trust_env=False
        )

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
        try:
            reply = self._http.request(method, API_PREFIX + path, json=body, params=_given(params))
        except httpx.TransportError as failure:
            raise _no_answer(self.url, failure) from failure
        return _answer(reply)

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> "ApiClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncApiClient:
    """The API of a server, for pages; given an ASGI application it asks it without a network."""

    def __init__(
        self, url: str, *, key: str | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers=_headers(key),
            timeout=DEFAULT_TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    async def get(self, path: str, params: Params | None = None) -> Json:
        """The answer to a GET; paths begin with `/` and stand under `/api/v1`.

        Raises:
            WatchkeeperError: As the server raised it, or `UnavailableError` when it does not answer.
        """
        try:
            reply = await self._http.get(API_PREFIX + path, params=_given(params))
        except httpx.TransportError as failure:
            raise _no_answer(self.url, failure) from failure
        return _answer(reply)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()


def _headers(key: str | None) -> dict[str, str]:
    return {} if key is None else {KEY_HEADER: key}


def _given(params: Params | None) -> dict[str, str | int | float | bool | None]:
    """The parameters that have a value."""
    return {name: value for name, value in (params or {}).items() if value is not None}


def _no_answer(url: str, failure: Exception) -> WatchkeeperError:
    return UnavailableError(
        f"the server at {url} does not answer ({type(failure).__name__})",
        action="look whether it runs, and whether `--server` names the right address",
    )


def _check(reply: httpx.Response) -> None:
    if reply.is_error:
        try:
            body = reply.json()
        except ValueError:
            body = None
        raise error_of_reply(reply.status_code, body)


def _answer(reply: httpx.Response) -> Json:
    _check(reply)
    if not reply.content:
        return None
    try:
        return reply.json()
    except ValueError:
        raise error_of_reply(reply.status_code, None) from None

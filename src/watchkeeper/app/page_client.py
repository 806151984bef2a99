"""Talking to the API from pages, in the server's own process."""

import httpx

from watchkeeper.app.client import (
    API_PREFIX,
    DEFAULT_TIMEOUT_S,
    Json,
    Params,
    answer_of,
    given,
    key_headers,
)
from watchkeeper.domain.errors import UnavailableError


class AsyncApiClient:
    """The API of a server, for pages; given an ASGI application it asks it without a network."""

    def __init__(
        self, url: str, *, key: str | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers=key_headers(key),
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
            reply = await self._http.get(API_PREFIX + path, params=given(params))
        except httpx.TransportError as failure:
            raise UnavailableError(
                f"the server at {self.url} does not answer ({type(failure).__name__})",
                action="ask again in a moment; `<data>/logs/server.jsonl` tells why",
            ) from failure
        return answer_of(reply.status_code, reply.content)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

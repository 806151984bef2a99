"""The server's way to the ingest process of its data folder."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from watchkeeper.app.ingest.refusals import BusyError
from watchkeeper.app.run_files import INGEST, RunFile, living

_WITHIN_S = 30.0
_AWAY_S = 2
_KEPT_HEADERS = ("content-type", "retry-after", "www-authenticate")


@dataclass(frozen=True, slots=True)
class Passed:
    """What the ingest process answered."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str]


class IngestLink:
    """Passes requests on; for one event loop. The process may come and go, and change its port."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._client: httpx.AsyncClient | None = None
        self._found: RunFile | None = None

    async def pass_on(
        self, path: str, body: AsyncIterator[bytes] | bytes, headers: Mapping[str, str]
    ) -> Passed:
        """Pass a request on.

        Raises:
            BusyError: The process is not there, or went away before it answered: the sender is to send again.
        """
        found = self._living()
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_WITHIN_S, trust_env=False)
        try:
            reply = await self._client.post(f"{found.url}{path}", content=body, headers=dict(headers))
        except httpx.HTTPError as failure:
            self._found = None
            raise BusyError(
                f"the ingest process did not answer: {type(failure).__name__}", retry_after_s=_AWAY_S
            ) from failure
        kept = {name: reply.headers[name] for name in _KEPT_HEADERS if name in reply.headers}
        return Passed(reply.status_code, reply.content, kept)

    async def close(self) -> None:
        """Let go of its connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _living(self) -> RunFile:
        if self._found is None or not self._found.is_alive():
            self._found = living(self._data_dir, INGEST)
        if self._found is None:
            raise BusyError(
                "the ingest process does not run",
                retry_after_s=_AWAY_S,
                action="start it with `wk up`, or beside the server with `wk ingest`; then send it again",
            )
        return self._found

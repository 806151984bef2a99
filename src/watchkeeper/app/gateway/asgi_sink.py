"""A reply on its way to an HTTP client."""

from collections.abc import Mapping

from starlette.types import Send


class AsgiSink:
    """Implements `watchkeeper.gateway.ports.ReplySink` over one ASGI request.

    A client that has hung up takes nothing more; what is written for it is dropped, and the call goes on
    to its end, for its cost is known only there.
    """

    __slots__ = ("_send", "ends_with_client", "gone", "started")

    def __init__(self, send: Send) -> None:
        self.gone = False
        self.ends_with_client = False
        """Whether the call is to be broken off when the client hangs up."""
        self.started = False
        """Whether anything was sent: an error then has to travel inside the reply."""
        self._send = send

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin the reply."""
        self.started = True
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def write(self, piece: bytes) -> None:
        """More of its body."""
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self) -> None:
        """It is whole."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A reply that is there already."""
        await self.start(status, {**headers, "content-length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

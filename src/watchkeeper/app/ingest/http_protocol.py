"""HTTP from clients nobody knows: uvicorn's protocol, with an end to what a slow or endless head may hold."""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024
"""Of a request's line and headers; uvicorn's httptools protocol sets no bound."""
HEAD_WITHIN_S = 20.0
"""Seconds a request's head may take, and a new connection may say nothing."""


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request's head is too long, or does not come to an end in time."""

    _head_since_s: float | None = None
    _head_bytes = 0
    _received_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """A client is there."""
        super().connection_made(transport)
        self._head_since_s = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._head_since_s is not None:
            # A head that has not ended is all of what came before, even if it is one header's value.
            if self._received_bytes > MOST_HEAD_BYTES:
                self.send_400_response("The request's head is too long.")
                return
            self._received_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._head_since_s is None:
            self._head_since_s = self.loop.time()
        self._head_bytes = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError("the request's head is too long")  # which the parser's caller answers with 400
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._head_since_s = None
        self._received_bytes = 0
        super().on_headers_complete()

    def is_late(self, now_s: float) -> bool:
        """Whether a head has been awaited for too long."""
        return self._head_since_s is not None and now_s - self._head_since_s > HEAD_WITHIN_S

    def close_late(self) -> None:
        """Give the client up."""
        self.transport.close()


async def close_late_heads(connections: Iterable[object], *, every_s: float = 1.0) -> None:
    """Look through a server's connections again and again, and close the late ones; runs until cancelled.

    One look a second costs less than a timer for each request.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every_s)
        for connection in list(connections):
            if isinstance(connection, PatientProtocol) and connection.is_late(loop.time()):
                connection.close_late()

"""The gateway's HTTP server: the connections of one worker's clients, from the first to the drain."""

import asyncio
import socket

from watchkeeper.app.gateway.client_connection import Application, ClientConnection

_BACKLOG = 2048
"""Connections that may wait to be taken; the kernel's own bound may be lower."""


class GatewayServer:
    """Serves on a socket; for one event loop."""

    def __init__(self, application: Application) -> None:
        """Prepare; nothing listens yet.

        Args:
            application: Who answers.
        """
        self._application = application
        self._connections: set[ClientConnection] = set()
        self._listening: asyncio.Server | None = None

    async def listen(self, listener: socket.socket) -> None:
        """Take connections from now on."""
        self._listening = await asyncio.get_running_loop().create_server(
            lambda: ClientConnection(self._application, self._connections), sock=listener, backlog=_BACKLOG
        )

    async def close_late_clients(self, *, every_s: float = 1.0) -> None:
        """Look through the connections again and again, and close the late ones; runs until cancelled.

        One look a second costs less than a timer for each request.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every_s)
            now_s = loop.time()
            for connection in list(self._connections):
                connection.close_if_late(now_s)

    async def drain(self, *, within_s: float) -> None:
        """Take no further connection or request, and wait for the answers under way.

        Args:
            within_s: After so many seconds what is left is broken off.
        """
        if self._listening is not None:
            self._listening.close()
        closing = [connection.end_soon() for connection in list(self._connections)]
        if closing:
            await asyncio.wait(closing, timeout=within_s)
        left = [connection.break_off() for connection in list(self._connections)]
        await asyncio.gather(*(task for task in left if task is not None), return_exceptions=True)

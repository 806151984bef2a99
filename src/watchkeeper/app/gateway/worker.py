"""One worker of the gateway: its event loop, its server on the shared socket, its regular duties."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop

from watchkeeper.app.gateway.application import GatewayApplication
from watchkeeper.app.gateway.descriptor_room import make_room
from watchkeeper.app.gateway.gateway_server import GatewayServer
from watchkeeper.app.gateway.worker_parts import WorkerParts
from watchkeeper.app.settings import Settings

TICK_S = 0.5
"""Between two turns of leases, orders and keys: an operator's order is in force within two seconds."""
_COLLECT_EVERY = 5_000
"""Objects more than before that begin a collection: a millisecond's work, in which no stream goes on."""
_AGAIN_AFTER = 80
"""Such collections before the survivors of all of them are looked through again."""
_SWITCH_EVERY_S = 0.0005
"""How long a thread of the regular duties may keep the loop waiting for its turn; Python's own 5 ms would by
themselves make a chunk late."""
_log = logging.getLogger(__name__)

OpenParts = Callable[[Settings], Awaitable[WorkerParts]]
"""Opens what a worker works with; called in its event loop."""


class GatewayWorker:
    """Serves until it is asked to stop; run it in the process's main thread."""

    def __init__(
        self,
        listener: socket.socket,
        settings: Settings,
        *,
        open_parts: OpenParts,
        read_settings: Callable[[], Settings],
    ) -> None:
        """Prepare.

        Args:
            listener: The socket, shared with other workers.
            settings: As read.
            open_parts: Opens what it works with.
            read_settings: Reads the settings anew, on a hang-up signal.
        """
        self._listener = listener
        self._settings = settings
        self._open_parts = open_parts
        self._read_settings = read_settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    def request_stop(self) -> None:
        """Ask it to stop; any thread or signal handler may."""
        if self._loop is None:
            self._stop.set()
            return
        with suppress(RuntimeError):  # its loop is closed: it has stopped
            self._loop.call_soon_threadsafe(self._stop.set)

    def run(self) -> None:
        """Serve until asked to stop; returns when calls in flight have ended and all is closed.

        Raises:
            WatchkeeperError: It cannot run here.
        """
        uvloop.run(self._run())

    async def _run(self) -> None:
        make_room(self._listener.fileno())
        parts = await self._open_parts(self._settings)
        # Calls leave next to no cycles, and by default each 700 objects are looked through for them: 6 % of
        # a plain call, and a pause for all streams where it is everything. What is there by now stays.
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY, _AGAIN_AFTER, 50)
        sys.setswitchinterval(_SWITCH_EVERY_S)
        try:
            await self._serve(parts)
        finally:
            await parts.close()

    async def _serve(self, parts: WorkerParts) -> None:
        server = GatewayServer(GatewayApplication(parts.state))
        loop = self._loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.request_stop)
        reload_asked = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, reload_asked.set)
        duties = (
            asyncio.create_task(server.close_late_clients(), name="late-clients"),
            asyncio.create_task(self._tick(parts), name="tick"),
            asyncio.create_task(self._reload(parts, reload_asked), name="reload"),
        )
        try:
            await server.listen(self._listener)
            await self._stop.wait()
            parts.state.stopping = True
            end_s = loop.time() + self._settings.gateway.drain_s
            await server.drain(within_s=self._settings.gateway.drain_s)
            await parts.drained(within_s=max(0.0, end_s - loop.time()))
        finally:
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)

    async def _tick(self, parts: WorkerParts) -> None:
        while True:
            try:
                await parts.tick()
            except Exception:  # noqa: BLE001 - see below
                # A turn ends here, whatever went wrong in it: the next one comes in half a second.
                _log.exception("a turn of the gateway's duties failed")
            await asyncio.sleep(TICK_S)

    async def _reload(self, parts: WorkerParts, asked: asyncio.Event) -> None:
        while True:
            await asked.wait()
            asked.clear()
            try:
                settings = await asyncio.to_thread(self._read_settings)
                await parts.reload(settings)
                _log.info("the settings were read anew")
            except Exception:  # noqa: BLE001 - a reload ends here: told in the log, and the old stay
                _log.exception("the settings could not be read anew; the old ones stay in force")

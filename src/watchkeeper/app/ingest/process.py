"""The ingest process's event loop: both doors, and a look every second at what others change."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
import uvloop

from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.app.ingest.door import Door
from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.gate import SenderGate
from watchkeeper.app.ingest.grpc_door import GrpcDoor
from watchkeeper.app.ingest.http_door import HttpDoor
from watchkeeper.app.ingest.http_protocol import PatientProtocol, close_late_heads

_TICK_S = 1.0
_DRAIN_S = 5
_KEEP_ALIVE_S = 75
_log = logging.getLogger(__name__)


class IngestProcess:
    """Takes telemetry until it is asked to stop; run it in the process's main thread."""

    def __init__(  # noqa: PLR0917 - its parts, once
        self,
        listener: socket.socket,
        door: Door,
        gate: SenderGate,
        figures: IngestFigures,
        log: LogWriter,
        *,
        host: str,
        grpc_port: int,
        data_dir: str,
    ) -> None:
        self._listener = listener
        self._door = door
        self._gate = gate
        self._log = log
        self._host = host
        self._grpc_port = grpc_port
        self._grpc = GrpcDoor(door, gate, figures)
        self._http = HttpDoor(door, gate, figures, data_dir=data_dir)
        self._server: _QuietUvicorn | None = None
        self._stop_asked = False

    def request_stop(self) -> None:
        """Ask it to stop; any thread or signal handler may."""
        self._stop_asked = True
        if self._server is not None:
            self._server.should_exit = True

    def run(self, *, announce: Callable[[int], None]) -> None:
        """Serve until asked to stop; returns when all that was taken is on disk.

        Args:
            announce: Told the gRPC port, when both doors are about to open.

        Raises:
            WatchkeeperError: It cannot run here.
        """
        uvloop.run(self._run(announce))

    async def _run(self, announce: Callable[[int], None]) -> None:
        config = uvicorn.Config(
            self._http,
            http=PatientProtocol,
            ws="none",
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_DRAIN_S,
        )
        server = self._server = _QuietUvicorn(config)
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.request_stop)
        self._look()
        try:
            announce(await self._grpc.start(self._host, self._grpc_port))
            server.should_exit = self._stop_asked
            duties = (
                asyncio.create_task(close_late_heads(server.server_state.connections), name="late-heads"),
                asyncio.create_task(self._tick(), name="tick"),
            )
            try:
                await server.serve(sockets=[self._listener])
            finally:
                for duty in duties:
                    duty.cancel()
                await asyncio.gather(*duties, return_exceptions=True)
        finally:
            self._door.stopping = True
            await self._grpc.stop()
            await asyncio.to_thread(self._log.close)

    def _look(self) -> None:
        self._door.look_at_log()
        if self._gate.needed:
            self._gate.look_at_keys()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            try:
                await asyncio.to_thread(self._look)
            except Exception:  # noqa: BLE001 - a turn ends here, and the next one comes in a second
                _log.exception("a look at the log's size and the keys failed")


class _QuietUvicorn(uvicorn.Server):
    """Leaves signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

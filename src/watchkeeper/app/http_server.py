"""The server itself: one application answered on one socket, with its engines and pages beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from watchkeeper.app.api.application import build_application
from watchkeeper.app.engines import Engines, OpenEnginesOf
from watchkeeper.app.faces import Face, FaceHost
from watchkeeper.app.server_state import ServerState
from watchkeeper.domain.errors import WatchkeeperError

_GRACE_S = 5
"""Whole seconds that open requests have to end when the server stops."""
_IDLE_LOOK_S = 0.5


class HttpServer:
    """One server; run it in the thread that should answer, stop it from any."""

    def __init__(
        self,
        state: ServerState,
        listener: socket.socket,
        *,
        open_engines: OpenEnginesOf,
        faces: Sequence[Face],
    ) -> None:
        self.state = state
        self.failure: WatchkeeperError | None = None
        """Why it gave up by itself."""
        self._listener = listener
        self._engines = Engines(state, open_engines, give_up=self._give_up)
        self._pages = FaceHost(state, faces)
        application = build_application(state, lifespan=self._lifespan, pages=self._pages)
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=_GRACE_S,
        )
        self._uvicorn = _QuietUvicorn(config)

    def run(self) -> None:
        """Answer until somebody asks to stop; returns when all is closed, with `failure` told if any."""
        asyncio.run(self._uvicorn.serve(sockets=[self._listener]))

    def request_stop(self) -> None:
        """Ask it to stop; any thread or signal handler may."""
        self._uvicorn.should_exit = True

    def wait_ready(self, *, within_s: float) -> bool:
        """Wait until it is ready or has given up; whether it is ready."""
        readiness = self.state.readiness
        return (
            readiness.wait(lambda: self.failure is not None or self._is_ready(), within_s=within_s)
            and self.failure is None
        )

    def _is_ready(self) -> bool:
        return self.state.services is not None and not self.state.readiness.reasons()

    def _give_up(self, failure: WatchkeeperError) -> None:
        self.failure = failure
        self.request_stop()
        self.state.readiness.look_again()

    @asynccontextmanager
    async def _lifespan(self, api: FastAPI) -> AsyncIterator[None]:
        leaving = asyncio.Event()
        self._engines.start()
        tasks = (
            asyncio.create_task(self._keep_pages(api, leaving), name="pages"),
            asyncio.create_task(self._watch_idle(leaving), name="idle"),
        )
        try:
            yield
        finally:
            leaving.set()
            await asyncio.gather(*tasks)
            await self.state.ingest.close()
            await asyncio.to_thread(self._engines.stop)

    async def _keep_pages(self, api: FastAPI, leaving: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            await self._pages.open(api, stack)
            await leaving.wait()

    async def _watch_idle(self, leaving: asyncio.Event) -> None:
        while not leaving.is_set():
            if self.state.idle.is_over():
                self.state.log.info("leaving: nobody has asked for a while")
                self.request_stop()
                return
            try:
                await asyncio.wait_for(leaving.wait(), _IDLE_LOOK_S)
            except TimeoutError:
                continue


class _QuietUvicorn(uvicorn.Server):
    """Leaves signals to the process it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

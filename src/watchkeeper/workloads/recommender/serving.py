"""Serving: the application on a socket, announced in the data folder."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from socket import socket
from threading import Thread

import uvicorn

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.listening import listen, url_of
from watchkeeper.app.run_files import SERVER, RunFile, living, own_run_file, remove_run_file, write_run_file
from watchkeeper.app.settings import Settings
from watchkeeper.sdk import Handle
from watchkeeper.workloads.recommender.opening import opened
from watchkeeper.workloads.recommender.receipted import WORKLOAD
from watchkeeper.workloads.recommender.recommender import AroundRanker
from watchkeeper.workloads.recommender.release_choice import FollowedReleases
from watchkeeper.workloads.recommender.service import service

HOST = "127.0.0.1"
"""It asks for no keys, so it answers this machine alone (law 8)."""
_GRACE_S = 5
_ENDED_WITHIN_S = 20.0


@contextmanager
def bound(
    settings: Settings,
    data_dir: Path,
    *,
    port: int,
    endpoint: str | None = None,
    around: AroundRanker = lambda ranker: ranker,
) -> Iterator[tuple[uvicorn.Server, RunFile]]:
    """A server that holds its port, ready to be run as `serve(server)`; `around` may put faults in.

    Raises:
        ConflictError: The port is in use.
        StorageFullError: The data folder cannot be written.
    """
    prepare_data_folder(data_dir)
    with (
        listen(HOST, port) as listener,
        opened(settings, data_dir, endpoint=endpoint, around=around) as parts,
        closing(_followed(settings, data_dir, endpoint, parts.handle)) as releases,
    ):
        application = service(parts.recommender, parts.handle, weighting_of=releases.of)
        config = uvicorn.Config(
            application, log_config=None, access_log=False, server_header=False, lifespan="off",
            timeout_graceful_shutdown=_GRACE_S,
        )  # fmt: skip
        server = _OnSocket(config, listener)
        run_file = own_run_file(
            WORKLOAD, SystemClock().now(), url=url_of(listener), port=listener.getsockname()[1]
        )
        write_run_file(data_dir, run_file)
        try:
            yield server, run_file
        finally:
            remove_run_file(data_dir, run_file)


@contextmanager
def serving_in_thread(
    settings: Settings,
    data_dir: Path,
    *,
    endpoint: str | None = None,
    around: AroundRanker = lambda ranker: ranker,
) -> Iterator[str]:
    """A server in a thread of this process, for tests and drills; its address."""
    with bound(settings, data_dir, port=0, endpoint=endpoint, around=around) as (server, run_file):
        thread = Thread(target=server.run, name="recommender", daemon=True)
        thread.start()
        try:
            yield run_file.url or ""
        finally:
            server.should_exit = True
            thread.join(_ENDED_WITHIN_S)


def _followed(settings: Settings, data_dir: Path, endpoint: str | None, handle: Handle) -> FollowedReleases:
    key = next(iter(settings.server.keys), None)

    def connect() -> ApiClient | None:
        running = living(data_dir, SERVER) if endpoint is None else None
        url = endpoint if running is None else running.url
        return None if url is None else ApiClient(url, key=None if key is None else key.get_secret_value())

    return FollowedReleases(connect, warn=partial(handle.warn, "releases"))


class _OnSocket(uvicorn.Server):
    """Serves on a socket that is bound already, and leaves signals to the process it runs in."""

    def __init__(self, config: uvicorn.Config, listener: socket) -> None:
        super().__init__(config)
        self._listener = listener

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    def run(self, sockets: list[socket] | None = None) -> None:
        """Serve until `should_exit`."""
        asyncio.run(self.serve(sockets=sockets or [self._listener]))

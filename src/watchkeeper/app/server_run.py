"""Running the one server of a data folder: its lock, its port, its run file, its end."""

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.engines import OpenEnginesOf
from watchkeeper.app.faces import Face
from watchkeeper.app.folder_holder import held_by
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.app.http_server import HttpServer
from watchkeeper.app.idle_exit import IdleWatch
from watchkeeper.app.listening import listen, url_of
from watchkeeper.app.metrics import Metrics
from watchkeeper.app.readiness import Readiness
from watchkeeper.app.run_files import (
    SERVER,
    RunFile,
    living,
    own_run_file,
    remove_run_file,
    write_run_file,
)
from watchkeeper.app.server_log import ServerLog
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings import Settings
from watchkeeper.app.workload import Workload
from watchkeeper.domain.clock import Clock, IdSource

_YIELD_WITHIN_S = 30.0
"""Seconds an idle server has to let go of the folder when one that stays comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """What a server is made of."""

    settings: Settings
    data_dir: Path
    clock: Clock
    ids: IdSource
    open_engines: OpenEnginesOf
    workloads: Sequence[Workload] = ()
    faces: Sequence[Face] = ()
    port: int | None = None
    """None for the one in the settings."""
    idle_exit_s: float | None = None
    """Seconds without a request after which it leaves; None stays."""
    metrics: Metrics = field(default_factory=Metrics)


@contextmanager
def server_on_folder(plan: ServerPlan) -> Iterator[tuple[HttpServer, RunFile]]:
    """A server that holds its folder and port and is announced there; running it is the caller's.

    Raises:
        ConflictError: Another server holds the folder, or another program the port.
        StorageFullError: The data folder cannot be written.
    """
    prepare_data_folder(plan.data_dir)
    lock = take_server_lock(plan)
    try:
        settings = plan.settings.server
        listener = listen(settings.host, settings.port if plan.port is None else plan.port)
        with listener, _log_of(plan) as log:
            run_file = _announcement(plan, listener)
            server = HttpServer(
                _state_of(plan, log), listener, open_engines=plan.open_engines, faces=plan.faces
            )
            with told_as_storage(plan.data_dir):
                write_run_file(plan.data_dir, run_file)
            try:
                yield server, run_file
            finally:
                remove_run_file(plan.data_dir, run_file)
    finally:
        lock.release()


def take_server_lock(plan: ServerPlan) -> FolderLock:
    """The lock of the folder's one server; an idle server that a command started makes room.

    Raises:
        ConflictError: Another server holds it.
    """
    lock = FolderLock(plan.data_dir, SERVER)
    if lock.try_take():
        return lock
    holder = living(plan.data_dir, SERVER)
    if holder is not None and holder.idle_exit_s is not None and plan.idle_exit_s is None:
        os.kill(holder.pid, signal.SIGTERM)
        lock.take(plan.clock, within_s=_YIELD_WITHIN_S)
        return lock
    raise held_by(plan.data_dir, holder)


@contextmanager
def _log_of(plan: ServerPlan) -> Iterator[ServerLog]:
    with told_as_storage(plan.data_dir):
        log = ServerLog(plan.data_dir, plan.clock)
    try:
        yield log
    finally:
        log.close()


def _announcement(plan: ServerPlan, listener: socket.socket) -> RunFile:
    return own_run_file(
        SERVER,
        plan.clock.now(),
        url=url_of(listener),
        port=listener.getsockname()[1],
        idle_exit_s=plan.idle_exit_s,
    )


def _state_of(plan: ServerPlan, log: ServerLog) -> ServerState:
    plan.metrics.gauge(
        "watchkeeper_log_lines_lost", "Log lines that could not be written.", lambda: [({}, log.lost_lines)]
    )
    return ServerState(
        settings=plan.settings,
        data_dir=plan.data_dir,
        clock=plan.clock,
        ids=plan.ids,
        log=log.log,
        metrics=plan.metrics,
        readiness=Readiness(),
        idle=IdleWatch(plan.clock, plan.idle_exit_s),
        workloads={workload.id: workload for workload in plan.workloads},
    )

"""Running the one ingest process of a data folder: its lock, its ports, its run file, its end."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchkeeper.adapters.ingest_log.segments import writer_name
from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.folder_holder import held_by
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.app.ingest.door import Door
from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.gate import SenderGate
from watchkeeper.app.ingest.process import IngestProcess
from watchkeeper.app.key_ring import key_copy
from watchkeeper.app.listening import INGEST_ASKED, listen, url_of
from watchkeeper.app.run_files import (
    INGEST,
    RunFile,
    living,
    own_run_file,
    remove_run_file,
    write_run_file,
)
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock

LOG_FOLDER = "ingest"


class Ingest:
    """An ingest process that holds its folder and its HTTP port; `run` serves."""

    def __init__(self, process: IngestProcess, announce: Callable[[int], RunFile]) -> None:
        self._process = process
        self._announce = announce
        self.request_stop = process.request_stop

    def run(self, *, is_ready: Callable[[RunFile], None]) -> None:
        """Serve until asked to stop.

        Args:
            is_ready: Told where it answers, once it is announced in the folder.

        Raises:
            WatchkeeperError: It cannot run here.
        """
        self._process.run(announce=lambda grpc_port: is_ready(self._announce(grpc_port)))


@contextmanager
def ingest_on_folder(
    settings: Settings, data_dir: Path, clock: Clock, *, port: int, grpc_port: int
) -> Iterator[Ingest]:
    """The ingest process of a folder.

    Raises:
        ConflictError: Another one holds the folder, or another program a port.
        StorageFullError: The data folder cannot be written.
    """
    prepare_data_folder(data_dir)
    lock = FolderLock(data_dir, INGEST)
    if not lock.try_take():
        raise held_by(data_dir, living(data_dir, INGEST))
    host = settings.ingest.host
    with lock, listen(host, port, INGEST_ASKED) as listener:
        log = LogWriter(
            data_dir / LOG_FOLDER,
            writer_name(clock.now(), secrets.token_hex(2)),
            segment_bytes=settings.ingest.segment_bytes,
        )
        log.start()
        figures = IngestFigures()
        process = IngestProcess(
            listener,
            _door(settings, log, figures, clock),
            SenderGate(settings, key_copy(data_dir), clock),
            figures,
            log,
            host=host,
            grpc_port=grpc_port,
            data_dir=str(data_dir),
        )
        announced: list[RunFile] = []

        def announce(taken_grpc_port: int) -> RunFile:
            run_file = own_run_file(
                INGEST,
                clock.now(),
                url=url_of(listener),
                port=listener.getsockname()[1],
                grpc_port=taken_grpc_port,
            )
            with told_as_storage(data_dir):
                write_run_file(data_dir, run_file)
            announced.append(run_file)
            return run_file

        try:
            yield Ingest(process, announce)
        finally:
            log.close()
            for run_file in announced:
                remove_run_file(data_dir, run_file)


def _door(settings: Settings, log: LogWriter, figures: IngestFigures, clock: Clock) -> Door:
    """What requests come in by, with the figures that tell of it."""
    door = Door(
        log,
        figures,
        clock,
        max_body_bytes=settings.ingest.max_body_bytes,
        max_in_flight_bytes=settings.ingest.max_in_flight_bytes,
        max_log_bytes=settings.ingest.max_log_bytes,
    )
    gauge = figures.metrics.gauge
    gauge("watchkeeper_ingest_log_bytes", "Bytes on disk, not loaded yet.", lambda: [({}, door.log_bytes)])
    gauge(
        "watchkeeper_ingest_in_flight_bytes",
        "Bytes of requests not on disk yet.",
        lambda: [({}, door.in_flight_bytes)],
    )
    gauge("watchkeeper_ingest_commits", "Syncs that made requests last.", lambda: [({}, log.commits)])
    return door

"""The parts of a handle, joined. What cannot be made is left out and counted: the application runs on."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from watchkeeper.sdk.housekeeping import Housekeeping
from watchkeeper.sdk.logs.log_writer import LogWriter
from watchkeeper.sdk.metrics.derived import Derived
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.metrics.snapshot import Snapshot
from watchkeeper.sdk.options import Options
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.recorder import Recorder

if TYPE_CHECKING:
    from watchkeeper.sdk.export.exporter import Exporter


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything one process records with."""

    recorder: Recorder
    registry: Registry
    housekeeping: Housekeeping
    problems: Problems
    exporter: Exporter | None
    logs: LogWriter | None

    def close(self, *, within_s: float) -> bool:
        """Write and send what is left; False when something waits on disk still."""
        self.housekeeping.close(within_s=within_s)
        sent = self.exporter.close(within_s=within_s) if self.exporter is not None else True
        if self.logs is not None:
            self.logs.close(within_s=within_s)
        self.recorder.finish()
        return sent

    def abandon(self) -> None:
        """In a forked child: close the handles, and touch nothing of the parent's."""
        if self.exporter is not None:
            self.exporter.abandon()
        if self.logs is not None:
            self.logs.abandon()
        self.housekeeping.abandon()
        self.recorder.finish()


def assemble(options: Options, readings: Readings) -> Parts:
    """Join the parts."""
    problems = Problems()
    registry = Registry(readings, problems, retention_s=options.retention_s, exported=options.export)
    derived = Derived(registry, over_s=options.derived_over_s)
    logs = _logs(options, readings, problems) if options.logs else None
    exporter = _exporter(options, readings, problems, registry) if options.export else None
    recorder = Recorder(
        readings=readings,
        problems=problems,
        registry=registry,
        exporter=exporter,
        logs=logs,
        send_logs_from=options.send_logs_from,
    )
    problems.tell = lambda reason, detail: recorder.log(
        "system",
        "warning",
        f"watchkeeper: {reason}",
        {"event": "problem", "reason": reason, "detail": detail},
    )
    housekeeping = Housekeeping(
        registry=registry,
        derived=derived,
        recorder=recorder,
        problems=problems,
        snapshot=_snapshot(options, readings, problems, registry),
        every_s=options.metrics_every_s,
        summary_every_s=options.summary_every_s,
    )
    registry.begun = partial(_begin, housekeeping, exporter)
    return Parts(recorder, registry, housekeeping, problems, exporter, logs)


def _begin(housekeeping: Housekeeping, exporter: Exporter | None) -> None:
    housekeeping.background.ensure_running()
    if exporter is not None:
        exporter.background.ensure_running()


def _snapshot(
    options: Options, readings: Readings, problems: Problems, registry: Registry
) -> Snapshot | None:
    if options.snapshot is None:
        return None
    try:
        snapshot = Snapshot(options.snapshot, registry, readings, problems)
    except OSError as failure:
        problems.count("no_snapshot", failure)
        return None
    snapshot.read()
    return snapshot


def _logs(options: Options, readings: Readings, problems: Problems) -> LogWriter | None:
    try:
        return LogWriter(
            options.log_folder,
            workload=options.workload,
            readings=readings,
            problems=problems,
            max_bytes=options.log_max_bytes,
            keep=options.log_keep,
            every_s=options.log_every_s,
        )
    except OSError as failure:
        problems.count("no_log_files", failure)
        return None


def _exporter(options: Options, readings: Readings, problems: Problems, registry: Registry) -> Exporter:
    # What speaks HTTP and protobuf takes longest to import; only a process that exports needs it.
    from watchkeeper.sdk.export.backlog import Backlog
    from watchkeeper.sdk.export.endpoint import Endpoint
    from watchkeeper.sdk.export.exporter import Exporter
    from watchkeeper.sdk.export.memory_spool import MemorySpool
    from watchkeeper.sdk.export.sender import Sender
    from watchkeeper.sdk.export.spool import Spool

    writer = f"{os.getpid()}-{readings.now_ns():x}-{os.urandom(3).hex()}"
    disk = None
    try:
        disk = Spool(
            options.spool,
            writer,
            max_bytes=options.spool_max_bytes,
            fsync=options.spool_fsync,
            problems=problems,
        )
    except OSError as failure:
        problems.count("no_spool", failure)
    resource = {
        "service.name": options.workload,
        "watchkeeper.workload": options.workload,
        "service.instance.id": writer,
        "host.name": socket.gethostname(),
    }
    if options.release is not None:
        resource["watchkeeper.release"] = options.release
    return Exporter(
        Backlog(disk, MemorySpool(problems)),
        endpoint=Endpoint(options.endpoint, options.data_dir),
        sender=Sender(api_key=options.api_key),
        registry=registry,
        resource=resource,
        readings=readings,
        problems=problems,
        max_waiting=options.max_waiting,
        flush_every_s=options.flush_every_s,
        metrics_every_s=options.metrics_every_s,
    )

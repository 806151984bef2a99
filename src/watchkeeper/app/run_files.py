"""Run files: `<data>/run/<name>.json` says which process of ours runs, and where it answers."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from watchkeeper.app.process_identity import own_start, process_start

SERVER = "server"
GATEWAY = "gateway"
INGEST = "ingest"
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """A process of ours, as it announced itself."""

    name: str
    pid: int
    process_start: str
    """Tells the process from a later one with the same pid."""
    started_at: str
    """RFC 3339, UTC."""
    port: int | None = None
    url: str | None = None
    idle_exit_s: float | None = None
    """Seconds without a request after which it leaves; None for a process that stays."""
    grpc_port: int | None = None
    """Where OTLP is taken over gRPC; of the ingest process alone."""

    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return process_start(self.pid) == self.process_start

    def holder(self) -> str:
        """Who it is, for a sentence."""
        return f"{self.name}, process {self.pid}" + (f", {self.url}" if self.url else "")


def own_run_file(
    name: str,
    now: datetime,
    *,
    url: str | None = None,
    port: int | None = None,
    idle_exit_s: float | None = None,
    grpc_port: int | None = None,
) -> RunFile:
    """A run file of this process."""
    return RunFile(
        name=name,
        pid=os.getpid(),
        process_start=own_start(),
        started_at=now.isoformat(),
        port=port,
        url=url,
        idle_exit_s=idle_exit_s,
        grpc_port=grpc_port,
    )


def write_run_file(data_dir: Path, run_file: RunFile) -> None:
    """Write it whole or not at all."""
    path = _path(data_dir, run_file.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{run_file.pid}.new")
    try:
        fresh.write_text(json.dumps(asdict(run_file), indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_run_file(data_dir: Path, name: str) -> RunFile | None:
    """What the process of that name announced, alive or not; None when there is nothing to be read."""
    try:
        row = json.loads(_path(data_dir, name).read_text(encoding="utf-8"))
        return RunFile(**row)
    except (OSError, ValueError, TypeError):
        return None


def living(data_dir: Path, name: str) -> RunFile | None:
    """The process of that name, when it still runs."""
    found = read_run_file(data_dir, name)
    return found if found is not None and found.is_alive() else None


def all_announced(data_dir: Path) -> Iterator[RunFile]:
    """Every process of this data folder that was started and has not ended in good order, by name."""
    for path in sorted((data_dir / "run").glob("*.json")):
        found = read_run_file(data_dir, path.stem)
        if found is not None:
            yield found


def all_living(data_dir: Path) -> Iterator[RunFile]:
    """Every process of this data folder that still runs, by name."""
    return (found for found in all_announced(data_dir) if found.is_alive())


def remove_run_file(data_dir: Path, run_file: RunFile) -> None:
    """Take away the run file of a process, unless another process has put its own there."""
    found = read_run_file(data_dir, run_file.name)
    if found is not None and (found.pid, found.process_start) == (run_file.pid, run_file.process_start):
        _path(data_dir, run_file.name).unlink(missing_ok=True)


def _path(data_dir: Path, name: str) -> Path:
    return data_dir / "run" / f"{name}.json"

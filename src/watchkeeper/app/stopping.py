"""Stopping everything that runs on a data folder, and waiting until it has ended."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from watchkeeper.adapters.postgres.stop_now import stop_now
from watchkeeper.app.run_files import SUPERVISOR, RunFile, all_living, remove_run_file
from watchkeeper.domain.clock import Clock

PATIENCE_S = 20.0
"""How long a process may take to end in good order before it is ended without."""
_KILL_PATIENCE_S = 5.0
_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A process that was stopped."""

    name: str
    pid: int
    url: str | None
    forced: bool
    """Whether it had to be killed."""


def stop_everything(data_dir: Path, clock: Clock) -> tuple[Stopped, ...]:
    """Stop all processes of a data folder: the supervisor first, so that it restarts none.

    Returns:
        What was stopped; empty when nothing ran.
    """
    found = sorted(all_living(data_dir), key=lambda run_file: run_file.name != SUPERVISOR)
    stopped = []
    for first in (True, False):
        chosen = [run_file for run_file in found if (run_file.name == SUPERVISOR) is first]
        stopped += _stop(data_dir, chosen, clock)
    postgres = stop_now(data_dir, clock, within_s=PATIENCE_S)
    if postgres is not None:
        stopped.append(Stopped(name="postgres", pid=postgres, url=None, forced=False))
    return tuple(stopped)


def _stop(data_dir: Path, processes: Sequence[RunFile], clock: Clock) -> list[Stopped]:
    for process in processes:
        _signal(process, signal.SIGTERM)
    _wait(lambda: not any(process.is_alive() for process in processes), clock, PATIENCE_S)
    stubborn = [process for process in processes if process.is_alive()]
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    _wait(lambda: not any(process.is_alive() for process in stubborn), clock, _KILL_PATIENCE_S)
    for process in processes:
        remove_run_file(data_dir, process)
    return [
        Stopped(name=process.name, pid=process.pid, url=process.url, forced=process in stubborn)
        for process in processes
    ]


def _signal(process: RunFile, what: signal.Signals) -> None:
    """Send a signal, unless the process has ended meanwhile."""
    if process.is_alive():
        with suppress(ProcessLookupError):
            os.kill(process.pid, what)


def _wait(is_over: Callable[[], bool], clock: Clock, within_s: float) -> None:
    deadline_s = clock.monotonic() + within_s
    pause = Event()
    while not is_over() and clock.monotonic() < deadline_s:
        pause.wait(_LOOK_AGAIN_S)

"""One process under the supervisor: started, watched, started again with growing pauses."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from watchkeeper.app.run_files import RunFile, living
from watchkeeper.domain.clock import Clock

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
"""A child that lived this long starts again without a longer pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPlan:
    """What a child is."""

    name: str
    """Its run file's name."""
    command: Callable[[RunFile | None, int], Sequence[str]]
    """Its command line, given what it was when it was last ready, whose ports it takes again (None: as
    set), and its end of the parent's pipe."""
    reload_signal: int | None = None
    """The signal on which it reads its settings anew while it works; None: it is started anew for that."""


class SupervisedChild:
    """A child process and its restarts; not thread-safe: the supervisor's thread owns it."""

    def __init__(self, plan: ChildPlan, data_dir: Path, clock: Clock) -> None:
        self.name = plan.name
        self.was_ready = False
        """Whether it has ever been ready: from then on it is restarted when it dies."""
        self.restart_at_s: float | None = None
        """When to start it again, on the monotonic clock; None while it runs."""
        self.is_renewed = False
        """Whether it ends, or ended, only to be started with settings read anew."""
        self._plan = plan
        self._data_dir = data_dir
        self._clock = clock
        self._was: RunFile | None = None
        self._pause_s = FIRST_PAUSE_S
        self._started_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, pipe_fd: int, died: Callable[["SupervisedChild", int], None]) -> None:
        """Start it; `died` is called from another thread with its exit code when it ends."""
        self.restart_at_s = None
        self._started_s = self._clock.monotonic()
        process = subprocess.Popen(
            self._plan.command(self._was, pipe_fd),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(pipe_fd,),
        )
        self._process = process
        Thread(
            target=lambda: died(self, process.wait()), name=f"wait-{self.name}-{process.pid}", daemon=True
        ).start()

    def announced(self) -> RunFile | None:
        """Its run file, once it has written one."""
        found = living(self._data_dir, self.name)
        return found if found and self._process and found.pid == self._process.pid else None

    def became_ready(self, run_file: RunFile) -> None:
        """Note that it is ready; started again, it takes the same ports."""
        self.was_ready = True
        self._was = run_file

    def plan_restart(self) -> float:
        """Note that it died; returns the seconds until it is to be started again."""
        if self.is_renewed:
            self.is_renewed = False
            self.restart_at_s = self._clock.monotonic()
            return 0.0
        if self._clock.monotonic() - self._started_s >= STEADY_AFTER_S:
            self._pause_s = FIRST_PAUSE_S
        pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, LONGEST_PAUSE_S)
        self.restart_at_s = self._clock.monotonic() + pause_s
        return pause_s

    def renew(self) -> None:
        """Have it work with the settings as they stand now; its ports stay."""
        if self._plan.reload_signal is not None:
            self.signal(self._plan.reload_signal)
        elif self.is_running():
            self.is_renewed = True
            self.signal(signal.SIGTERM)

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def signal(self, what: int) -> None:
        """Send it a signal, if it lives."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, what)

"""`wk up`: starts the processes of one machine, restarts those that die, and ends them all with it."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.discovery import reasons_not_ready
from watchkeeper.app.folder_holder import check_free, held_by
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.app.run_files import (
    SUPERVISOR,
    RunFile,
    living,
    own_run_file,
    remove_run_file,
    write_run_file,
)
from watchkeeper.app.supervised_child import ChildPlan, SupervisedChild
from watchkeeper.domain.clock import Clock

_LOOK_EVERY_S = 0.1
_STOP_WITHIN_S = 20.0
_KILL_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Died:
    child: SupervisedChild
    exit_code: int


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


@dataclass(frozen=True, slots=True)
class _Reload:
    pass


class Supervisor:
    """The processes of one data folder on one machine."""

    def __init__(
        self,
        plans: Sequence[ChildPlan],
        data_dir: Path,
        clock: Clock,
        *,
        is_ready: Callable[[Sequence[RunFile]], None],
        reload: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        """Name what to run.

        Args:
            plans: The children.
            data_dir: The data folder.
            clock: Measures pauses.
            is_ready: Called once, when all are ready for the first time.
            reload: Called when the settings are to be read anew; says whether they are in order, so that
                the children may work with them.
            tell: Tells a person what happened to a child, in a sentence.
        """
        self._data_dir = data_dir
        self._clock = clock
        self._is_ready = is_ready
        self._reload = reload
        self._tell = tell
        self._events: SimpleQueue[_Died | _Stop | _Reload] = SimpleQueue()
        self._children = [SupervisedChild(plan, data_dir, clock) for plan in plans]
        self._waiting_for = list(self._children)
        self._told_ready = False

    def request_stop(self) -> None:
        """Ask it to stop; a signal handler may."""
        self._events.put(_Stop())

    def request_reload(self) -> None:
        """Ask it to have all children work with the settings as they stand now; a signal handler may."""
        self._events.put(_Reload())

    def run(self) -> int:
        """Run until asked to stop; returns the exit code.

        Raises:
            ConflictError: Watchkeeper runs on this folder already.
            StorageFullError: The data folder cannot be written.
        """
        prepare_data_folder(self._data_dir)
        lock = FolderLock(self._data_dir, SUPERVISOR)
        if not lock.try_take():
            check_free(self._data_dir)
            raise held_by(self._data_dir, living(self._data_dir, SUPERVISOR))
        announced = own_run_file(SUPERVISOR, self._clock.now())
        with lock:
            check_free(self._data_dir)
            with told_as_storage(self._data_dir):
                write_run_file(self._data_dir, announced)
            try:
                return self._supervise()
            finally:
                remove_run_file(self._data_dir, announced)

    def _supervise(self) -> int:
        reading, writing = os.pipe()
        try:
            for child in self._children:
                child.start(reading, self._note_death)
            return self._watch(reading)
        finally:
            self._stop_children()
            os.close(writing)
            os.close(reading)

    def _note_death(self, child: SupervisedChild, exit_code: int) -> None:
        self._events.put(_Died(child, exit_code))

    def _watch(self, pipe_fd: int) -> int:
        while True:
            match self._next_event():
                case _Stop():
                    return 0
                case _Died(child, exit_code) if not child.was_ready:
                    # It has said why on the error stream; trying again would say it again.
                    return exit_code or 1
                case _Reload():
                    if self._reload():
                        for child in self._children:
                            child.renew()
                case _Died(child, _) if child.is_renewed:
                    child.plan_restart()
                    self._waiting_for.append(child)
                case _Died(child, exit_code):
                    pause_s = child.plan_restart()
                    self._waiting_for.append(child)
                    self._tell(f"{child.name} ended ({_ending(exit_code)}); starting again in {pause_s:g} s")
                case None:
                    self._start_due(pipe_fd)
                    self._look_for_ready()

    def _next_event(self) -> _Died | _Stop | _Reload | None:
        if not self._waiting_for:
            return self._events.get()
        try:
            return self._events.get(timeout=_LOOK_EVERY_S)
        except Empty:
            return None

    def _start_due(self, pipe_fd: int) -> None:
        for child in self._children:
            if child.restart_at_s is not None and self._clock.monotonic() >= child.restart_at_s:
                child.start(pipe_fd, self._note_death)

    def _look_for_ready(self) -> None:
        for child in list(self._waiting_for):
            run_file = child.announced()
            if run_file is None or run_file.url is None or reasons_not_ready(run_file.url) != ():
                continue
            again = child.was_ready
            child.became_ready(run_file)
            self._waiting_for.remove(child)
            if again:
                self._tell(f"{child.name} is back at {run_file.url}")
        if not self._waiting_for and not self._told_ready:
            self._told_ready = True
            self._is_ready([found for child in self._children if (found := child.announced())])

    def _stop_children(self) -> None:
        for what, within_s in ((signal.SIGTERM, _STOP_WITHIN_S), (signal.SIGKILL, _KILL_WITHIN_S)):
            for child in self._children:
                child.signal(what)
            deadline_s = self._clock.monotonic() + within_s
            while (
                any(child.is_running() for child in self._children) and self._clock.monotonic() < deadline_s
            ):
                with suppress(Empty):
                    self._events.get(timeout=_LOOK_EVERY_S)


def _ending(exit_code: int) -> str:
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"

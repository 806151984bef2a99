"""A thread that does its turn every so often, from its first work until it is told to end."""

from collections.abc import Callable
from threading import Event, Lock, Thread

from watchkeeper.sdk.problems import Problems


class Background:
    """Runs `turn` in a thread of its own; one that fails is counted, and the next is due as ever."""

    def __init__(self, name: str, turn: Callable[[], None], problems: Problems, *, every_s: float) -> None:
        self.wake = Event()
        """Set it, and the next turn begins at once."""
        self._name = name
        self._turn = turn
        self._problems = problems
        self._every_s = every_s
        self.ending = False
        """Whether it was told to end; a long turn looks."""
        self._thread: Thread | None = None
        self._lock = Lock()

    def ensure_running(self) -> None:
        """Start the thread, unless it runs or was told to end."""
        if self._thread is None and not self.ending:
            with self._lock:
                if self._thread is None and not self.ending:
                    thread = Thread(target=self._run, name=self._name, daemon=True)
                    thread.start()
                    self._thread = thread

    def end(self, *, within_s: float) -> bool:
        """Let it finish its turn and end; False when it is still at it after that long."""
        self.ending = True
        self.wake.set()
        thread = self._thread
        if thread is None:
            return True
        thread.join(within_s)
        return not thread.is_alive()

    def _run(self) -> None:
        while True:
            self.wake.wait(self._every_s)
            self.wake.clear()
            if self.ending:
                return
            try:
                self._turn()
            except Exception as failure:  # noqa: BLE001 - here a loop turn ends
                self._problems.count(f"{self._name}_turn_failed", failure)

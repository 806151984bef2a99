"""The watchdog of the monitor: sees from another process that it no longer looks, and tells people.

A server that is stopped, hangs or does not come up tells nobody. `wk up` watches the monitor's sign of life
and, when it stays away, raises the alert in the state and takes letters to the channels itself, until the
monitor looks again and ends the alert.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from watchkeeper.app.monitoring.heartbeat import Heartbeat
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock

if TYPE_CHECKING:
    from watchkeeper.app.monitoring.watchdog_alarm import Alarm

_LOOKS = 10
"""How often it looks in the time after which it tells people."""
_STOP_WITHIN_S = 5.0


class MonitorWatchdog:
    """A thread that watches a monitor in another process."""

    def __init__(
        self, data_dir: Path, settings: Settings, clock: Clock, *, tell: Callable[[str], None]
    ) -> None:
        """Name whom to watch.

        Args:
            data_dir: The data folder.
            settings: How often the monitor looks, and who is told.
            clock: Measures how long it has not, by a clock that never runs backwards.
            tell: Tells a person who looks on, in a sentence.
        """
        monitoring = settings.monitoring
        self.patience_s = monitoring.watchdog_s or 1.5 * monitoring.every_s
        self._data_dir = data_dir
        self._settings = settings
        self._clock = clock
        self._tell = tell
        self._beat = Heartbeat(data_dir, clock)
        self._last: str | None = None
        self._seen_s = 0.0
        self._alarm: Alarm | None = None
        self._undo = ExitStack()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="monitor-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch: from now on the monitor is expected to look."""
        self._last, self._seen_s = self._beat.read(), self._clock.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WITHIN_S)
        self._calm()

    def turn(self) -> None:
        """Look once."""
        last, now_s = self._beat.read(), self._clock.monotonic()
        if last != self._last:
            self._last, self._seen_s = last, now_s
            if self._alarm is not None:
                self._tell("the monitor looks again")
                self._calm()
            return
        silent_s = now_s - self._seen_s
        if silent_s < self.patience_s:
            return
        if self._alarm is None:
            self._tell(f"the monitor has not looked for {silent_s:.0f} s; people are told")
            # Loaded only now: most supervisors never need a database and channels.
            from watchkeeper.app.monitoring.watchdog_alarm import Alarm

            self._alarm = Alarm(self._data_dir, self._settings, self._clock)
            self._undo.callback(self._alarm.close)
        self._alarm.turn(silent_s)

    def _calm(self) -> None:
        self._undo.close()
        self._alarm = None

    def _run(self) -> None:
        while not self._stopping.wait(self.patience_s / _LOOKS):
            try:
                self.turn()
            except Exception as failure:  # noqa: BLE001 - the watchdog's turn ends here, and goes on
                self._tell(f"the watchdog of the monitor failed: {type(failure).__name__}: {failure}")

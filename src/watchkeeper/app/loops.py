"""Work the server does again and again beside answering: one thread a loop, whatever a turn does."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from watchkeeper.app.metrics import Counter, Metrics
from watchkeeper.app.readiness import Readiness
from watchkeeper.app.server_log import Log

_STOP_WITHIN_S = 15.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class LoopCounters:
    """How often loops turned, and how often a turn failed."""

    turns: Counter
    failures: Counter


def loop_counters(metrics: Metrics) -> LoopCounters:
    """The counters of all loops of a server."""
    return LoopCounters(
        metrics.counter("watchkeeper_loop_turns_total", "Turns of background loops."),
        metrics.counter("watchkeeper_loop_failures_total", "Turns of background loops that failed."),
    )


class Loop:
    """One thing done again and again; its name is its part of the server's readiness."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], object],
        *,
        every_s: float,
        readiness: Readiness,
        counters: LoopCounters,
        log: Log,
        needed: bool = True,
        punctual: bool = False,
    ) -> None:
        """Name what to do.

        Args:
            name: Its part of the readiness, and its label in figures.
            turn: One turn; may raise anything.
            every_s: Seconds between turns that go well.
            readiness: Where it tells how its last turn went.
            counters: Where turns and failures are counted.
            log: Where failures are told.
            needed: Whether the server counts as ready only while its turns go well.
            punctual: Whether it turns as often when its turns fail, because somebody waits for it.
        """
        self.name = name
        self._turn = turn
        self._every_s = every_s
        self._readiness = readiness
        self._counters = counters
        self._log = log
        self._punctual = punctual
        self._stopping = Event()
        self._failures_in_a_row = 0
        self._thread = Thread(target=self._run, name=f"loop-{name}", daemon=True)
        readiness.expect(name, "has not turned yet", needed=needed)

    def start(self) -> None:
        """Begin turning."""
        self._thread.start()

    def stop(self) -> bool:
        """Turn a last time and end; whether it ended in time."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WITHIN_S)
        return not self._thread.is_alive()

    def turn_once(self) -> bool:
        """One turn; whether it went well. A failure is logged and counted, and never ends the loop."""
        labels = {"loop": self.name}
        self._counters.turns.add(labels=labels)
        try:
            self._turn()
        except Exception as failure:  # noqa: BLE001 - a loop's turn ends here: logged, counted, shown
            self._failures_in_a_row += 1
            self._counters.failures.add(labels=labels)
            self._readiness.failed(self.name, f"{type(failure).__name__}: {failure}")
            self._log.error("loop turn failed", loop=self.name, exc_info=failure)
            return False
        self._failures_in_a_row = 0
        self._readiness.ready(self.name)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.turn_once()
            self._stopping.wait(self.pause_s())
        self.turn_once()

    def pause_s(self) -> float:
        """Seconds until the next turn.

        Longer after failures in a row, so that a lasting one does not fill the log; but not where somebody
        waits for the turn.
        """
        if self._punctual:
            return self._every_s
        longer = min(self._every_s * 2.0 ** min(self._failures_in_a_row, 10), _LONGEST_PAUSE_S)
        return max(longer, self._every_s)

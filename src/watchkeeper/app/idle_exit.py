"""The server a command started leaves by itself when nobody has asked it anything for a while."""

from threading import Lock

from watchkeeper.domain.clock import Clock


class IdleWatch:
    """Notes requests and tells when the last one is long past."""

    def __init__(self, clock: Clock, idle_s: float | None) -> None:
        """Begin to watch.

        Args:
            clock: Measures the quiet.
            idle_s: Seconds of quiet after which to leave; None never leaves.
        """
        self._clock = clock
        self._idle_s = idle_s
        self._lock = Lock()
        self._open = 0
        self._last_s = clock.monotonic()

    def begin(self) -> None:
        """A request, or a page's connection, has begun."""
        with self._lock:
            self._open += 1

    def end(self) -> None:
        """One of them has ended."""
        with self._lock:
            self._open -= 1
            self._last_s = self._clock.monotonic()

    def is_over(self) -> bool:
        """Whether it is time to leave: nothing is open and the last request ended long enough ago."""
        with self._lock:
            quiet_s = self._clock.monotonic() - self._last_s
            return self._idle_s is not None and self._open == 0 and quiet_s >= self._idle_s

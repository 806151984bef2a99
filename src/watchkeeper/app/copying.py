"""The copy of the telemetry store that a server runs: one at a time, and how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from watchkeeper.domain.errors import ConflictError


class Copying:
    """How far the copy is; any thread may look."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.rows = 0
        """Read so far."""
        self.spans = 0
        """Of the source."""

    @property
    def running(self) -> bool:
        """Whether one runs."""
        return self._lock.locked()

    @contextmanager
    def begun(self) -> Iterator[None]:
        """A copy's time.

        Raises:
            ConflictError: Another one runs.
        """
        if not self._lock.acquire(blocking=False):
            raise ConflictError(
                "the telemetry store is being copied already", action="wait until that is done"
            )
        try:
            self.rows = self.spans = 0
            yield
        finally:
            self._lock.release()

    def read(self, rows: int) -> None:
        """Tell that so many rows were read in all."""
        self.rows = rows

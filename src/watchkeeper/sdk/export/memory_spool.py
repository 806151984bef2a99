"""Batches in memory, where the disk takes none: a read-only container still sends, as long as it lives."""

from collections import deque
from dataclasses import dataclass
from threading import Lock

from watchkeeper.sdk.export.lanes import Lane
from watchkeeper.sdk.problems import Problems

MAX_BYTES = 16 * 1024 * 1024


@dataclass(slots=True, eq=False)
class HeldBatch:
    """A batch that waits in memory."""

    lane: Lane
    payload: bytes


class MemorySpool:
    """Holds batches until they are sent; beyond the bound the oldest are dropped and counted."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._batches: deque[HeldBatch] = deque()
        self._bytes = 0
        self._lock = Lock()

    def add(self, lane: Lane, payload: bytes) -> None:
        """Hold a batch."""
        with self._lock:
            self._batches.append(HeldBatch(lane, payload))
            self._bytes += len(payload)
            while self._bytes > MAX_BYTES and len(self._batches) > 1:
                self._bytes -= len(self._batches.popleft().payload)
                self._problems.count("memory_full_batches_dropped", f"more than {MAX_BYTES} bytes waited")

    def next(self, lane: Lane) -> HeldBatch | None:
        """The oldest batch of a lane; it stays until `done`."""
        with self._lock:
            return next((batch for batch in self._batches if batch.lane is lane), None)

    def done(self, batch: HeldBatch) -> None:
        """Let a batch go, if the bound has not done so already."""
        with self._lock:
            if batch in self._batches:
                self._batches.remove(batch)
                self._bytes -= len(batch.payload)

    def waiting_bytes(self) -> int:
        """Bytes that wait to be sent."""
        with self._lock:
            return self._bytes

    def close(self) -> None:
        """Count what was not sent and goes with the process."""
        with self._lock:
            if self._batches:
                self._problems.count("batches_lost_with_memory", times=len(self._batches))

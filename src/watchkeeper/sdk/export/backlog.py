"""All that waits to be sent: on disk, and in memory where the disk takes none."""

from watchkeeper.sdk.export.lanes import Lane
from watchkeeper.sdk.export.memory_spool import HeldBatch, MemorySpool
from watchkeeper.sdk.export.spool import Spool, Waiting


class Backlog:
    """Disk first; what was held in memory is sent after what is on disk."""

    def __init__(self, disk: Spool | None, memory: MemorySpool) -> None:
        self._disk = disk
        self._memory = memory

    def add(self, lane: Lane, payload: bytes, *, now_ns: int) -> None:
        """Keep a batch."""
        if self._disk is None or not self._disk.add(lane, payload, now_ns=now_ns):
            self._memory.add(lane, payload)

    def adopt(self) -> None:
        """Take over what processes that have died left on disk."""
        if self._disk is not None:
            self._disk.adopt()

    def next(self, lane: Lane) -> Waiting | HeldBatch | None:
        """The oldest of a lane; it stays until `done`."""
        on_disk = self._disk.next(lane) if self._disk is not None else None
        return on_disk if on_disk is not None else self._memory.next(lane)

    def body(self, batch: Waiting | HeldBatch) -> bytes | None:
        """The request a batch is; None when nothing whole is in it."""
        if isinstance(batch, HeldBatch):
            return batch.lane.joined([batch.payload])
        return self._disk.body(batch) if self._disk is not None else None

    def done(self, batch: Waiting | HeldBatch) -> None:
        """Let a batch go that was sent, or that nobody will ever take."""
        if isinstance(batch, HeldBatch):
            self._memory.done(batch)
        elif self._disk is not None:
            self._disk.done(batch)

    def kept(self, batch: Waiting | HeldBatch) -> None:
        """A batch was not sent; it waits on."""
        if self._disk is not None and isinstance(batch, Waiting):
            self._disk.kept(batch)

    def waiting_bytes(self) -> int:
        """Bytes that wait."""
        return self._memory.waiting_bytes() + (self._disk.waiting_bytes() if self._disk is not None else 0)

    def close(self) -> None:
        """Let everything go: what is on disk is for another process, what is in memory is lost, counted."""
        if self._disk is not None:
            self._disk.close()
        self._memory.close()

    def abandon(self) -> None:
        """In a forked child: let go of what is the parent's."""
        if self._disk is not None:
            self._disk.abandon()

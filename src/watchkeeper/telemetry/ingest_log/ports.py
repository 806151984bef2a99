"""The log's two ends: whoever answers senders appends, whoever loads reads on."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.telemetry.ingest_log.record_format import Damage, LogEntry


class LogSink(Protocol):
    """Where requests are made to last."""

    def append(self, entry: LogEntry) -> "Future[None]":
        """Add a record; the future ends when it is on disk.

        The future raises `StorageFullError` where it could not be written: it may then be read later all
        the same, which does no harm, for the sender will send it again.
        """
        ...

    def size_bytes(self) -> int:
        """What the log takes up on disk, about."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStretch:
    """Some records of one segment, without a gap between them."""

    segment: str
    """The name positions are kept under."""
    end_offset: int
    """Bytes from the segment's start to the end of the last record."""
    entries: tuple[LogEntry, ...]
    damage: tuple[Damage, ...] = ()
    is_end: bool = False
    """Whether nothing follows it, now or later: once loaded, the segment can go."""


class LogSource(Protocol):
    """Where loading reads."""

    def read_new(self, positions: Mapping[str, int]) -> Iterator[LogStretch]:
        """Whole records beyond `positions`, oldest first; a segment not named is read whole."""
        ...

    def delete(self, segment: str) -> None:
        """Let go of a segment that is loaded; safe to repeat."""
        ...

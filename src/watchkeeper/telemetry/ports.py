"""What telemetry needs from outside: a store of spans, a source of receipt lines.

The store of content is in `content_ports.py`.

A read of something absent answers None or an empty tuple. All instants are aware, in UTC. Every
method of a store may raise `UnavailableError` (the engine failed) and every write `StorageFullError`
(the disk is full or cannot be written); a write that raises has changed nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from watchkeeper.domain.span import Span
from watchkeeper.telemetry.figures import CallSummary, Dimension, MinuteFigures
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendResult:
    """What became of the spans of one append; the three add up to the spans given."""

    stored: int
    duplicates: int
    """Same key and same content as one that is there: nothing to do."""
    conflicts: int
    """Same key as one that is there and other content: the first stays, this one is kept aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanConflict:
    """A span that came with the key of another and was not let in."""

    span: Span
    """What came; what stands in its place is in `trace(span.trace_id)`."""
    received_at: datetime
    """When it first came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLine:
    """A receipt line that is no receipt; it was skipped, and stays told."""

    file: str
    offset: int
    """Where the line begins, in bytes from the file's start; with `file`, its identity."""
    reason: str


class TelemetryStore(Protocol):
    """Every span, once: `(trace_id, span_id)` is its identity (law 2).

    Costs are kept to 12 decimals and attributes as JSON keeps them (`storable.storable`).
    """

    def append(
        self,
        spans: Sequence[Span],
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """Take spans in, and with them how far their source was read, all in one transaction.

        Safe to repeat: any order, any batching and any number of repeats end with the same spans,
        except that of spans in conflict the first to come is the one that stays.

        Args:
            spans: Any number; their keys may repeat.
            received_at: When they came.
            positions: Bytes read of each file; files not named keep the position they have.
            unreadable: Lines of those files that are no receipts; known ones are kept once.

        Raises:
            InvalidInputError: A span cannot be stored (`storable.storable` says why); nothing was.
        """
        ...

    def positions(self) -> dict[str, int]:
        """How far each file has been read, in bytes."""
        ...

    def newest(self, which: SpanFilter, limit: int) -> tuple[Span, ...]:
        """The spans that started last, newest first; at most `limit`."""
        ...

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """How many spans there are."""
        ...

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """What calls add up to, a row for every group, most calls first, then by group.

        Args:
            which: The spans to add up.
            by: The dimensions to group by; none makes one row of everything.

        Returns:
            Only groups with calls; so nothing, when there are no calls.
        """
        ...

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """The spans of a trace, by start and id."""
        ...

    def per_minute(self, which: SpanFilter, *, start: datetime, end: datetime) -> tuple[MinuteFigures, ...]:
        """Figures of every minute from the one `start` is in, oldest first, minutes without calls too.

        Only spans that started at or after `start` and before `end` count.
        """
        ...

    def conflicts(self, limit: int) -> tuple[SpanConflict, ...]:
        """Spans kept aside because another holds their key, last come first; the same one once."""
        ...

    def conflict_count(self) -> int:
        """How many different spans were kept aside."""
        ...

    def unreadable(self, limit: int) -> tuple[UnreadableLine, ...]:
        """Lines that were skipped, by file and offset."""
        ...

    def unreadable_count(self) -> int:
        """How many lines were skipped."""
        ...

    def close(self) -> None:
        """Let go of the engine; safe to repeat. Nothing else works afterwards."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBatch:
    """Some whole lines of one file, without a gap between them."""

    file: str
    """The name positions are kept under."""
    end_offset: int
    """Bytes from the file's start to the end of the last line, its newline included."""
    lines: tuple[bytes, ...] = field(repr=False)
    """Each without its newline, which is one byte."""

    def offsets(self) -> tuple[int, ...]:
        """Where each line begins, in bytes from the file's start."""
        offset = self.end_offset - sum(len(line) + 1 for line in self.lines)
        begins = []
        for line in self.lines:
            begins.append(offset)
            offset += len(line) + 1
        return tuple(begins)


class ReceiptSource(Protocol):
    """Where new receipt lines come from."""

    def read_new(self, positions: Mapping[str, int]) -> Iterable[LineBatch]:
        """Whole lines beyond `positions`, a file's batches in order; a file not named is read whole.

        A last line that is not ended yet is left for the next time.
        """
        ...

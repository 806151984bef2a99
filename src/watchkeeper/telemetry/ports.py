"""What telemetry needs from outside: a store of rows, a source of receipt lines.

The store of content is in `content_ports.py`.

A read of something absent answers None or an empty tuple. All instants are aware, in UTC. Every
method of a store may raise `UnavailableError` (the engine failed) and every write `StorageFullError`
(the disk is full or cannot be written); a write that raises has changed nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult, RowKind, Taken
from watchkeeper.telemetry.call_moments import CallMoments, MomentsQuestion
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import CallSummary, Dimension, MinuteFigures
from watchkeeper.telemetry.item_question import ItemFigures
from watchkeeper.telemetry.metric_question import MetricFigures, MetricName, MetricQuestion
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingMinute:
    """A minute whose figures are not those of its rows."""

    minute: datetime
    """Where it begins, aware, UTC."""
    row_calls: int
    rollup_calls: int
    """May be equal to `row_calls`: then tokens, cost or durations differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupReport:
    """What comparing figures with rows found."""

    minutes: int
    """How many were compared: all that have rows or figures."""
    calls: int
    """How many rows of calls."""
    differing: tuple[DifferingMinute, ...]
    """Oldest first, at most 100 of them."""
    differing_count: int

    @property
    def equal(self) -> bool:
        """Whether everything agrees."""
        return not self.differing_count


class SpanStore(Protocol):
    """Every span, once: `(trace_id, span_id)` is its identity (law 2).

    Costs are kept to 12 decimals and attributes as JSON keeps them (`storable.storable`).
    """

    def append(
        self,
        batch: TelemetryBatch,
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """Take rows in, and with them how far their source was read, all in one transaction.

        Safe to repeat: any order, any batching and any number of repeats end with the same rows and
        the same figures, except that of rows in conflict the first to come is the one that stays.

        A row that cannot be stored (`storable_rows` says why) is refused with its reason; the others
        are kept.

        Args:
            batch: Any number of rows; their keys may repeat.
            received_at: When they came.
            positions: Bytes read of each file; files not named keep the position they have.
            unreadable: Lines of those files that are no receipts; known ones are kept once.
        """
        ...

    def positions(self) -> dict[str, int]:
        """How far each file has been read, in bytes."""
        ...

    def newest(self, which: SpanFilter, limit: int, after: SpanPlace | None = None) -> tuple[Span, ...]:
        """The spans that started last, newest first, equal starts by ids; at most `limit`.

        Args:
            which: The spans to choose from.
            limit: How many at most.
            after: Where the page before this one ended.
        """
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


class TelemetryStore(SpanStore, Protocol):
    """Rows of every kind, and the figures of calls and metrics.

    Lists come newest first; rows of one instant by their keys.
    """

    def figures(self, question: CallQuestion) -> tuple[CallFigures, ...]:
        """What calls add up to, by group and step: earliest step first, then most calls, then by group.

        Sums and counts are exact, however they were come by.

        Raises:
            InvalidInputError: There is no such dimension or timezone.
        """
        ...

    def items(self, question: CallQuestion) -> tuple[ItemFigures, ...]:
        """How many items calls were made for, in the order of `items_order`; latencies are not asked for.

        Raises:
            InvalidInputError: There is no such dimension or timezone.
        """
        ...

    def moments(self, question: MomentsQuestion) -> CallMoments:
        """Count, mean and scatter of what calls came to, over all of them, however many.

        A verdict counts for a call of the filter's window whenever it was given after the window began.
        """
        ...

    def metric_series(self, question: MetricQuestion) -> tuple[MetricFigures, ...]:
        """What points add up to, by step, kind and tags: earliest step first.

        Raises:
            InvalidInputError: The step cannot be.
        """
        ...

    def metric_names(self, workload: str | None = None) -> tuple[MetricName, ...]:
        """The names there are points of, by workload, name and kind."""
        ...

    def logs(self, which: LogFilter, limit: int) -> tuple[LogRecord, ...]:
        """Log records, newest first; at most `limit`."""
        ...

    def evaluations(self, which: EvaluationFilter, limit: int) -> tuple[EvaluationResult, ...]:
        """Scores given to calls, newest first; at most `limit`."""
        ...

    def feedback(self, which: FeedbackFilter, limit: int) -> tuple[Feedback, ...]:
        """What people thought, newest first; at most `limit`."""
        ...

    def queries(self, which: QueryFilter, limit: int) -> tuple[QueryRecord, ...]:
        """Queries served, newest first; at most `limit`."""
        ...

    def read_out(self, *, rows: int) -> Iterator[TelemetryBatch]:
        """Every row there is, in batches of at most so many: what another store is filled from."""
        ...

    def rebuild_rollups(self) -> None:
        """Make what figures are answered from anew, from the rows."""
        ...

    def verify_rollups(self) -> RollupReport:
        """Compare what figures are answered from with the rows, minute by minute."""
        ...

    def remove_before(self, instant: datetime) -> int:
        """Remove every row of before this instant, its figures with it; positions stay.

        Returns:
            How many rows.
        """
        ...


@runtime_checkable
class ParquetFiles(Protocol):
    """A store that writes its rows as Parquet and takes them back (docs/telemetry-columns.md)."""

    def export_parquet(
        self, folder: Path, *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[RowKind, int]:
        """Write rows into a new folder, whole or not at all: a file for each kind.

        Returns:
            How many rows, by kind.

        Raises:
            ConflictError: The folder is there already.
            StorageFullError: It cannot be written.
        """
        ...

    def import_parquet(self, folder: Path, *, received_at: datetime) -> dict[RowKind, Taken]:
        """Take the rows of an exported folder in; safe to repeat, known rows are left.

        Returns:
            What became of them, by kind.

        Raises:
            InvalidInputError: It holds no export, or a file cannot be read; what was read before is kept.
        """
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

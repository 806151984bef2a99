"""Receipts into telemetry: each line a span, rows and how far was read in one transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.receipt import receipt_of_line
from watchkeeper.domain.span import Span, span_of_receipt
from watchkeeper.telemetry.ports import LineBatch, ReceiptSource, SpanStore, UnreadableLine
from watchkeeper.telemetry.storable import storable
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

COMMIT_LINES = 1000
"""Lines a commit: a commit costs an fsync, and so many rows share it (24,000 spans/s measured)."""

REASON_CHARACTERS = 200
"""Why a line is no receipt, in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipReport:
    """What one round of shipping did."""

    lines: int = 0
    """Read; each is stored, a duplicate, a conflict or unreadable."""
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    unreadable: tuple[UnreadableLine, ...] = ()
    """Skipped; telemetry keeps them told (`TelemetryStore.unreadable`), the file keeps the lines."""
    commits: int = 0


@dataclass(slots=True)
class _Load:
    """What goes into one commit."""

    positions: dict[str, int] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    unreadable: list[UnreadableLine] = field(default_factory=list)

    def take(self, batch: LineBatch) -> None:
        for offset, line in zip(batch.offsets(), batch.lines, strict=True):
            try:
                self.spans.append(_span_of_line(line))
            except InvalidInputError as problem:
                self.unreadable.append(_unreadable(batch.file, offset, problem))
        self.positions[batch.file] = batch.end_offset

    @property
    def lines(self) -> int:
        return len(self.spans) + len(self.unreadable)


class ReceiptShipper:
    """Brings new receipts into the store; safe to kill at any moment and to run again.

    The store alone remembers how far each file was read, in the transaction that stored its spans,
    so a restart neither loses a receipt nor counts one twice.
    """

    def __init__(
        self, *, source: ReceiptSource, store: SpanStore, clock: Clock, commit_lines: int = COMMIT_LINES
    ) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._commit_lines = commit_lines

    def run_once(self) -> ShipReport:
        """Ship what is new, once.

        Raises:
            StorageFullError: The store takes nothing more; what was shipped before stays shipped.
            UnavailableError: The store failed; likewise.
        """
        report = ShipReport()
        for load in self._loads(self._store.positions()):
            result = self._store.append(
                TelemetryBatch(spans=tuple(load.spans)),
                received_at=self._clock.now(),
                positions=load.positions,
                unreadable=load.unreadable,
            )
            report = ShipReport(
                lines=report.lines + load.lines,
                stored=report.stored + result.spans.stored,
                duplicates=report.duplicates + result.spans.duplicates,
                conflicts=report.conflicts + result.spans.conflicts,
                unreadable=(*report.unreadable, *load.unreadable),
                commits=report.commits + 1,
            )
        return report

    def _loads(self, positions: Mapping[str, int]) -> Iterator[_Load]:
        load = _Load()
        for batch in self._source.read_new(positions):
            load.take(batch)
            if load.lines >= self._commit_lines:
                yield load
                load = _Load()
        if load.positions:
            yield load


def _span_of_line(line: bytes) -> Span:
    """The span of a receipt line.

    Raises:
        InvalidInputError: It is no receipt, or holds a value its column cannot.
    """
    try:
        return storable(span_of_receipt(receipt_of_line(line)))
    except (ValueError, TypeError, ArithmeticError, RecursionError) as problem:
        raise InvalidInputError(f"no receipt: {type(problem).__name__}: {problem}") from problem


def _unreadable(file: str, offset: int, problem: InvalidInputError) -> UnreadableLine:
    # A line that is not UTF-8 may be quoted in the reason; what cannot be stored is written as '?'.
    reason = problem.message[:REASON_CHARACTERS].encode(errors="replace").decode()
    return UnreadableLine(file=file, offset=offset, reason=reason)

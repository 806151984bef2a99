"""Telemetry in memory, for as long as the process lives.

It keeps the same laws as the DuckDB store (one contract suite runs over both).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from threading import Lock

from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.figures import (
    CallSummary,
    Dimension,
    KnownSum,
    MinuteFigures,
    check_dimensions,
    minute_figures,
    summary_order,
)
from watchkeeper.telemetry.fingerprint import content_fingerprint
from watchkeeper.telemetry.minutes import NS_PER_MINUTE, minute_starting, minutes_between, ns_of
from watchkeeper.telemetry.ports import AppendResult, LineBatch, SpanConflict, UnreadableLine
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter
from watchkeeper.telemetry.storable import storable


class InMemoryTelemetry:
    """A `TelemetryStore` in memory."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], Span] = {}
        self._aside: dict[tuple[str, str, bytes], SpanConflict] = {}
        self._positions: dict[str, int] = {}
        self._unreadable: dict[tuple[str, int], UnreadableLine] = {}
        self._lock = Lock()
        self._closed = False

    def append(
        self,
        spans: Sequence[Span],
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """See `TelemetryStore.append`."""
        self._check_open()
        kept = [storable(span) for span in spans]
        stored = conflicts = 0
        with self._lock:
            for span in kept:
                key = (span.trace_id, span.span_id)
                known = self._spans.get(key)
                fingerprint = content_fingerprint(span)
                if known is None:
                    self._spans[key] = span
                    stored += 1
                elif content_fingerprint(known) != fingerprint:
                    conflicts += 1
                    conflict = SpanConflict(span=span, received_at=received_at)
                    self._aside.setdefault((*key, fingerprint), conflict)
            self._positions.update(positions or {})
            for line in unreadable:
                self._unreadable.setdefault((line.file, line.offset), line)
        return AppendResult(stored=stored, duplicates=len(kept) - stored - conflicts, conflicts=conflicts)

    def positions(self) -> dict[str, int]:
        """See `TelemetryStore.positions`."""
        self._check_open()
        return dict(self._positions)

    def newest(self, which: SpanFilter, limit: int) -> tuple[Span, ...]:
        """See `TelemetryStore.newest`."""
        found = sorted(self._matching(which), key=lambda span: (span.trace_id, span.span_id))
        return tuple(sorted(found, key=lambda span: -span.start_ns)[:limit])

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """See `TelemetryStore.count`."""
        return len(self._matching(which))

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """See `TelemetryStore.summary`."""
        check_dimensions(by)
        groups: defaultdict[tuple[str | None, ...], list[Span]] = defaultdict(list)
        for span in self._matching(which):
            groups[tuple(getattr(span, dimension) for dimension in by)].append(span)
        rows = [_summary(dict(zip(by, group, strict=True)), spans) for group, spans in groups.items()]
        return tuple(sorted(rows, key=summary_order))

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """See `TelemetryStore.trace`."""
        found = [span for span in self._matching(EVERYTHING) if span.trace_id == trace_id]
        return tuple(sorted(found, key=lambda span: (span.start_ns, span.span_id)))

    def per_minute(self, which: SpanFilter, *, start: datetime, end: datetime) -> tuple[MinuteFigures, ...]:
        """See `TelemetryStore.per_minute`."""
        minutes: dict[int, list[Span]] = {minute: [] for minute in minutes_between(start, end)}
        since_ns, until_ns = ns_of(start), ns_of(end)
        for span in self._matching(which):
            if since_ns <= span.start_ns < until_ns:
                minutes[span.start_ns // NS_PER_MINUTE].append(span)
        return tuple(
            minute_figures(
                minute_starting(minute),
                requests=len(spans),
                errors=sum(not span.ok for span in spans),
                duration_sum_ns=sum(span.duration_ns for span in spans),
                duration_max_ns=max((span.duration_ns for span in spans), default=0),
            )
            for minute, spans in minutes.items()
        )

    def conflicts(self, limit: int) -> tuple[SpanConflict, ...]:
        """See `TelemetryStore.conflicts`."""
        self._check_open()
        kept = sorted(self._aside.items(), key=lambda item: item[0])
        kept.sort(key=lambda item: item[1].received_at, reverse=True)
        return tuple(conflict for _, conflict in kept[:limit])

    def conflict_count(self) -> int:
        """See `TelemetryStore.conflict_count`."""
        self._check_open()
        return len(self._aside)

    def unreadable(self, limit: int) -> tuple[UnreadableLine, ...]:
        """See `TelemetryStore.unreadable`."""
        self._check_open()
        return tuple(self._unreadable[key] for key in sorted(self._unreadable)[:limit])

    def unreadable_count(self) -> int:
        """See `TelemetryStore.unreadable_count`."""
        self._check_open()
        return len(self._unreadable)

    def close(self) -> None:
        """See `TelemetryStore.close`."""
        self._closed = True

    def _matching(self, which: SpanFilter) -> list[Span]:
        self._check_open()
        with self._lock:
            kept = list(self._spans.values())
        return [span for span in kept if which.matches(span)]

    def _check_open(self) -> None:
        if self._closed:
            raise UnavailableError("the telemetry store is closed", action="open it again")


def _summary(group: Mapping[Dimension, str | None], spans: Sequence[Span]) -> CallSummary:
    counted = [span for span in spans if span.operation in MODEL_OPERATIONS]
    return CallSummary(
        group=group,
        calls=len(spans),
        failed=sum(not span.ok for span in spans),
        model_calls=len(counted),
        input_tokens=_tokens([span.input_tokens for span in counted]),
        output_tokens=_tokens([span.output_tokens for span in counted]),
        cost_usd=_money([span.cost_usd for span in counted]),
        duration_sum_ns=sum(span.duration_ns for span in spans),
        duration_max_ns=max(span.duration_ns for span in spans),
    )


def _tokens(parts: Sequence[int | None]) -> KnownSum[int]:
    known = [part for part in parts if part is not None]
    return KnownSum(known=sum(known), counted=len(known), unknown=len(parts) - len(known))


def _money(parts: Sequence[Decimal | None]) -> KnownSum[Decimal]:
    known = [part for part in parts if part is not None]
    return KnownSum(known=sum(known, Decimal(0)), counted=len(known), unknown=len(parts) - len(known))


class InMemoryReceiptLines:
    """A `ReceiptSource` in memory: files of lines, written to by the test."""

    def __init__(self, files: Mapping[str, Iterable[bytes]] | None = None, *, batch_lines: int = 100) -> None:
        """Start with whole lines, without newlines, by file; read out `batch_lines` at a time."""
        self._files = {file: bytearray() for file in files or {}}
        self._batch_lines = batch_lines
        for file, lines in (files or {}).items():
            self.write(file, b"".join(line + b"\n" for line in lines))

    def write(self, file: str, data: bytes) -> None:
        """Add bytes to the end of a file; a line is whole once its newline is there."""
        self._files.setdefault(file, bytearray()).extend(data)

    def read_new(self, positions: Mapping[str, int]) -> Iterable[LineBatch]:
        """See `ReceiptSource.read_new`."""
        for file, data in self._files.items():
            offset = positions.get(file, 0)
            lines = bytes(data[offset:]).split(b"\n")[:-1]
            for at in range(0, len(lines), self._batch_lines):
                some = tuple(lines[at : at + self._batch_lines])
                offset += sum(len(line) + 1 for line in some)
                yield LineBatch(file=file, end_offset=offset, lines=some)

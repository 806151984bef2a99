"""From the ingest log to rows that are ready: read on, mapped, their content put away.

Apart from loading (`ingest_loading`), because it is most of the work and needs no store: it may be done by a
process beside the one that owns the store.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from google.protobuf.message import DecodeError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.telemetry.content_ports import ContentStore, Piece
from watchkeeper.telemetry.ingest_log.ports import LogSource, LogStretch
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, RecordKind
from watchkeeper.telemetry.logged_rows import load_rows
from watchkeeper.telemetry.otlp.contents import Side
from watchkeeper.telemetry.otlp.cumulative import CumulativeState
from watchkeeper.telemetry.otlp.log_mapping import map_logs
from watchkeeper.telemetry.otlp.mapped import Mapped, MappedLog, MappedSpan, Terms
from watchkeeper.telemetry.otlp.metric_mapping import map_metrics
from watchkeeper.telemetry.otlp.signals import LOGS, METRICS, TRACES
from watchkeeper.telemetry.otlp.span_mapping import map_spans
from watchkeeper.telemetry.ports import UnreadableLine
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

COMMIT_ROWS = 5000
"""Rows a commit: it costs an fsync, and so many share it."""
STATE_POSITION = "ingest-totals"
"""Beside the positions of segments: which keeping of the metrics' totals belongs to them."""
PROMPT_SHA256, REPLY_SHA256 = "watchkeeper.prompt_sha256", "watchkeeper.reply_sha256"
"""Where a log record that holds a call's content says where that is kept."""
_REASON_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Totals:
    """Where the totals of cumulative metrics are kept between starts."""

    read: Callable[[int], CumulativeState]
    """The state of that number; an empty one where there is none."""
    keep: Callable[[int, CumulativeState], None]
    """Keep a state under a number; the one before stays readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What one commit is to store; its content is put away already."""

    spans: Sequence[Mapping[str, Any]]
    """The columns of each span, those left out that are as `Span` has them by itself."""
    rows: TelemetryBatch
    """Rows of all other kinds."""
    positions: Mapping[str, int]
    unreadable: Sequence[UnreadableLine]
    ended: Sequence[str]
    """Segments that can go once this is stored."""
    requests: int
    received_ns: int
    cuts: Mapping[str, int]


class Preparer(Protocol):
    """Where loading has its rows from."""

    def prepared(self, positions: Mapping[str, int]) -> Generator[Prepared, None, None]:
        """All that the log holds beyond the positions, a commit at a time.

        The next one is asked for once the one before is stored; whoever cannot store one closes the iterator.

        Raises:
            StorageFullError: The content store takes nothing more.
            UnavailableError: It failed, or whoever prepares did.
        """
        ...


@dataclass(slots=True)
class _Load:
    """What goes into one commit."""

    mapped: Mapped = field(default_factory=Mapped)
    positions: dict[str, int] = field(default_factory=dict)
    unreadable: list[UnreadableLine] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    requests: int = 0
    received_ns: int = 0

    @property
    def rows(self) -> int:
        told = self.mapped
        beside = len(told.evaluations) + len(told.feedback) + len(told.queries)
        return len(told.spans) + len(told.logs) + len(told.metrics) + beside


class IngestPreparer:
    """Prepares what the log holds; safe to kill at any moment.

    Content is put away before its rows are told: a kill in between leaves content that is put again.
    """

    def __init__(
        self,
        *,
        source: LogSource,
        content: ContentStore,
        terms: Terms,
        totals: Totals,
        commit_rows: int = COMMIT_ROWS,
    ) -> None:
        self._source = source
        self._content = content
        self._terms = terms
        self._totals = totals
        self._commit_rows = commit_rows
        self._state: CumulativeState | None = None
        self._state_number = 0

    def prepared(self, positions: Mapping[str, int]) -> Generator[Prepared, None, None]:
        """See `Preparer.prepared`."""
        number = positions.get(STATE_POSITION, 0)
        if self._state is None or number != self._state_number:
            self._state_number, self._state = number, self._totals.read(number)
        try:
            for load in self._loads(positions):
                yield self._prepared(load)
        except BaseException:
            # What was added to the totals since the last commit was not stored: they are read anew.
            self._state = None
            raise

    def _prepared(self, load: _Load) -> Prepared:
        state = self._state
        assert state is not None
        positions = dict(load.positions)
        if state.changed:
            self._state_number += 1
            self._totals.keep(self._state_number, state)
            positions[STATE_POSITION] = self._state_number
            state.changed = False
        spans, rows = self._with_content_kept(load.mapped)
        return Prepared(
            spans=spans,
            rows=rows,
            positions=positions,
            unreadable=load.unreadable,
            ended=load.ended,
            requests=load.requests,
            received_ns=load.received_ns,
            cuts=load.mapped.cuts.counts,
        )

    def _loads(self, positions: Mapping[str, int]) -> Iterator[_Load]:
        load = _Load()
        for stretch in self._source.read_new(positions):
            for entry in stretch.entries:
                self._take(entry, stretch, load)
            load.positions[stretch.segment] = stretch.end_offset
            load.unreadable += [
                UnreadableLine(file=stretch.segment, offset=one.offset, reason=one.reason)
                for one in stretch.damage
            ]
            if stretch.is_end:
                load.ended.append(stretch.segment)
            if load.rows >= self._commit_rows:
                yield load
                load = _Load()
        if any(positions.get(segment) != end for segment, end in load.positions.items()) or load.ended:
            yield load

    def _take(self, entry: LogEntry, stretch: LogStretch, load: _Load) -> None:
        """Map one request; what cannot be read again is told and skipped."""
        load.requests += 1
        load.received_ns = max(load.received_ns, entry.received_ns)
        try:
            self._map(entry, load.mapped)
        except (DecodeError, InvalidInputError, ValueError, RecursionError) as problem:
            reason = f"{entry.kind.name.lower()}: {type(problem).__name__}: {problem}"[:_REASON_CHARACTERS]
            load.unreadable.append(
                UnreadableLine(
                    file=stretch.segment,
                    offset=entry.offset,
                    reason=reason.encode(errors="replace").decode(),
                )
            )

    def _map(self, entry: LogEntry, into: Mapped) -> None:
        state = self._state
        assert state is not None
        if entry.kind is RecordKind.TRACES:
            map_spans(_message(TRACES.request, entry).resource_spans, self._terms, into)
        elif entry.kind is RecordKind.METRICS:
            map_metrics(_message(METRICS.request, entry).resource_metrics, state, into)
        elif entry.kind is RecordKind.LOGS:
            map_logs(_message(LOGS.request, entry).resource_logs, self._terms, into)
        else:
            rows = load_rows(entry.payload)
            into.metrics.extend(rows.metrics)
            into.logs.extend(MappedLog(row) for row in rows.logs)
            into.evaluations.extend(rows.evaluations)
            into.feedback.extend(rows.feedback)
            into.queries.extend(rows.queries)

    def _with_content_kept(self, mapped: Mapped) -> tuple[list[dict[str, Any]], TelemetryBatch]:
        """Put all content away at once, and point the rows at it."""
        kept = _Kept()
        spans = [kept.add(one, one.columns["workload"], one.columns["start_ns"]) for one in mapped.spans]
        logs = [kept.add(one, one.row.workload, one.row.ts_ns) for one in mapped.logs]
        # Redacted before it was logged; only the form has changed since.
        hashes = self._content.put_many(kept.pieces, redacted=True) if kept.pieces else []
        pointed = [_pointed(one, places, hashes) for one, places in zip(mapped.spans, spans, strict=True)]
        return pointed, TelemetryBatch(
            logs=tuple(
                _record_pointed(one.row, places, hashes)
                for one, places in zip(mapped.logs, logs, strict=True)
            ),
            metrics=tuple(mapped.metrics),
            evaluations=tuple(mapped.evaluations),
            feedback=tuple(mapped.feedback),
            queries=tuple(mapped.queries),
        )


_Places = tuple[int | None, int | None]


@dataclass(slots=True)
class _Kept:
    """The pieces of content of one load; each side of a row knows its place among them."""

    pieces: list[Piece] = field(default_factory=list)

    def add(self, told: MappedSpan | MappedLog, workload: str, at_ns: int) -> _Places:
        """Add what a row points at; the places of prompt and reply."""
        return self._place(told.prompt, workload, at_ns), self._place(told.reply, workload, at_ns)

    def _place(self, side: Side | None, workload: str, at_ns: int) -> int | None:
        if side is None:
            return None
        self.pieces.append(Piece(workload, side.data, side.media_type, at_ns))
        return len(self.pieces) - 1


def _pointed(told: MappedSpan, places: _Places, hashes: Sequence[str]) -> dict[str, Any]:
    columns = told.columns
    prompt, reply = places
    if prompt is not None:
        columns["prompt_sha256"] = hashes[prompt]
    if reply is not None:
        columns["response_sha256"] = hashes[reply]
    return columns


def _record_pointed(record: LogRecord, places: _Places, hashes: Sequence[str]) -> LogRecord:
    found = {
        name: hashes[place]
        for name, place in zip((PROMPT_SHA256, REPLY_SHA256), places, strict=True)
        if place is not None
    }
    return replace(record, attributes={**record.attributes, **found}) if found else record


def _message(kind: Any, entry: LogEntry) -> Any:
    """The request of an entry."""
    return kind.FromString(entry.payload)

"""Telemetry in memory, for as long as the process lives.

It keeps the same laws as the other stores (one contract suite runs over all) and adds every figure up
from its rows, so it has no rollups that could differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult, Taken
from watchkeeper.telemetry.call_moments import CallMoments, MomentsQuestion
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion, summary_of
from watchkeeper.telemetry.figures import (
    CallSummary,
    Dimension,
    MinuteFigures,
    check_dimensions,
    minute_figures,
    summary_order,
)
from watchkeeper.telemetry.fingerprint import content_fingerprint
from watchkeeper.telemetry.item_question import ItemFigures
from watchkeeper.telemetry.metric_adding import metric_figures_of, metric_names_of
from watchkeeper.telemetry.metric_question import MetricFigures, MetricName, MetricQuestion
from watchkeeper.telemetry.minutes import NS_PER_MINUTE, minute_starting, minutes_between, ns_of
from watchkeeper.telemetry.ports import RollupReport, SpanConflict, UnreadableLine
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.row_keys import evaluation_key, feedback_key, log_key, point_key, query_key
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.storable_rows import storable_rows
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.call_figures import CountedSpan, counted, figures_of
from watchkeeper.testing.call_moments import call_moments_of
from watchkeeper.testing.item_figures import items_of
from watchkeeper.testing.keyed_rows import KeyedRows, Row


class InMemoryTelemetry:
    """A `TelemetryStore` in memory."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], Span] = {}
        self._told: set[tuple[str, str]] = set()
        self._aside: dict[tuple[str, str, bytes], SpanConflict] = {}
        self._positions: dict[str, int] = {}
        self._unreadable: dict[tuple[str, int], UnreadableLine] = {}
        self._metrics = KeyedRows[MetricPoint](point_key)
        self._logs = KeyedRows[LogRecord](log_key)
        self._evaluations = KeyedRows[EvaluationResult](evaluation_key)
        self._feedback = KeyedRows[Feedback](feedback_key)
        self._queries = KeyedRows[QueryRecord](query_key)
        self._lock = Lock()
        self._closed = False

    def append(
        self,
        batch: TelemetryBatch,
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """See `SpanStore.append`."""
        self._check_open()
        kept, refused = storable_rows(batch)
        with self._lock:
            result = AppendResult(
                spans=self._take_spans(kept.spans, received_at),
                metrics=self._metrics.take(kept.metrics),
                logs=self._logs.take(kept.logs),
                evaluations=self._evaluations.take(kept.evaluations),
                feedback=self._feedback.take(kept.feedback),
                queries=self._queries.take(kept.queries),
                refused=refused,
            )
            self._positions.update(positions or {})
            for line in unreadable:
                self._unreadable.setdefault((line.file, line.offset), line)
        return result

    def _take_spans(self, spans: Sequence[Span], received_at: datetime) -> Taken:
        stored = conflicts = 0
        for span in spans:
            key = (span.trace_id, span.span_id)
            known = self._spans.get(key)
            fingerprint = content_fingerprint(span)
            if known is None:
                self._spans[key] = span
                stored += 1
                if span.receipt_id is not None and span.parent_span_id is not None:
                    self._told.add((span.trace_id, span.parent_span_id))
            elif content_fingerprint(known) != fingerprint:
                conflicts += 1
                conflict = SpanConflict(span=span, received_at=received_at)
                self._aside.setdefault((*key, fingerprint), conflict)
        return Taken(stored=stored, duplicates=len(spans) - stored - conflicts, conflicts=conflicts)

    def positions(self) -> dict[str, int]:
        """See `SpanStore.positions`."""
        self._check_open()
        return dict(self._positions)

    def newest(self, which: SpanFilter, limit: int, after: SpanPlace | None = None) -> tuple[Span, ...]:
        """See `SpanStore.newest`."""
        found = sorted(((_place(span), span) for span in self._matching(which)), key=lambda item: item[0])
        if after is not None:
            beyond = (-after.start_ns, after.trace_id, after.span_id)
            found = [item for item in found if item[0] > beyond]
        return tuple(span for _, span in found[:limit])

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """See `TelemetryStore.count`."""
        return len(self._matching(which))

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """See `SpanStore.summary`."""
        check_dimensions(by)
        rows = self.figures(CallQuestion(which=which, by=tuple(by), latencies=False))
        return tuple(sorted(map(summary_of, rows), key=summary_order))

    def figures(self, question: CallQuestion) -> tuple[CallFigures, ...]:
        """See `TelemetryStore.figures`."""
        return figures_of(question, self._counted(question.which))

    def items(self, question: CallQuestion) -> tuple[ItemFigures, ...]:
        """See `TelemetryStore.items`."""
        return items_of(question, self._counted(question.which))

    def moments(self, question: MomentsQuestion) -> CallMoments:
        """See `TelemetryStore.moments`."""
        since_ns = question.which.since_ns or 0
        verdicts = {
            (one.trace_id, one.span_id): one.value
            for one in sorted(self._all(self._evaluations), key=lambda one: (one.ts_ns, one.evaluation_id))
            if one.name == question.evaluation and one.ts_ns >= since_ns
            if one.trace_id is not None and one.span_id is not None
            if one.value is not None and 0 <= one.value <= 1
        }
        return call_moments_of(question, self._matching(question.which), verdicts)

    def metric_series(self, question: MetricQuestion) -> tuple[MetricFigures, ...]:
        """See `TelemetryStore.metric_series`."""
        return metric_figures_of(question, filter(question.matches, self._all(self._metrics)))

    def metric_names(self, workload: str | None = None) -> tuple[MetricName, ...]:
        """See `TelemetryStore.metric_names`."""
        points = self._all(self._metrics)
        return metric_names_of(point for point in points if workload in {None, point.workload})

    def logs(self, which: LogFilter, limit: int) -> tuple[LogRecord, ...]:
        """See `TelemetryStore.logs`."""
        self._check_open()
        with self._lock:
            return self._logs.newest(which.matches, limit)

    def evaluations(self, which: EvaluationFilter, limit: int) -> tuple[EvaluationResult, ...]:
        """See `TelemetryStore.evaluations`."""
        self._check_open()
        with self._lock:
            return self._evaluations.newest(which.matches, limit)

    def feedback(self, which: FeedbackFilter, limit: int) -> tuple[Feedback, ...]:
        """See `TelemetryStore.feedback`."""
        self._check_open()
        with self._lock:
            return self._feedback.newest(which.matches, limit)

    def queries(self, which: QueryFilter, limit: int) -> tuple[QueryRecord, ...]:
        """See `TelemetryStore.queries`."""
        self._check_open()
        with self._lock:
            return self._queries.newest(which.matches, limit)

    def read_out(self, *, rows: int) -> Iterator[TelemetryBatch]:
        """See `TelemetryStore.read_out`."""
        with self._lock:
            everything = TelemetryBatch(
                spans=tuple(self._spans.values()),
                metrics=tuple(self._metrics.all()),
                logs=tuple(self._logs.all()),
                evaluations=tuple(self._evaluations.all()),
                feedback=tuple(self._feedback.all()),
                queries=tuple(self._queries.all()),
            )
        for kind in ("spans", "metrics", "logs", "evaluations", "feedback", "queries"):
            whole = getattr(everything, kind)
            for at in range(0, len(whole), rows):
                yield replace(TelemetryBatch(), **{kind: whole[at : at + rows]})

    def rebuild_rollups(self) -> None:
        """See `TelemetryStore.rebuild_rollups`: there are none, figures come from rows."""
        self._check_open()

    def verify_rollups(self) -> RollupReport:
        """See `TelemetryStore.verify_rollups`: figures come from rows, so they agree."""
        spans = self._matching(EVERYTHING)
        minutes = {span.start_ns // NS_PER_MINUTE for span in spans}
        return RollupReport(minutes=len(minutes), calls=len(spans), differing=(), differing_count=0)

    def remove_before(self, instant: datetime) -> int:
        """See `TelemetryStore.remove_before`."""
        self._check_open()
        ns = ns_of(instant)
        with self._lock:
            old = [key for key, span in self._spans.items() if span.start_ns < ns]
            for key in old:
                del self._spans[key]
            self._aside = {key: one for key, one in self._aside.items() if one.span.start_ns >= ns}
            kinds = (self._metrics, self._logs, self._evaluations, self._feedback, self._queries)
            return len(old) + sum(rows.remove_before(ns) for rows in kinds)

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
        return [span for span, _ in self._counted(which)]

    def _counted(self, which: SpanFilter) -> list[CountedSpan]:
        self._check_open()
        with self._lock:
            kept = list(self._spans.values())
        return [
            (span, counts) for span, counts in counted(kept, self._told) if which.matches(span, counts=counts)
        ]

    def _all(self, rows: KeyedRows[Row]) -> list[Row]:
        self._check_open()
        with self._lock:
            return rows.all()

    def _check_open(self) -> None:
        if self._closed:
            raise UnavailableError("the telemetry store is closed", action="open it again")


def _place(span: Span) -> tuple[int, str, str]:
    return -span.start_ns, span.trace_id, span.span_id

"""The telemetry store in a ClickHouse: `TelemetryStore` for many servers and more rows than one file holds.

ClickHouse has no transaction over several tables, so an append is a row of steps, each safe to repeat:

1. keys are looked up, new rows put in under a deduplication token made of what they say;
2. keys are looked up again: of rows two servers stored of one key the later is deleted, and clients' spans
   a gateway tells too are noted;
3. conflicts and rows of other kinds are stored;
4. the minutes the rows are in are touched (`rollups` says how their figures are made anew from there);
5. last, positions of the sources.

An append that raises may have done some of these. Its positions are not stored, so its source delivers the
same rows again, which are found to be there; what was missing is done then. Until it is, a reader may see
rows whose append was never acknowledged, and figures without them. Rows and figures agree within
`SETTLE_S`, or at once for a reader on this server (`FRESH_S`).
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Any

from watchkeeper.adapters.clickhouse.address import ClickHouseAddress
from watchkeeper.adapters.clickhouse.call_moments import call_moments
from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.figures import call_figures
from watchkeeper.adapters.clickhouse.item_figures import item_figures
from watchkeeper.adapters.clickhouse.key_hash import hash64
from watchkeeper.adapters.clickhouse.metrics import metric_names, metric_series
from watchkeeper.adapters.clickhouse.migrations import Migration, migrate, shipped_migrations
from watchkeeper.adapters.clickhouse.removal import remove_before
from watchkeeper.adapters.clickhouse.rollup_check import verify_rollups
from watchkeeper.adapters.clickhouse.rollups import Rollups
from watchkeeper.adapters.clickhouse.row_kinds import EVALUATIONS, FEEDBACK, LOGS, METRICS, QUERIES
from watchkeeper.adapters.clickhouse.row_where import row_where
from watchkeeper.adapters.clickhouse.span_append import append_spans
from watchkeeper.adapters.clickhouse.span_rows import SELECTED, span_of_row, span_of_text
from watchkeeper.adapters.clickhouse.span_where import is_utf8, span_where
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult
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
from watchkeeper.telemetry.metric_question import MetricFigures, MetricName, MetricQuestion
from watchkeeper.telemetry.minutes import NS_PER_MINUTE, instant_of, minute_starting, minutes_between, ns_of
from watchkeeper.telemetry.ports import RollupReport, SpanConflict, UnreadableLine
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.storable_rows import storable_rows
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

SETTLE_S = 5.0
"""Seconds between two looks for minutes to be made anew, of any server: half of the 10 s promised."""

FRESH_S = 2.0
"""Figures asked for within so many seconds of the last look are told as they were made then."""

_POSITIONS = {"file": "String", "read_bytes": "Int64"}
_UNREADABLE = {"file": "String", "begins_at": "Int64", "reason": "String"}

_log = logging.getLogger(__name__)


class ClickHouseTelemetry:
    """A `TelemetryStore` in a database of a ClickHouse, which any number of servers may share."""

    def __init__(
        self,
        address: ClickHouseAddress,
        *,
        migrations: Sequence[Migration] | None = None,
        settle_s: float = SETTLE_S,
        fresh_s: float = FRESH_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect, making the database and its tables where they are not there.

        Args:
            address: Where it is.
            migrations: None for those that ship with this version.
            settle_s: Seconds between two looks for minutes to be made anew.
            fresh_s: Seconds for which a look is good enough for a reader; 0 looks at each question.
            monotonic: A clock for these.

        Raises:
            SettingsError: The client is not installed, or the server refuses the user.
            StateSchemaError: The server is too old.
            ConflictError: A later version of Watchkeeper has written the database.
            UnavailableError: It cannot be reached.
        """
        self._clickhouse = ClickHouse(address)
        self._rollups = Rollups(self._clickhouse)
        self._fresh_s = fresh_s
        self._monotonic = monotonic
        self._settling = Lock()
        self._looked_at: float | None = None
        self._closed = Event()
        try:
            migrate(self._clickhouse, shipped_migrations() if migrations is None else migrations)
        except BaseException:
            self._clickhouse.close()
            raise
        self._settler = Thread(
            target=self._settle_often, args=(settle_s,), name="settle-telemetry", daemon=True
        )
        self._settler.start()

    def append(
        self,
        batch: TelemetryBatch,
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """See `SpanStore.append`, and this module for what an append that raises leaves."""
        kept, refused = storable_rows(batch)
        at, clickhouse = ns_of(received_at), self._clickhouse
        spans = append_spans(
            clickhouse, [(span, content_fingerprint(span)) for span in kept.spans], received_ns=at
        )
        result = AppendResult(
            spans=spans.taken,
            metrics=METRICS.append(clickhouse, kept.metrics, received_ns=at),
            logs=LOGS.append(clickhouse, kept.logs, received_ns=at),
            evaluations=EVALUATIONS.append(clickhouse, kept.evaluations, received_ns=at),
            feedback=FEEDBACK.append(clickhouse, kept.feedback, received_ns=at),
            queries=QUERIES.append(clickhouse, kept.queries, received_ns=at),
            refused=refused,
        )
        self._rollups.touch(spans.minutes)
        clickhouse.insert(
            "unreadable_lines", _UNREADABLE, [(line.file, line.offset, line.reason) for line in unreadable]
        )
        clickhouse.insert("read_positions", _POSITIONS, list((positions or {}).items()))
        return result

    def positions(self) -> dict[str, int]:
        """See `SpanStore.positions`."""
        return {str(file): int(read) for file, read in self._clickhouse.rows(query("positions"))}

    def newest(self, which: SpanFilter, limit: int, after: SpanPlace | None = None) -> tuple[Span, ...]:
        """See `SpanStore.newest`."""
        where, values = span_where(which, after=after)
        text = query("newest").format(columns=SELECTED, where=where, limit=max(limit, 0))
        return tuple(span_of_row(row) for row in self._clickhouse.rows(text, values))

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """See `SpanStore.count`."""
        where, values = span_where(which)
        return self._clickhouse.number(query("count").format(where=where), values)

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """See `SpanStore.summary`."""
        check_dimensions(by)
        rows = self.figures(CallQuestion(which=which, by=tuple(by), latencies=False))
        return tuple(sorted(map(summary_of, rows), key=summary_order))

    def figures(self, question: CallQuestion) -> tuple[CallFigures, ...]:
        """See `TelemetryStore.figures`."""
        self.settle(within_s=self._fresh_s)
        return call_figures(self._clickhouse, question)

    def items(self, question: CallQuestion) -> tuple[ItemFigures, ...]:
        """See `TelemetryStore.items`."""
        return item_figures(self._clickhouse, question)

    def moments(self, question: MomentsQuestion) -> CallMoments:
        """See `TelemetryStore.moments`."""
        return call_moments(self._clickhouse, question)

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """See `SpanStore.trace`."""
        if not is_utf8(trace_id):
            return ()
        text = query("trace").format(columns=SELECTED, hash=hash64(trace_id))
        return tuple(span_of_row(row) for row in self._clickhouse.rows(text, {"trace_id": trace_id}))

    def per_minute(self, which: SpanFilter, *, start: datetime, end: datetime) -> tuple[MinuteFigures, ...]:
        """See `SpanStore.per_minute`."""
        begins_ns, ends_ns = ns_of(start), ns_of(end)
        since_ns = begins_ns if which.since_ns is None else max(which.since_ns, begins_ns)
        until_ns = ends_ns if which.until_ns is None else min(which.until_ns, ends_ns)
        asked = replace(which, since_ns=since_ns, until_ns=until_ns)
        rows = self.figures(CallQuestion(which=asked, step="minute", latencies=False))
        found = {ns_of(row.begins) // NS_PER_MINUTE: row for row in rows if row.begins is not None}
        return tuple(_minute(minute, found.get(minute)) for minute in minutes_between(start, end))

    def conflicts(self, limit: int) -> tuple[SpanConflict, ...]:
        """See `SpanStore.conflicts`."""
        rows = self._clickhouse.rows(query("conflicts"), {"limit": limit})
        return tuple(
            SpanConflict(span=span_of_text(told), received_at=instant_of(came)) for told, came in rows
        )

    def conflict_count(self) -> int:
        """See `SpanStore.conflict_count`."""
        return self._clickhouse.number(query("conflict_count"))

    def unreadable(self, limit: int) -> tuple[UnreadableLine, ...]:
        """See `SpanStore.unreadable`."""
        rows = self._clickhouse.rows(query("unreadable"), {"limit": limit})
        return tuple(UnreadableLine(file=file, offset=at, reason=reason) for file, at, reason in rows)

    def unreadable_count(self) -> int:
        """See `SpanStore.unreadable_count`."""
        return self._clickhouse.number(query("unreadable_count"))

    def metric_series(self, question: MetricQuestion) -> tuple[MetricFigures, ...]:
        """See `TelemetryStore.metric_series`."""
        return metric_series(self._clickhouse, question)

    def metric_names(self, workload: str | None = None) -> tuple[MetricName, ...]:
        """See `TelemetryStore.metric_names`."""
        return metric_names(self._clickhouse, workload)

    def logs(self, which: LogFilter, limit: int) -> tuple[LogRecord, ...]:
        """See `TelemetryStore.logs`."""
        return LOGS.newest(self._clickhouse, *row_where(which), limit)

    def evaluations(self, which: EvaluationFilter, limit: int) -> tuple[EvaluationResult, ...]:
        """See `TelemetryStore.evaluations`."""
        return EVALUATIONS.newest(self._clickhouse, *row_where(which), limit)

    def feedback(self, which: FeedbackFilter, limit: int) -> tuple[Feedback, ...]:
        """See `TelemetryStore.feedback`."""
        return FEEDBACK.newest(self._clickhouse, *row_where(which), limit)

    def queries(self, which: QueryFilter, limit: int) -> tuple[QueryRecord, ...]:
        """See `TelemetryStore.queries`."""
        return QUERIES.newest(self._clickhouse, *row_where(which), limit)

    def read_out(self, *, rows: int) -> Iterator[TelemetryBatch]:
        """See `TelemetryStore.read_out`: kind by kind, each oldest first."""
        for spans in self._spans_out(rows):
            yield TelemetryBatch(spans=spans)
        tables: dict[str, Any] = {
            "metrics": METRICS,
            "logs": LOGS,
            "evaluations": EVALUATIONS,
            "feedback": FEEDBACK,
            "queries": QUERIES,
        }
        for kind, table in tables.items():
            for some in table.read_out(self._clickhouse, rows):
                yield replace(TelemetryBatch(), **{kind: some})

    def _spans_out(self, rows: int) -> Iterator[tuple[Span, ...]]:
        after: dict[str, object] = {"after_ns": -1, "after_trace": "", "after_span": ""}
        text = query("spans_after").format(columns=SELECTED, limit=rows)
        while spans := tuple(span_of_row(row) for row in self._clickhouse.rows(text, after)):
            yield spans
            last = spans[-1]
            after = {"after_ns": last.start_ns, "after_trace": last.trace_id, "after_span": last.span_id}

    def rebuild_rollups(self) -> None:
        """See `TelemetryStore.rebuild_rollups`."""
        with self._settling:
            self._rollups.rebuild()

    def verify_rollups(self) -> RollupReport:
        """See `TelemetryStore.verify_rollups`: minutes with their rows, hours and days with the minutes."""
        self.settle(within_s=0)
        return verify_rollups(self._clickhouse)

    def remove_before(self, instant: datetime) -> int:
        """See `TelemetryStore.remove_before`."""
        with self._settling:
            return remove_before(self._clickhouse, self._rollups, ns_of(instant))

    def settle(self, *, within_s: float = 0.0) -> None:
        """Make anew what is pending, unless that was looked for within so many seconds."""
        with self._settling:
            now = self._monotonic()
            if self._looked_at is not None and now - self._looked_at < within_s:
                return
            self._rollups.settle()
            self._looked_at = now

    def close(self) -> None:
        """See `SpanStore.close`."""
        self._closed.set()
        self._settler.join()
        self._clickhouse.close()

    def _settle_often(self, every_s: float) -> None:
        while not self._closed.wait(every_s):
            try:
                self.settle(within_s=every_s / 2)
            except WatchkeeperError as failure:
                # What is pending stays so, and the next turn tries again.
                _log.warning("figures of telemetry are not made anew: %s", failure)


def _minute(minute: int, figures: CallFigures | None) -> MinuteFigures:
    return minute_figures(
        minute_starting(minute),
        requests=0 if figures is None else figures.calls,
        errors=0 if figures is None else figures.failed,
        duration_sum_ns=0 if figures is None else figures.duration_sum_ns,
        duration_max_ns=0 if figures is None else figures.duration_max_ns,
    )

"""What is asked of spans in a DuckDB file: lists, traces, counts and what was not let in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from watchkeeper.adapters.duckdb.call_figures import call_figures
from watchkeeper.adapters.duckdb.database import DuckDbFile
from watchkeeper.adapters.duckdb.span_rows import SELECTED, SPAN_COLUMNS, span_of_row, trace_crc32
from watchkeeper.adapters.duckdb.span_where import AFTER, span_where
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion, summary_of
from watchkeeper.telemetry.figures import (
    CallSummary,
    Dimension,
    MinuteFigures,
    check_dimensions,
    minute_figures,
    summary_order,
)
from watchkeeper.telemetry.minutes import instant_of, minute_starting, minutes_between, ns_of
from watchkeeper.telemetry.ports import SpanConflict, UnreadableLine
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace


class SpanReading:
    """The reading part of a `SpanStore`."""

    def __init__(self, file: DuckDbFile) -> None:
        self._file = file

    def positions(self) -> dict[str, int]:
        """See `SpanStore.positions`."""
        with self._file.reading() as cursor:
            return dict(cursor.execute(query("positions")).fetchall())

    def newest(self, which: SpanFilter, limit: int, after: SpanPlace | None = None) -> tuple[Span, ...]:
        """See `SpanStore.newest`."""
        asked = span_where(which)
        where, values = asked.text, {**asked.values, "limit": limit}
        if after is not None:
            where = f"{where} AND {AFTER}"
            values |= {"after_ns": after.start_ns, "after_trace": after.trace_id, "after_span": after.span_id}
        with self._file.one_view() as cursor:
            bound = cursor.execute(query("newest_bound").format(where=where), values).fetchone()
            if bound is None or bound[0] is None:
                return ()
            text = query("newest").format(columns=SELECTED, where=where)
            rows = cursor.execute(text, {**values, "bound_ns": bound[0]}).fetchall()
        return tuple(span_of_row(row) for row in rows)

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """See `SpanStore.count`."""
        return sum(row.calls for row in self._sums(CallQuestion(which=which)))

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """See `SpanStore.summary`."""
        check_dimensions(by)
        rows = self._sums(CallQuestion(which=which, by=tuple(by)))
        return tuple(sorted(map(summary_of, rows), key=summary_order))

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """See `SpanStore.trace`."""
        try:
            narrow = {"trace_crc32": trace_crc32(trace_id)}
        except UnicodeEncodeError:
            # No stored id can equal text that UTF-8 cannot hold.
            return ()
        with self._file.one_view() as cursor:
            rowids = [row[0] for row in cursor.execute(query("trace_rows"), narrow).fetchall()]
            if not rowids:
                return ()
            asked = {"trace_id": trace_id, "rowids": rowids, "first": min(rowids), "last": max(rowids)}
            rows = cursor.execute(query("trace").format(columns=SELECTED), asked).fetchall()
        return tuple(span_of_row(row) for row in rows)

    def per_minute(self, which: SpanFilter, *, start: datetime, end: datetime) -> tuple[MinuteFigures, ...]:
        """See `SpanStore.per_minute`."""
        since_ns = max(ns_of(start), which.since_ns or 0)
        until_ns = ns_of(end) if which.until_ns is None else min(ns_of(end), which.until_ns)
        window = replace(which, since_ns=since_ns, until_ns=until_ns)
        rows = {row.begins: row for row in self._sums(CallQuestion(which=window, step="minute"))}
        return tuple(_minute(minute_starting(minute), rows) for minute in minutes_between(start, end))

    def conflicts(self, limit: int) -> tuple[SpanConflict, ...]:
        """See `SpanStore.conflicts`."""
        text = query("conflicts").format(columns=SELECTED)
        with self._file.reading() as cursor:
            rows = cursor.execute(text, {"limit": limit}).fetchall()
        at = len(SPAN_COLUMNS)
        return tuple(SpanConflict(span=span_of_row(row), received_at=instant_of(row[at])) for row in rows)

    def conflict_count(self) -> int:
        """See `SpanStore.conflict_count`."""
        return self._number(query("conflict_count"), {})

    def unreadable(self, limit: int) -> tuple[UnreadableLine, ...]:
        """See `SpanStore.unreadable`."""
        with self._file.reading() as cursor:
            rows = cursor.execute(query("unreadable"), {"limit": limit}).fetchall()
        return tuple(UnreadableLine(file=file, offset=at, reason=reason) for file, at, reason in rows)

    def unreadable_count(self) -> int:
        """See `SpanStore.unreadable_count`."""
        return self._number(query("unreadable_count"), {})

    def close(self) -> None:
        """See `SpanStore.close`."""
        self._file.close()

    def _sums(self, question: CallQuestion) -> tuple[CallFigures, ...]:
        with self._file.one_view() as cursor:
            return call_figures(cursor, replace(question, latencies=False))

    def _number(self, text: str, values: Mapping[str, object]) -> int:
        with self._file.reading() as cursor:
            row = cursor.execute(text, values).fetchone()
        return int(row[0]) if row else 0


def _minute(minute: datetime, rows: Mapping[datetime | None, CallFigures]) -> MinuteFigures:
    row = rows.get(minute)
    return minute_figures(
        minute,
        requests=row.calls if row else 0,
        errors=row.failed if row else 0,
        duration_sum_ns=row.duration_sum_ns if row else 0,
        duration_max_ns=row.duration_max_ns if row else 0,
    )

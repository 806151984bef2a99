"""The telemetry store in a DuckDB file: `TelemetryStore` on the embedded engine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from watchkeeper.adapters.duckdb.call_figures import call_figures
from watchkeeper.adapters.duckdb.call_moments import call_moments
from watchkeeper.adapters.duckdb.call_series import SeriesBook
from watchkeeper.adapters.duckdb.database import MEMORY_LIMIT_MB, DuckDbFile
from watchkeeper.adapters.duckdb.item_figures import item_figures
from watchkeeper.adapters.duckdb.metric_figures import metric_figures
from watchkeeper.adapters.duckdb.metric_rows import MetricBook
from watchkeeper.adapters.duckdb.migrations import (
    Migration,
    back_up,
    check_not_newer,
    migrate,
    schema_version,
    shipped_migrations,
)
from watchkeeper.adapters.duckdb.parquet import export, read_export
from watchkeeper.adapters.duckdb.read_out import read_out
from watchkeeper.adapters.duckdb.removal import remove_before
from watchkeeper.adapters.duckdb.rollups import FOLD_ROWS, fold_waiting, fold_when_due, rebuild, verify
from watchkeeper.adapters.duckdb.row_tables import EVALUATIONS, FEEDBACK, LOGS, QUERIES
from watchkeeper.adapters.duckdb.row_where import row_where
from watchkeeper.adapters.duckdb.span_append import append_spans
from watchkeeper.adapters.duckdb.span_reading import SpanReading
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.telemetry.append_result import NONE_TAKEN, AppendResult, RowKind, Taken
from watchkeeper.telemetry.call_moments import CallMoments, MomentsQuestion
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.item_question import ItemFigures
from watchkeeper.telemetry.metric_adding import metric_names_of_series
from watchkeeper.telemetry.metric_question import MetricFigures, MetricName, MetricQuestion
from watchkeeper.telemetry.minutes import instant_of, ns_of
from watchkeeper.telemetry.ports import RollupReport, UnreadableLine
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.storable import LARGEST_INTEGER
from watchkeeper.telemetry.storable_rows import storable_rows
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

MERGES_AFTER_REMOVAL = 2
"""Of the oldest row groups, once old rows are removed: some seconds at most, when a day goes."""


class DuckDbTelemetry(SpanReading):
    """A `TelemetryStore` in one DuckDB file, which this process alone has open."""

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[Migration] | None = None,
        memory_mb: int = MEMORY_LIMIT_MB,
        fold_rows: int = FOLD_ROWS,
    ) -> None:
        """Open the file, making it when it is not there and migrating it when it is older.

        Args:
            path: The file; its folder is made when it is not there.
            migrations: None for those that ship with this version.
            memory_mb: What the engine's own buffers may use, in MB.
            fold_rows: How many rows of calls may wait outside the rollups.

        Raises:
            ConflictError: Another process has it open, or a later version has written it.
            StorageFullError: The disk is full or not writable.
            StoreDamagedError: It is no DuckDB file that can be read; it was left as it is.
        """
        super().__init__(DuckDbFile(path, memory_mb=memory_mb))
        self._fold_rows = fold_rows
        try:
            self._bring_up_to_date(path, shipped_migrations() if migrations is None else migrations)
            self._read_books()
        except BaseException:
            self._file.close()
            raise

    def _bring_up_to_date(self, path: Path, migrations: Sequence[Migration]) -> None:
        with self._file.reading() as cursor:
            version = schema_version(cursor)
        check_not_newer(path, version, migrations)
        if version == migrations[-1].version:
            return
        if version:
            self._file.while_closed(lambda file: back_up(file, version))
        with self._file.writing() as cursor:
            migrate(cursor, version=version, migrations=migrations)

    def _read_books(self) -> None:
        with self._file.one_view() as cursor:
            self._series = SeriesBook(cursor)
            self._metrics = MetricBook(cursor)
            row = cursor.execute(query("last_seq")).fetchone()
            self._last_seq = int(row[0]) if row else 0

    @contextmanager
    def _adding(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction that may number new series."""
        with self._file.writing() as cursor:
            # Still the only writer: what a failed transaction numbered is forgotten before the next.
            committed = False
            try:
                yield cursor
                cursor.commit()
                committed = True
            finally:
                self._series.settle(committed=committed)
                self._metrics.settle(committed=committed)
            cursor.begin()

    def append(
        self,
        batch: TelemetryBatch,
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        """See `SpanStore.append`."""
        kept, refused = storable_rows(batch)
        received_ns = ns_of(received_at)
        with self._adding() as cursor:
            first_seq = self._last_seq + 1
            spans = append_spans(
                cursor, kept.spans, received_ns=received_ns, book=self._series, first_seq=first_seq
            )
            # Never taken back: the numbers of a transaction that fails are left out.
            self._last_seq += spans.stored
            result = AppendResult(
                spans=spans,
                metrics=self._metrics.take(cursor, kept.metrics, received_ns=received_ns),
                logs=LOGS.take(cursor, kept.logs, received_ns=received_ns),
                evaluations=EVALUATIONS.take(cursor, kept.evaluations, received_ns=received_ns),
                feedback=FEEDBACK.take(cursor, kept.feedback, received_ns=received_ns),
                queries=QUERIES.take(cursor, kept.queries, received_ns=received_ns),
                refused=refused,
            )
            fold_when_due(cursor, self._last_seq, fold_rows=self._fold_rows)
            _set_positions(cursor, positions or {})
            _add_unreadable(cursor, unreadable)
        return result

    def figures(self, question: CallQuestion) -> tuple[CallFigures, ...]:
        """See `TelemetryStore.figures`."""
        question.check()
        with self._file.one_view() as cursor:
            return call_figures(cursor, question)

    def items(self, question: CallQuestion) -> tuple[ItemFigures, ...]:
        """See `TelemetryStore.items`."""
        question.check()
        with self._file.one_view() as cursor:
            return item_figures(cursor, question)

    def moments(self, question: MomentsQuestion) -> CallMoments:
        """See `TelemetryStore.moments`."""
        with self._file.one_view() as cursor:
            return call_moments(cursor, question)

    def metric_series(self, question: MetricQuestion) -> tuple[MetricFigures, ...]:
        """See `TelemetryStore.metric_series`."""
        question.check()
        with self._file.one_view() as cursor:
            return metric_figures(cursor, question, self._metrics.series())

    def metric_names(self, workload: str | None = None) -> tuple[MetricName, ...]:
        """See `TelemetryStore.metric_names`."""
        with self._file.reading() as cursor:
            rows = cursor.execute(query("metric_series")).fetchall()
        return metric_names_of_series(row[1:] for row in rows if workload in {None, row[1]})

    def logs(self, which: LogFilter, limit: int) -> tuple[LogRecord, ...]:
        """See `TelemetryStore.logs`."""
        with self._file.one_view() as cursor:
            return LOGS.newest(cursor, *row_where(which), limit)

    def evaluations(self, which: EvaluationFilter, limit: int) -> tuple[EvaluationResult, ...]:
        """See `TelemetryStore.evaluations`."""
        with self._file.one_view() as cursor:
            return EVALUATIONS.newest(cursor, *row_where(which), limit)

    def feedback(self, which: FeedbackFilter, limit: int) -> tuple[Feedback, ...]:
        """See `TelemetryStore.feedback`."""
        with self._file.one_view() as cursor:
            return FEEDBACK.newest(cursor, *row_where(which), limit)

    def queries(self, which: QueryFilter, limit: int) -> tuple[QueryRecord, ...]:
        """See `TelemetryStore.queries`."""
        with self._file.one_view() as cursor:
            return QUERIES.newest(cursor, *row_where(which), limit)

    def read_out(self, *, rows: int) -> Iterator[TelemetryBatch]:
        """See `TelemetryStore.read_out`."""
        with self._file.one_view() as cursor:
            yield from read_out(cursor, rows=rows)

    def rebuild_rollups(self) -> None:
        """See `TelemetryStore.rebuild_rollups`."""
        with self._file.writing() as cursor:
            rebuild(cursor, last_seq=self._last_seq)

    def verify_rollups(self) -> RollupReport:
        """See `TelemetryStore.verify_rollups`; rows that wait are worked in first, to be compared too."""
        with self._file.writing() as cursor:
            fold_waiting(cursor, self._last_seq)
        with self._file.one_view() as cursor:
            return verify(cursor)

    def remove_before(self, instant: datetime) -> int:
        """See `TelemetryStore.remove_before`."""
        with self._file.writing(merges=MERGES_AFTER_REMOVAL) as cursor:
            removed = remove_before(cursor, ns_of(instant))
        if removed:
            self._file.checkpoint(merges=MERGES_AFTER_REMOVAL)
        self._read_metrics_anew()
        return removed

    def first_instant(self) -> datetime | None:
        """See `AgeingStore.first_instant`."""
        with self._file.reading() as cursor:
            row = cursor.execute(query("first_instant")).fetchone()
        return None if row is None or row[0] is None else instant_of(row[0])

    def size_bytes(self) -> int:
        """See `AgeingStore.size_bytes`."""
        self._file.checkpoint()
        return self._number(query("size_bytes"), {})

    def export_parquet(
        self, folder: Path, *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[RowKind, int]:
        """See `ParquetFiles.export_parquet`."""
        since_ns = 0 if since is None else ns_of(since)
        until_ns = LARGEST_INTEGER if until is None else ns_of(until)
        with self._file.one_view() as cursor:
            return export(cursor, folder, since_ns=since_ns, until_ns=until_ns)

    def import_parquet(self, folder: Path, *, received_at: datetime) -> dict[RowKind, Taken]:
        """See `ParquetFiles.import_parquet`."""
        taken: dict[RowKind, Taken] = {}
        for batch in read_export(folder):
            result = self.append(batch, received_at=received_at)
            for kind, some in result.by_kind().items():
                taken[kind] = taken.get(kind, NONE_TAKEN).plus(some)
        return taken

    def _read_metrics_anew(self) -> None:
        with self._file.writing() as cursor:
            self._metrics = MetricBook(cursor)


def _set_positions(cursor: duckdb.DuckDBPyConnection, positions: Mapping[str, int]) -> None:
    if positions:
        values = {"files": list(positions), "read_bytes": list(positions.values())}
        cursor.execute(query("set_positions"), values)


def _add_unreadable(cursor: duckdb.DuckDBPyConnection, lines: Sequence[UnreadableLine]) -> None:
    if lines:
        values = {
            "files": [line.file for line in lines],
            "begins_at": [line.offset for line in lines],
            "reasons": [line.reason for line in lines],
        }
        cursor.execute(query("add_unreadable"), values)

"""The telemetry store in a DuckDB file: `SpanStore` on the embedded engine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from watchkeeper.adapters.duckdb.database import MEMORY_LIMIT_MB, DuckDbFile
from watchkeeper.adapters.duckdb.migrations import (
    Migration,
    back_up,
    check_not_newer,
    migrate,
    schema_version,
    shipped_migrations,
)
from watchkeeper.adapters.duckdb.span_append import append_spans
from watchkeeper.adapters.duckdb.span_figures import call_summary, minute_rows
from watchkeeper.adapters.duckdb.span_rows import SELECTED, SPAN_COLUMNS, span_of_row, trace_crc32
from watchkeeper.adapters.duckdb.span_where import AFTER, MODEL_OPERATION_LIST, span_where
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult
from watchkeeper.telemetry.figures import (
    CallSummary,
    Dimension,
    MinuteFigures,
    check_dimensions,
    summary_order,
)
from watchkeeper.telemetry.fingerprint import content_fingerprint
from watchkeeper.telemetry.minutes import instant_of, ns_of
from watchkeeper.telemetry.ports import SpanConflict, UnreadableLine
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.storable_rows import storable_rows
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch


class DuckDbTelemetry:
    """A `SpanStore` in one DuckDB file, which this process alone has open."""

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[Migration] | None = None,
        memory_mb: int = MEMORY_LIMIT_MB,
    ) -> None:
        """Open the file, making it when it is not there and migrating it when it is older.

        Args:
            path: The file; its folder is made when it is not there.
            migrations: None for those that ship with this version.
            memory_mb: What the engine's own buffers may use, in MB.

        Raises:
            ConflictError: Another process has it open, or a later version has written it.
            StorageFullError: The disk is full or not writable.
            StoreDamagedError: It is no DuckDB file that can be read; it was left as it is.
        """
        self._file = DuckDbFile(path, memory_mb=memory_mb)
        try:
            self._bring_up_to_date(path, shipped_migrations() if migrations is None else migrations)
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
        if len(kept) > len(kept.spans):
            raise InvalidInputError("this store keeps spans only", action="send spans alone")
        told = [(span, content_fingerprint(span)) for span in kept.spans]
        with self._file.writing() as cursor:
            spans = append_spans(cursor, told, received_ns=ns_of(received_at))
            _set_positions(cursor, positions or {})
            _add_unreadable(cursor, unreadable)
        return AppendResult(spans=spans, refused=refused)

    def positions(self) -> dict[str, int]:
        """See `SpanStore.positions`."""
        with self._file.reading() as cursor:
            return dict(cursor.execute(query("positions")).fetchall())

    def newest(self, which: SpanFilter, limit: int, after: SpanPlace | None = None) -> tuple[Span, ...]:
        """See `SpanStore.newest`."""
        where, values = span_where(which)
        if after is not None:
            where = f"{where} AND {AFTER}"
            values |= {"after_ns": after.start_ns, "after_trace": after.trace_id, "after_span": after.span_id}
        text = query("newest").format(columns=SELECTED, where=where)
        with self._file.reading() as cursor:
            rows = cursor.execute(text, {**values, "limit": limit}).fetchall()
        return tuple(span_of_row(row) for row in rows)

    def count(self, which: SpanFilter = EVERYTHING) -> int:
        """See `SpanStore.count`."""
        where, values = span_where(which)
        return self._number(query("count").format(where=where), values)

    def summary(self, which: SpanFilter, *, by: Sequence[Dimension] = ()) -> tuple[CallSummary, ...]:
        """See `SpanStore.summary`."""
        check_dimensions(by)
        where, values = span_where(which)
        text = query("summary").format(dimensions="".join(f"{name}, " for name in by), where=where)
        values["model_operations"] = MODEL_OPERATION_LIST
        with self._file.reading() as cursor:
            rows = cursor.execute(text, values).fetchall()
        return tuple(sorted((call_summary(row, by) for row in rows), key=summary_order))

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """See `SpanStore.trace`."""
        try:
            asked = {"trace_id": trace_id, "trace_crc32": trace_crc32(trace_id)}
        except UnicodeEncodeError:
            # No stored id can equal text that UTF-8 cannot hold.
            return ()
        with self._file.reading() as cursor:
            rows = cursor.execute(query("trace").format(columns=SELECTED), asked).fetchall()
        return tuple(span_of_row(row) for row in rows)

    def per_minute(self, which: SpanFilter, *, start: datetime, end: datetime) -> tuple[MinuteFigures, ...]:
        """See `SpanStore.per_minute`."""
        where, values = span_where(which)
        values |= {"from_ns": ns_of(start), "before_ns": ns_of(end)}
        with self._file.reading() as cursor:
            rows = cursor.execute(query("per_minute").format(where=where), values).fetchall()
        return minute_rows(rows, start=start, end=end)

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

    def _number(self, text: str, values: Mapping[str, object]) -> int:
        with self._file.reading() as cursor:
            row = cursor.execute(text, values).fetchone()
        return int(row[0]) if row else 0


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

"""Stored calls as a table, and held against a reference."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.kept_figures import Kept, kept_for
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.span import Span
from watchkeeper.monitoring.drift.column_drift import ColumnDrift
from watchkeeper.monitoring.drift.reference import DriftReference, split_key
from watchkeeper.monitoring.drift.table_drift import Table, table_drift
from watchkeeper.monitoring.ports import ReferenceStore
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

MOST_CALLS = 5000
"""A sample of so many tells a shift that matters; the newest are taken."""
CALL_COLUMNS = (
    *("duration_ms", "input_tokens", "output_tokens", "model", "finish_reason", "outcome", "prompt", "reply"),
)


def calls_table(telemetry: TelemetryStore, workload: str, *, since: datetime, until: datetime) -> Table:
    """A workload's calls of models, a row a call; what a call does not tell is empty."""
    which = SpanFilter(workload=workload, since_ns=ns_of(since), until_ns=ns_of(until), counted_only=True)
    rows = [_row(span) for span in telemetry.newest(which, MOST_CALLS)]
    return {name: [row[at] for row in rows] for at, name in enumerate(CALL_COLUMNS)}


def found_reference(references: ReferenceStore, key: str) -> DriftReference:
    """A reference by `name` or `name@version`.

    Raises:
        NotFoundError: There is none; what is near is named.
    """
    name, version = split_key(key)
    found = references.get(name, version)
    if found is None:
        known = {one.name for one in references.facts()} | {one.key for one in references.facts()}
        raise NotFoundError(f"there is no reference {key!r:.80}", action=near_names(key, known))
    return found


def calls_drift(
    reference: DriftReference,
    telemetry: TelemetryStore,
    *,
    workload: str,
    since: datetime,
    until: datetime,
    columns: Sequence[str] = (),
) -> tuple[ColumnDrift, ...]:
    """Whether a workload's calls of a stretch of time are still as the reference is.

    Raises:
        InvalidInputError: A column is not in both.
    """
    current = calls_table(telemetry, workload, since=since, until=until)
    asked = columns or [name for name in reference.table if name in current]
    return table_drift(reference.table, current, columns=asked)


class ReferenceWatch:
    """Verdicts for rules, each kept a while: comparing thousands of calls is no work for every minute."""

    def __init__(self, telemetry: TelemetryStore, references: ReferenceStore) -> None:
        """Compare nothing yet."""
        self._telemetry = telemetry
        self._references = references
        self._kept: Kept[float | None] = Kept()

    def drifted(self, workload: str, key: str, *, window_s: float, until: datetime) -> float | None:
        """How many columns drifted; None where none could be told.

        Raises:
            NotFoundError: There is no such reference.
        """

        def compare() -> float | None:
            columns = calls_drift(
                found_reference(self._references, key),
                self._telemetry,
                workload=workload,
                since=until - timedelta(seconds=window_s),
                until=until,
            )
            told = [one.drifted for one in columns if one.drifted is not None]
            return float(sum(told)) if told else None

        keep = kept_for(timedelta(seconds=window_s))
        return self._kept.of((workload, key), until, compare, keep=keep)


def _row(span: Span) -> tuple[str, ...]:
    told = (
        f"{span.duration_ns / 1e6:.3f}",
        span.input_tokens,
        span.output_tokens,
        span.model,
        span.finish_reason,
        "ok" if span.ok else span.error_code or "error",
        span.prompt_preview,
        span.reply_preview,
    )
    return tuple("" if value is None else str(value) for value in told)

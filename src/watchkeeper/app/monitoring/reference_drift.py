"""Stored calls as a table, and held against a reference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.call_texts import NO_TEXT, CallText, CallTexts, mostly_known
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
    *("prompt_text", "reply_text"),
)
"""`prompt` and `reply` are the beginnings that telemetry keeps, the last two what the content store does."""
_MOST_TEXTS = 1_000
"""Calls whose words are read whole."""
_WORDS = {"prompt": "prompt_text", "reply": "reply_text"}
NO_WORDS = (
    "no text of these calls is kept: their workload is among `content.opt_out`, they were sent without, or "
    "it is older than content is kept"
)


def calls_table(
    telemetry: TelemetryStore, texts: CallTexts, *, workload: str, since: datetime, until: datetime
) -> Table:
    """A workload's calls of models, a row a call; what a call does not tell is empty."""
    which = SpanFilter(workload=workload, since_ns=ns_of(since), until_ns=ns_of(until), counted_only=True)
    spans = telemetry.newest(which, MOST_CALLS)
    rows = [
        _row(span, texts.whole(span) if number < _MOST_TEXTS else NO_TEXT)
        for number, span in enumerate(spans)
    ]
    return {name: [row[at] for row in rows] for at, name in enumerate(CALL_COLUMNS)}


def worth_keeping(table: Table) -> Table:
    """The columns of calls that a reference is made of: those with samples, words whole where they are kept.

    Whole words and their beginnings are never held against each other: they differ by themselves.
    """
    kept = {name: values for name, values in table.items() if any(values)}
    for start, whole in _WORDS.items():
        beginnings = [text or None for text in table[start][:_MOST_TEXTS]]
        if whole in kept and start in kept:
            known = mostly_known([text or None for text in table[whole][:_MOST_TEXTS]], beginnings)
            del kept[start if known else whole]
    return kept


def words_missing(table: Table) -> bool:
    """Whether neither prompts nor replies of calls are known."""
    return not any(name in table for pair in _WORDS.items() for name in pair)


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
    texts: CallTexts,
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
    current = calls_table(telemetry, texts, workload=workload, since=since, until=until)
    asked = columns or [name for name in reference.table if name in current]
    return tuple(map(_explained, table_drift(reference.table, current, columns=asked)))


def _explained(column: ColumnDrift) -> ColumnDrift:
    """A verdict that says of words why there are none."""
    is_words = column.column in {*_WORDS, *_WORDS.values()}
    if not is_words or (column.reference_samples and column.current_samples):
        return column
    return replace(column, reason=f"{column.reason}; {NO_WORDS}")


class ReferenceWatch:
    """Verdicts for rules, each kept a while: comparing thousands of calls is no work for every minute."""

    def __init__(self, telemetry: TelemetryStore, references: ReferenceStore, texts: CallTexts) -> None:
        """Compare nothing yet."""
        self._telemetry = telemetry
        self._texts = texts
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
                self._texts,
                workload=workload,
                since=until - timedelta(seconds=window_s),
                until=until,
            )
            told = [one.drifted for one in columns if one.drifted is not None]
            return float(sum(told)) if told else None

        keep = kept_for(timedelta(seconds=window_s))
        return self._kept.of((workload, key), until, compare, keep=keep)


def _row(span: Span, text: CallText) -> tuple[str, ...]:
    told = (
        f"{span.duration_ns / 1e6:.3f}",
        span.input_tokens,
        span.output_tokens,
        span.model,
        span.finish_reason,
        "ok" if span.ok else span.error_code or "error",
        span.prompt_preview,
        span.reply_preview,
        text.prompt,
        text.reply,
    )
    return tuple("" if value is None else str(value) for value in told)

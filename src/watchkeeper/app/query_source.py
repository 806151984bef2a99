"""The queries that were served, and what was thought of them, read out of telemetry page by page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.time_range import TimeRange, local_date
from watchkeeper.reporting.ports import QuerySource, SummaryStore
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter, QueryFilter

_PAGE = 20_000

Row = TypeVar("Row", QueryRecord, EvaluationResult)
Which = TypeVar("Which", QueryFilter, EvaluationFilter)


class TelemetryQuerySource:
    """A `QuerySource` over the telemetry store; it only reads."""

    def __init__(self, store: TelemetryStore, *, page: int = _PAGE) -> None:
        """Read so many rows at a time, so that memory stays bounded however many there are."""
        self._store = store
        self._page = page

    def queries(self, during: TimeRange, workload: str | None = None) -> Iterator[QueryRecord]:
        """See `QuerySource.queries`."""
        which = QueryFilter(workload=workload, since_ns=during.since_ns, until_ns=during.until_ns)
        yield from self._all(self._store.queries, which, _query_key)

    def judgements(
        self, during: TimeRange, workload: str | None = None, *, name: str
    ) -> Iterator[EvaluationResult]:
        """See `QuerySource.judgements`."""
        which = EvaluationFilter(
            workload=workload, name=name, since_ns=during.since_ns, until_ns=during.until_ns
        )
        yield from self._all(self._store.evaluations, which, _evaluation_key)

    def _all(
        self,
        ask: Callable[[Which, int], Sequence[Row]],
        which: Which,
        key: Callable[[Row], object],
    ) -> Iterator[Row]:
        """Every row, newest first: a page begins where the one before ended, in the same nanosecond."""
        limit = self._page
        told: set[object] = set()
        while True:
            rows = ask(which, limit)
            for row in rows:
                if key(row) not in told:
                    yield row
            if len(rows) < limit:
                return
            last_ns = rows[-1].ts_ns
            # Rows of one instant are told in one page, or it could never be passed.
            limit = limit * 2 if rows[0].ts_ns == last_ns else self._page
            told = {key(row) for row in rows if row.ts_ns == last_ns} | (
                told if limit > self._page else set()
            )
            which = replace(which, until_ns=last_ns + 1)


def query_counts(
    source: QuerySource, summaries: SummaryStore, *, during: TimeRange, workload: str | None = None
) -> dict[tuple[str, date], int]:
    """Queries by workload and day: of a whole day as it is written, else as its records tell."""
    zone = during.zone
    days = list(during.days())
    first, last = local_date(days[0].since, zone), local_date(days[-1].since, zone)
    written: dict[date, dict[str, int]] = {}
    for one in summaries.between(first, last, workload=workload):
        if one.timezone == zone.key and one.queries:
            written.setdefault(one.day, {})[one.workload] = one.queries
    counts: dict[tuple[str, date], int] = {}
    for day in days:
        inside = TimeRange(max(day.since, during.since), min(day.until, during.until), zone)
        its_date = local_date(day.since, zone)
        if inside == day and its_date in written:
            counts.update({(name, its_date): many for name, many in written[its_date].items()})
            continue
        for query in source.queries(inside, workload):
            counts[query.workload, its_date] = counts.get((query.workload, its_date), 0) + 1
    return counts


def _query_key(row: QueryRecord) -> object:
    return row.workload, row.query_id


def _evaluation_key(row: EvaluationResult) -> object:
    return row.evaluation_id

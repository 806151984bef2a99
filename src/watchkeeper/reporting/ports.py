"""What reports need from outside: the queries that were served, how they were judged, and kept summaries."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.reporting.day_summary import DaySummary


class QuerySource(Protocol):
    """The records that serving wrote; a report only reads them (W4-02)."""

    def queries(self, during: TimeRange, workload: str | None = None) -> Iterator[QueryRecord]:
        """The queries of a stretch of time, each once; of one workload or of all."""
        ...

    def judgements(
        self, during: TimeRange, workload: str | None = None, *, name: str
    ) -> Iterator[EvaluationResult]:
        """The evaluations of that name of a stretch of time, each once."""
        ...


class SummaryStore(Protocol):
    """Summaries of days; workload and day are a summary's key (W4-03)."""

    def put(self, summaries: Sequence[DaySummary]) -> None:
        """Keep summaries, all or none.

        One that is there gives way, but not to one of fewer queries of the same zone: records are let go
        of after a while, and a day must not shrink with them.
        """
        ...

    def between(self, first: date, last: date, *, workload: str | None = None) -> tuple[DaySummary, ...]:
        """The summaries of these days, both included, by day and workload; of one workload or of all."""
        ...

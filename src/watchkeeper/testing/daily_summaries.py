"""Summaries of days in memory, for as long as the process lives."""

from collections.abc import Sequence
from datetime import date
from threading import Lock

from watchkeeper.reporting.day_summary import DaySummary


class InMemoryDailySummaries:
    """A `SummaryStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[date, str], DaySummary] = {}
        self._lock = Lock()

    def put(self, summaries: Sequence[DaySummary]) -> None:
        """See `SummaryStore.put`."""
        with self._lock:
            for one in summaries:
                known = self._kept.get((one.day, one.workload))
                if known is None or known.timezone != one.timezone or known.queries <= one.queries:
                    self._kept[one.day, one.workload] = one

    def between(self, first: date, last: date, *, workload: str | None = None) -> tuple[DaySummary, ...]:
        """See `SummaryStore.between`."""
        with self._lock:
            return tuple(
                one
                for key, one in sorted(self._kept.items())
                if first <= key[0] <= last and workload in {None, one.workload}
            )

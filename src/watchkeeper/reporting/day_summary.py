"""What the queries of one day add up to (W4-03): counts and sums, so that days can be added up too."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal

from watchkeeper.domain.query_record import QueryRecord

Category = Literal["pure trained", "trained + tools", "trained + history", "trained + both"]
CATEGORIES: tuple[Category, ...] = ("pure trained", "trained + tools", "trained + history", "trained + both")
"""How a query was answered (W4-12)."""
QUERY_TYPES: dict[str, Category] = {
    "trained_only": "pure trained",
    "trained_with_tools": "trained + tools",
    "trained_with_history": "trained + history",
    "trained_with_both": "trained + both",
}
"""The query types of W4-04, for records that do not say what they used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """One day of one workload; workload and day are its key."""

    workload: str
    day: date
    timezone: str
    """Whose day."""
    queries: int = 0
    failed: int = 0
    degraded: int = 0
    latency_sum_ms: float = 0.0
    pure_trained: int = 0
    with_tools: int = 0
    with_history: int = 0
    with_both: int = 0
    unclassified: int = 0
    """Queries that said neither what they used nor of which type they were."""
    quality_sum: float = 0.0
    judged: int = 0
    """Answers that were judged; quality is no data without any."""

    @property
    def classified(self) -> int:
        """Queries of which it is known how they were answered."""
        return self.pure_trained + self.with_tools + self.with_history + self.with_both

    @property
    def average_latency_ms(self) -> float | None:
        """Over all queries."""
        return self.latency_sum_ms / self.queries if self.queries else None

    @property
    def history_rate(self) -> float | None:
        """Share of the classified queries that used history, with or without tools."""
        return self._share(self.with_history + self.with_both)

    @property
    def tools_rate(self) -> float | None:
        """Share of the classified queries that used tools, with or without history."""
        return self._share(self.with_tools + self.with_both)

    @property
    def pure_trained_rate(self) -> float | None:
        """Share of the classified queries answered without retrieval."""
        return self._share(self.pure_trained)

    @property
    def error_rate(self) -> float | None:
        """Share of all queries that failed."""
        return self.failed / self.queries if self.queries else None

    @property
    def quality(self) -> float | None:
        """The mean of what answers were judged to be worth."""
        return self.quality_sum / self.judged if self.judged else None

    def _share(self, count: int) -> float | None:
        return count / self.classified if self.classified else None


_SUMMED = tuple(one.name for one in fields(DaySummary) if one.name not in {"workload", "day", "timezone"})


@dataclass(slots=True, kw_only=True)
class DayTally:
    """Adds up a day, one record after the other."""

    workload: str
    day: date
    timezone: str
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_SUMMED, 0))

    def count(self, query: QueryRecord) -> None:
        """Count a query."""
        self.sums["queries"] += 1
        self.sums["failed"] += query.error is not None
        self.sums["degraded"] += query.degraded
        self.sums["latency_sum_ms"] += query.latency_ms
        self.sums[_COLUMN[category_of(query)]] += 1

    def judge(self, value: float) -> None:
        """Count what an answer was judged to be worth."""
        self.sums["quality_sum"] += value
        self.sums["judged"] += 1

    def summary(self) -> DaySummary:
        """What it adds up to."""
        whole = {name: one if name.endswith(("_ms", "_sum")) else int(one) for name, one in self.sums.items()}
        return DaySummary(workload=self.workload, day=self.day, timezone=self.timezone, **whole)  # type: ignore[arg-type]  # counts are whole


_COLUMN: dict[Category | None, str] = {
    "pure trained": "pure_trained",
    "trained + tools": "with_tools",
    "trained + history": "with_history",
    "trained + both": "with_both",
    None: "unclassified",
}


def category_of(query: QueryRecord) -> Category | None:
    """How a query was answered: by what it used, else by its type; None when it tells neither."""
    if query.used_history is None and query.used_tools is None:
        return QUERY_TYPES.get(query.query_type or "")
    both = bool(query.used_history), bool(query.used_tools)
    return {
        (False, False): CATEGORIES[0],
        (False, True): CATEGORIES[1],
        (True, False): CATEGORIES[2],
        (True, True): CATEGORIES[3],
    }[both]


def counts_by_category(summary: DaySummary) -> dict[Category, int]:
    """The four counts, in their order."""
    return {one: getattr(summary, _COLUMN[one]) for one in CATEGORIES}


def added_up(parts: Iterable[DaySummary], *, workload: str, day: date, timezone: str) -> DaySummary:
    """One summary of several workloads, or of none."""
    several = list(parts)
    sums = {name: sum(getattr(one, name) for one in several) for name in _SUMMED}
    return DaySummary(workload=workload, day=day, timezone=timezone, **sums)

"""The daily report (W4-05 to W4-13): the last days, the latest one judged, and today's distribution."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_range import local_date
from watchkeeper.reporting.day_summary import Category, DaySummary, added_up, counts_by_category
from watchkeeper.reporting.ports import QuerySource, SummaryStore
from watchkeeper.reporting.summarising import day_summaries
from watchkeeper.reporting.targets import PURE_TRAINED, VALIDATED, Judged, judged

USUAL_DAYS = 7
MOST_DAYS = 366
NO_QUERIES = "no queries yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One day of the report; rates from 0 to 1, null is no data."""

    day: date
    queries: int
    average_latency_ms: float | None
    history_rate: float | None
    tools_rate: float | None
    error_rate: float | None
    quality: float | None
    """The mean of what answers were judged to be worth (evaluations named `quality`)."""
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryShare:
    """How many queries were answered in one of the four ways."""

    category: Category
    queries: int
    share: float | None
    """Of the classified queries; the four add up to 1. Null without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The queries of a day by how they were answered (W4-12)."""

    day: date
    total: int
    """Of the four."""
    categories: tuple[CategoryShare, ...]
    unclassified: int
    """Queries that said neither what they used nor of which type they were: in none of the four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """The report of one workload, or of all together."""

    workload: str | None
    made_at: datetime
    timezone: str
    """Whose days and whose today."""
    note: str | None
    """`no queries yet` when the days have none."""
    days: tuple[DayRow, ...]
    """Newest first, days without queries too."""
    latest: date | None
    """The newest day with queries: what is judged below."""
    validation: tuple[Judged, ...]
    """Response time, history, tools and errors of the latest day, each by itself."""
    distribution: Distribution
    """Today's."""
    training_first: Judged
    """Today's share of queries answered without retrieval (W4-13)."""


def daily_report(
    source: QuerySource,
    store: SummaryStore,
    *,
    workload: str | None,
    now: datetime,
    zone: ZoneInfo,
    days: int = USUAL_DAYS,
) -> DailyReport:
    """The report as of now; it reads records and summaries and writes nothing (defect 26).

    Args:
        source: The records of serving.
        store: Summaries of days that are over.
        workload: Which one; None for all together.
        now: When.
        zone: Whose days are meant.
        days: How many, today included.

    Raises:
        InvalidInputError: So many days cannot be told.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInputError(f"{days} days cannot be reported", action=f"ask for 1 to {MOST_DAYS}")
    today = local_date(now, zone)
    asked = [today - timedelta(days=ago) for ago in range(days)]
    found = {
        day: added_up(parts, workload=workload or "", day=day, timezone=zone.key)
        for day, parts in _parts(source, store, asked, workload=workload, zone=zone)
    }
    latest = next((day for day in asked if found[day].queries), None)
    of_latest = found[latest] if latest else found[today]
    return DailyReport(
        workload=workload,
        made_at=now,
        timezone=zone.key,
        note=None if latest else NO_QUERIES,
        days=tuple(_row(found[day]) for day in asked),
        latest=latest,
        validation=tuple(
            judged(target, value)
            for target, value in zip(
                VALIDATED,
                (
                    of_latest.average_latency_ms,
                    of_latest.history_rate,
                    of_latest.tools_rate,
                    of_latest.error_rate,
                ),
                strict=True,
            )
        ),
        distribution=_distribution(found[today]),
        training_first=judged(PURE_TRAINED, found[today].pure_trained_rate),
    )


def _parts(
    source: QuerySource, store: SummaryStore, days: Sequence[date], *, workload: str | None, zone: ZoneInfo
) -> Iterator[tuple[date, Sequence[DaySummary]]]:
    """Of every day what is written, else what its records tell; today is always told by its records."""
    today, oldest = days[0], days[-1]
    kept = [one for one in store.between(oldest, today, workload=workload) if one.timezone == zone.key]
    for day in days:
        written = [one for one in kept if one.day == day] if day != today else []
        yield day, written or day_summaries(source, day, zone, workload=workload)


def _row(summary: DaySummary) -> DayRow:
    return DayRow(
        day=summary.day,
        queries=summary.queries,
        average_latency_ms=summary.average_latency_ms,
        history_rate=summary.history_rate,
        tools_rate=summary.tools_rate,
        error_rate=summary.error_rate,
        quality=summary.quality,
        judged=summary.judged,
    )


def _distribution(summary: DaySummary) -> Distribution:
    total = summary.classified
    return Distribution(
        day=summary.day,
        total=total,
        categories=tuple(
            CategoryShare(category=one, queries=count, share=count / total if total else None)
            for one, count in counts_by_category(summary).items()
        ),
        unclassified=summary.unclassified,
    )

"""The job that writes what a day's queries added up to, once the day is over (W4-03)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.time_range import TimeRange, day_of, local_date
from watchkeeper.reporting.day_summary import DaySummary, DayTally
from watchkeeper.reporting.ports import QuerySource, SummaryStore

QUALITY = "quality"
"""The name of the evaluations that judge an answer as a whole; their values are averaged."""
LATE_DAYS = 7
"""Days that are summed up anew each time: records come late by days, when a sender was cut off."""
CATCH_UP_DAYS = 35
"""Days that are looked through for any that were missed, such as while the server was down."""


def summarise(source: QuerySource, store: SummaryStore, *, now: datetime, zone: ZoneInfo) -> int:
    """Write the summaries of days that are over: the last seven, and those missed in the five weeks before.

    Safe to run twice, at any time. A workload that had queries before has a row for every day since, also
    for a day without any.

    Returns:
        How many summaries were written.
    """
    today = local_date(now, zone)
    first = today - timedelta(days=CATCH_UP_DAYS)
    kept = store.between(first, today)
    there = {one.day for one in kept if one.timezone == zone.key}
    known = {one.workload: one.day for one in reversed(kept)}
    written = 0
    for days_ago in range(CATCH_UP_DAYS, 0, -1):
        day = today - timedelta(days=days_ago)
        if day in there and days_ago > LATE_DAYS:
            continue
        summaries = day_summaries(source, day, zone)
        for one in summaries:
            known.setdefault(one.workload, day)
        served = {one.workload for one in summaries}
        idle = [name for name, since in known.items() if since <= day and name not in served]
        summaries += [DaySummary(workload=name, day=day, timezone=zone.key) for name in idle]
        store.put(summaries)
        written += len(summaries)
    return written


def day_summaries(
    source: QuerySource, day: date, zone: ZoneInfo, *, workload: str | None = None
) -> list[DaySummary]:
    """What every workload's queries of one day add up to, by workload; none without queries."""
    during = day_of(day, zone)
    tallies: dict[str, DayTally] = {}
    traces: dict[str, str] = {}
    for query in source.queries(during, workload):
        if query.workload not in tallies:
            tallies[query.workload] = DayTally(workload=query.workload, day=day, timezone=zone.key)
        tallies[query.workload].count(query)
        if query.trace_id is not None:
            traces[query.trace_id] = query.workload
    if tallies:
        judging = TimeRange(during.since, during.until + timedelta(days=LATE_DAYS), zone)
        for one in source.judgements(judging, workload, name=QUALITY):
            if one.value is not None and _is_of_day(one, during, traces) and one.workload in tallies:
                tallies[one.workload].judge(one.value)
    return [tallies[name].summary() for name in sorted(tallies)]


def _is_of_day(one: EvaluationResult, during: TimeRange, traces: Mapping[str, str]) -> bool:
    """Whether an answer of the day was judged: judges come later, often the next morning."""
    if one.trace_id is not None:
        return traces.get(one.trace_id) == one.workload
    return during.since_ns <= one.ts_ns < during.until_ns

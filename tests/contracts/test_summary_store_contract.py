"""One contract for summaries of days in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from watchkeeper.adapters.postgres.daily_summaries import PostgresDailySummaries
from watchkeeper.adapters.postgres.database import Database
from watchkeeper.reporting.day_summary import DaySummary
from watchkeeper.reporting.ports import SummaryStore
from watchkeeper.testing.daily_summaries import InMemoryDailySummaries

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def summaries(request: pytest.FixtureRequest) -> SummaryStore:
    if request.param == "in memory":
        return InMemoryDailySummaries()
    database: Database = request.getfixturevalue("database")
    return PostgresDailySummaries(database)


def summary(workload: str, day: date = MONDAY, queries: int = 10) -> DaySummary:
    return DaySummary(
        workload=workload,
        day=day,
        timezone="Europe/Stockholm",
        queries=queries,
        failed=1,
        latency_sum_ms=1234.5,
        pure_trained=queries - 3,
        with_tools=2,
        unclassified=1,
        quality_sum=0.75,
        judged=1,
    )


def test_summaries_come_back_as_they_were_put_by_day(summaries: SummaryStore, workload: str) -> None:
    both = [summary(workload, MONDAY + DAY), summary(workload)]
    summaries.put(both)
    summaries.put([])
    assert summaries.between(MONDAY, MONDAY + DAY, workload=workload) == (both[1], both[0])
    assert summaries.between(MONDAY - DAY, MONDAY, workload=workload) == (both[1],)
    assert both[1] in summaries.between(MONDAY, MONDAY)
    assert summaries.between(MONDAY + DAY, MONDAY, workload=workload) == ()


def test_a_day_put_again_is_one_day_as_put_last(
    summaries: SummaryStore, workload: str, fresh: Callable[[str], str]
) -> None:
    other = fresh("workload")
    summaries.put([summary(workload), summary(other)])
    summaries.put([summary(workload, queries=12)])
    summaries.put([summary(workload, queries=12)])
    assert summaries.between(MONDAY, MONDAY, workload=workload) == (summary(workload, queries=12),)
    assert summaries.between(MONDAY, MONDAY, workload=other) == (summary(other),)


def test_a_day_does_not_shrink_when_its_records_are_gone(summaries: SummaryStore, workload: str) -> None:
    summaries.put([summary(workload, queries=12)])
    summaries.put([summary(workload, queries=5)])
    assert summaries.between(MONDAY, MONDAY, workload=workload)[0].queries == 12
    elsewhere = replace(summary(workload, queries=5), timezone="UTC")
    summaries.put([elsewhere])
    assert summaries.between(MONDAY, MONDAY, workload=workload) == (elsewhere,)

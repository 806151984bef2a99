"""One contract for the results of canaries in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.canaries import PostgresCanaries
from watchkeeper.adapters.postgres.database import Database
from watchkeeper.batch.ports import CanaryStore
from watchkeeper.domain.run import CanaryResult
from watchkeeper.testing.state import InMemoryCanaries

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def canaries(request: pytest.FixtureRequest) -> CanaryStore:
    if request.param == "in memory":
        return InMemoryCanaries()
    database: Database = request.getfixturevalue("database")
    return PostgresCanaries(database)


def canary(workload: str, field: str, verdict: str, at: datetime, suite: str = "sample") -> CanaryResult:
    return CanaryResult(
        workload=workload,
        suite=suite,
        run_id=None,
        document="sample.pdf",
        field=field,
        expected="1",
        got=None if verdict == "missing" else "1",
        verdict=verdict,
        checked_at=at,
    )


def test_the_latest_canaries_are_those_of_the_last_run_of_the_suite(
    canaries: CanaryStore, workload: str
) -> None:
    canaries.append([canary(workload, "old", "pass", NOON)])
    last = [
        canary(workload, "cash", "missing", NOON + HOUR),
        canary(workload, "assets", "pass", NOON + 2 * HOUR),
    ]
    canaries.append(last)
    canaries.append(last)

    assert canaries.latest(workload) == (last[1], last[0])


def test_each_suite_has_its_own_last_run(
    canaries: CanaryStore, workload: str, fresh: Callable[[str], str]
) -> None:
    canaries.append([canary(workload, "a", "pass", NOON, suite="first")])
    canaries.append([canary(workload, "b", "fail", NOON + HOUR, suite="second")])

    assert [c.field for c in canaries.latest(workload, suite="first")] == ["a"]
    assert [c.field for c in canaries.latest(workload)] == ["b"]
    assert canaries.latest(workload, suite="third") == ()
    assert canaries.latest(fresh("workload")) == ()

"""One contract for what gateway workers tell of themselves, in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.gateway_workers import PostgresGatewayWorkers
from watchkeeper.gateway.orders.ports import WorkerStore
from watchkeeper.gateway.orders.worker_report import BreakerTold, CacheTold, WorkerReport
from watchkeeper.gateway.rate_limit import Minute
from watchkeeper.testing.keys_and_orders import InMemoryGatewayWorkers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Fresh = Callable[[str], str]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def workers(request: pytest.FixtureRequest) -> WorkerStore:
    if request.param == "in memory":
        return InMemoryGatewayWorkers()
    database: Database = request.getfixturevalue("database")
    return PostgresGatewayWorkers(database)


def report(worker_id: str, gateway: str, *, started_at: datetime = NOON) -> WorkerReport:
    return WorkerReport(
        worker_id=worker_id,
        gateway=gateway,
        pid=4711,
        started_at=started_at,
        seen_at=started_at,
        address="http://127.0.0.1:8788",
        in_flight=3,
        breakers={"large": BreakerTold(state="open", forced=True, failures=0, for_s=1.5, retry_in_s=None)},
        caches={"answers": CacheTold(entries=2, size_bytes=900, hits=5, misses=7)},
        minutes={"key-1": Minute(requests=3, tokens=900)},
        problems={"budgets": "the bank is away"},
    )


def of(workers: WorkerStore, gateway: str) -> list[WorkerReport]:
    return [one for one in workers.reports() if one.gateway == gateway]


def test_a_report_is_found_as_it_was_told(workers: WorkerStore, fresh: Fresh) -> None:
    told = report(fresh("worker"), fresh("gateway"))
    workers.tell(told)
    assert of(workers, told.gateway) == [told]


def test_a_workers_next_report_takes_the_place_of_the_last(workers: WorkerStore, fresh: Fresh) -> None:
    first = report(fresh("worker"), fresh("gateway"))
    workers.tell(first)
    second = replace(first, seen_at=NOON + SECOND, in_flight=0, breakers={}, problems={})
    workers.tell(second)
    assert of(workers, first.gateway) == [second]


def test_workers_stand_by_gateway_and_start(workers: WorkerStore, fresh: Fresh) -> None:
    gateway = fresh("gateway")
    later = report(fresh("worker"), gateway, started_at=NOON + SECOND)
    earlier = report(fresh("worker"), gateway)
    workers.tell(later)
    workers.tell(earlier)
    assert of(workers, gateway) == [earlier, later]


def test_a_worker_that_leaves_takes_its_report_along(workers: WorkerStore, fresh: Fresh) -> None:
    told = report(fresh("worker"), fresh("gateway"))
    workers.tell(told)
    workers.leave(told.worker_id)
    workers.leave(told.worker_id)
    assert of(workers, told.gateway) == []


def test_reports_of_workers_long_silent_are_forgotten(workers: WorkerStore, fresh: Fresh) -> None:
    gateway = fresh("gateway")
    old = report(fresh("worker"), gateway, started_at=NOON - timedelta(days=30))
    young = report(fresh("worker"), gateway)
    workers.tell(old)
    workers.tell(young)

    assert workers.forget(before=NOON) == 1
    assert of(workers, gateway) == [young]

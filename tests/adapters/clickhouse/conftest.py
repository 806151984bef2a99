"""One ClickHouse for this folder's tests, each in a database of its own."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.testing.clickhouse_door import CHDB_MISSING, ClickHouseDoor, chdb_installed

OpenStore = Callable[..., ClickHouseTelemetry]


@pytest.fixture(scope="session")
def shared_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseDoor]:
    if not chdb_installed():
        pytest.skip(CHDB_MISSING)
    with ClickHouseDoor(tmp_path_factory.mktemp("clickhouse") / "data") as door:
        yield door


@pytest.fixture(scope="session")
def fresh_database() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"telemetry_{next(numbers)}"


@pytest.fixture
def door(shared_door: ClickHouseDoor) -> Iterator[ClickHouseDoor]:
    """Running and without faults before and after."""
    yield shared_door
    if not shared_door.running:
        shared_door.start()
    shared_door.clear_faults()


@pytest.fixture
def open_store(door: ClickHouseDoor, fresh_database: Callable[[], str]) -> Iterator[OpenStore]:
    """Opens stores, by default of a new database; figures are looked for at each question."""
    opened: list[ClickHouseTelemetry] = []

    def open_one(database: str | None = None, **options: object) -> ClickHouseTelemetry:
        address = clickhouse_address(door.url(database or fresh_database()))
        store = ClickHouseTelemetry(address, **{"fresh_s": 0, "settle_s": 1e6, **options})  # type: ignore[arg-type]  # handed on
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        store.close()

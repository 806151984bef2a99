"""What the contracts of the stores share."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.postgres.database import Database, connect
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.testing.clickhouse_door import CHDB_MISSING, ClickHouseDoor, chdb_installed
from watchkeeper.testing.telemetry import InMemoryTelemetry


@pytest.fixture(scope="session")
def database(postgres_url: str) -> Iterator[Database]:
    """The session's PostgreSQL; shared, so tests keep to workloads and ids of their own."""
    with connect(postgres_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def fresh() -> Callable[[str], str]:
    """Makes names no other test, or example of a test, has: the stores outlive a test."""
    numbers = count(1)
    return lambda prefix: f"{prefix}-{next(numbers)}"


@pytest.fixture
def workload(fresh: Callable[[str], str]) -> str:
    """A workload of this test alone."""
    return fresh("workload")


@pytest.fixture(scope="session")
def clickhouse_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseDoor]:
    """The session's ClickHouse; shared, so tests keep to databases of their own."""
    if not chdb_installed():
        pytest.skip(CHDB_MISSING)
    with ClickHouseDoor(tmp_path_factory.mktemp("clickhouse-session") / "data") as door:
        yield door


@pytest.fixture(scope="session")
def in_clickhouse(
    clickhouse_door: ClickHouseDoor, fresh: Callable[[str], str]
) -> Callable[[Path], TelemetryStore]:
    """Makes telemetry stores, each in a database of its own, whose figures are never older than asked."""
    return lambda _: ClickHouseTelemetry(
        clickhouse_address(clickhouse_door.url(fresh("telemetry"))), fresh_s=0
    )


@cache
def _empty_file() -> bytes:
    """A DuckDB file with its tables: copying it takes a quarter of the time that making them does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.duckdb"
        DuckDbTelemetry(path).close()
        return path.read_bytes()


@pytest.fixture(scope="session")
def fresh_telemetry() -> Callable[[], AbstractContextManager[Path]]:
    """Makes folders with an empty telemetry file, gone afterwards."""

    @contextmanager
    def fresh_folder() -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "telemetry.duckdb").write_bytes(_empty_file())
            yield Path(folder)

    return fresh_folder


@pytest.fixture(params=["memory", "duckdb", pytest.param("clickhouse", marks=pytest.mark.slow)])
def telemetry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TelemetryStore]:
    """A telemetry store of each kind, empty."""
    store: TelemetryStore
    if request.param == "memory":
        store = InMemoryTelemetry()
    elif request.param == "duckdb":
        (tmp_path / "telemetry.duckdb").write_bytes(_empty_file())
        store = DuckDbTelemetry(tmp_path / "telemetry.duckdb")
    else:
        store = request.getfixturevalue("in_clickhouse")(tmp_path)
    yield store
    store.close()

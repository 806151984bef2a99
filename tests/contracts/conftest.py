"""What the contracts of the stores share."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from watchkeeper.adapters.postgres.database import Database, connect


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

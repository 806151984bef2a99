"""An empty database of its own for each test that asks, on the session's server."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

_numbers = count(1)


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """A connection string of a database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[arg-type] # our own name
    yield make_conninfo(postgres_url, dbname=name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")  # type: ignore[arg-type] # our own name

"""One contract for the heads of receipt chains in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.receipt_heads import PostgresReceiptHeads
from watchkeeper.batch.ports import ReceiptHeadStore
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.testing.state import InMemoryReceiptHeads

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def heads(request: pytest.FixtureRequest) -> ReceiptHeadStore:
    if request.param == "in memory":
        return InMemoryReceiptHeads()
    database: Database = request.getfixturevalue("database")
    return PostgresReceiptHeads(database)


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_a_head_only_ever_goes_forward(
    heads: ReceiptHeadStore, counts: list[int], fresh: Callable[[str], str]
) -> None:
    writer = fresh("writer")
    seen = [
        ReceiptHead(writer=writer, count=n, sha256=f"{n} at {at}", seen_at=NOON + at * HOUR)
        for at, n in enumerate(counts)
    ]
    heads.advance(seen[: len(seen) // 2])
    heads.advance(seen[len(seen) // 2 :])

    furthest = max(counts)
    assert [head for head in heads.all() if head.writer == writer] == [seen[counts.index(furthest)]]


def test_heads_are_told_by_writer(heads: ReceiptHeadStore, fresh: Callable[[str], str]) -> None:
    writers = [fresh("writer") for _ in range(3)]
    heads.advance(
        [ReceiptHead(writer=writer, count=1, sha256="x", seen_at=NOON) for writer in reversed(writers)]
    )

    told = [head.writer for head in heads.all()]
    assert told == sorted(told)
    assert set(writers) <= set(told)

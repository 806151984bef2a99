"""One contract for the accuracy of receipts in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.scores import PostgresScores
from watchkeeper.batch.ports import ScoreStore
from watchkeeper.domain.run import ReceiptScore
from watchkeeper.testing.state import InMemoryScores

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def scores(request: pytest.FixtureRequest) -> ScoreStore:
    if request.param == "in memory":
        return InMemoryScores()
    database: Database = request.getfixturevalue("database")
    return PostgresScores(database)


def score(workload: str, receipt_id: str, right: int, scored: int, at: datetime = NOON) -> ReceiptScore:
    return ReceiptScore(
        receipt_id=receipt_id,
        run_id="RUN_1770000000",
        workload=workload,
        document="a.pdf",
        agent="balance_sheet",
        model="layout",
        right=right,
        scored=scored,
        created_at=at,
    )


def test_a_receipt_scored_twice_counts_once_as_scored_last(
    scores: ScoreStore, workload: str, fresh: Callable[[str], str]
) -> None:
    first, second = fresh("receipt"), fresh("receipt")
    scores.append([score(workload, first, 1, 4), score(workload, second, 4, 4)])
    scores.append([score(workload, first, 2, 4)])
    scores.append([score(workload, first, 2, 4)])

    assert scores.average_accuracy(workload, since=NOON, until=NOON + HOUR) == pytest.approx(6 / 8)
    assert scores.by_receipts([first, "unscored"]) == {first: score(workload, first, 2, 4)}
    assert scores.by_receipts([]) == {}


def test_the_average_accuracy_weighs_by_fields_and_keeps_to_its_window(
    scores: ScoreStore, workload: str, fresh: Callable[[str], str]
) -> None:
    scores.append(
        [
            score(workload, fresh("receipt"), 0, 1, NOON),
            score(workload, fresh("receipt"), 9, 9, NOON + HOUR / 2),
            score(workload, fresh("receipt"), 0, 9, NOON + HOUR),
            score(fresh("workload"), fresh("receipt"), 0, 9, NOON),
        ]
    )

    assert scores.average_accuracy(workload, since=NOON, until=NOON + HOUR) == pytest.approx(0.9)


def test_the_average_accuracy_of_an_empty_window_is_unknown(scores: ScoreStore, workload: str) -> None:
    assert scores.average_accuracy(workload, since=NOON, until=NOON + HOUR) is None

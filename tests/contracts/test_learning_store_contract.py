"""One contract for what coaching has left behind, counted in memory and in PostgreSQL."""

from collections.abc import Callable, Sequence

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.learning import PostgresLearning
from watchkeeper.batch.ports import LearningCounts, LearningStore
from watchkeeper.testing.state import InMemoryLearning

Sessions = Sequence[tuple[str, bool]]
"""Document, and whether its session was completed."""

WithLearning = Callable[[str, Sessions, Sequence[float]], LearningStore]

_SESSION = """
insert into coaching_sessions (
    session_id, workload, run_id, document, agent, status, rounds_done, max_rounds, started_at, created_at
) values (%s, %s, 'RUN_1770000000', %s, 'governance', %s, 1, 3, now(), now())
"""

_GOLDEN = """
insert into golden_examples (example_id, workload, document, agent, extraction, accuracy, active, created_at)
values (%s, %s, 'a.pdf', 'governance', '{}', %s, %s, now())
"""


@pytest.fixture(params=["in memory", "PostgreSQL"])
def with_learning(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> WithLearning:
    def in_memory(workload: str, sessions: Sessions, golden: Sequence[float]) -> LearningStore:
        return InMemoryLearning(sessions={workload: sessions}, golden_accuracies={workload: golden})

    def in_postgres(workload: str, sessions: Sessions, golden: Sequence[float]) -> LearningStore:
        database: Database = request.getfixturevalue("database")
        with database.transaction() as connection:
            for document, completed in sessions:
                status = "completed" if completed else "failed"
                connection.execute(_SESSION, (fresh("session"), workload, document, status))
            for accuracy in golden:
                connection.execute(_GOLDEN, (fresh("golden"), workload, accuracy, True))
            connection.execute(_GOLDEN, (fresh("golden"), workload, 1.0, False))
        return PostgresLearning(database)

    return in_memory if request.param == "in memory" else in_postgres


def test_an_uncoached_workload_has_none_of_anything(with_learning: WithLearning, workload: str) -> None:
    learning = with_learning(workload, (), ())

    expected = LearningCounts(sessions=0, golden_examples=0, coached_documents=0)
    assert learning.counts(workload, golden_from=0.95) == expected
    assert learning.counts("another", golden_from=0.95) == expected


def test_a_document_coached_twice_is_one_coached_document(with_learning: WithLearning, workload: str) -> None:
    learning = with_learning(
        workload, [("a.pdf", True), ("a.pdf", True), ("b.pdf", True), ("c.pdf", False)], ()
    )

    counts = learning.counts(workload, golden_from=0.95)

    assert (counts.sessions, counts.coached_documents) == (4, 2)


def test_golden_examples_count_from_the_accuracy_asked_for(
    with_learning: WithLearning, workload: str
) -> None:
    learning = with_learning(workload, (), [0.949, 0.95, 1.0])

    assert learning.counts(workload, golden_from=0.95).golden_examples == 2

"""Documents stand in the order they were coached, with where they began and where they ended."""

from datetime import UTC, datetime, timedelta

from watchkeeper.coaching.coached_documents import coached_documents
from watchkeeper.coaching.records import RoundRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def coached(
    minute: int, document: str, agent: str, *accuracies: float, basis: str = "truth"
) -> list[RoundRow]:
    """The rounds of one session."""
    return [
        RoundRow(
            session_id=f"s{minute}",
            workload="annual-reports",
            run_id="RUN_1767225600",
            document=document,
            agent=agent,
            round=number,
            accuracy=accuracy,
            coverage=1.0,
            precision=1.0,
            recall=1.0,
            f1=accuracy / 2,
            errors=(),
            missing=(),
            strategy="explore",
            reason="it is low",
            change=None,
            improvement=0.0,
            basis=basis,
            phase=1,
            created_at=NOON + timedelta(minutes=minute),
        )
        for number, accuracy in enumerate(accuracies, start=1)
    ]


def test_a_document_begins_with_first_rounds_and_ends_with_the_last_of_each_agent() -> None:
    rows = [
        *coached(3, "b.pdf", "property", 0.9, basis="consensus"),
        *coached(0, "a.pdf", "property", 0.2, 0.6),
        *coached(1, "a.pdf", "cash_flow", 0.4, 1.0),
        *coached(5, "a.pdf", "property", 0.6, 0.8),
    ]
    first, second = coached_documents(rows)
    assert (first.number, first.document, first.agents, first.by_truth) == (1, "a.pdf", 2, True)
    assert (round(first.start, 9), round(first.end, 9), round(first.f1, 9)) == (0.3, 0.9, 0.45)
    assert (first.first_at, first.last_at) == (NOON, NOON + timedelta(minutes=5))
    assert (second.number, second.end, second.by_truth) == (2, 0.9, False)


def test_the_running_average_looks_back_on_ten_documents() -> None:
    rows = [row for n in range(12) for row in coached(n, f"{n:02}.pdf", "property", 0.0 if n < 2 else 1.0)]
    found = coached_documents(rows)
    assert [one.recent for one in found][:3] == [0.0, 0.0, 1 / 3]
    assert found[-1].recent == 1.0
    assert coached_documents([]) == ()

"""Success and intervention criteria come from what was coached; late is red, no plan is no data."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.app.process_identity import own_start
from watchkeeper.app.settings import Settings
from watchkeeper.testing.clock import MovedClock

if TYPE_CHECKING:
    from conftest import StartServer

PATH = "/coaching/annual-reports"


def session(
    document: str, *, accuracy: float = 0.97, rounds: int = 2, basis: str = "truth"
) -> dict[str, Any]:
    def one(number: int) -> dict[str, Any]:
        return {
            "round": number, "accuracy": accuracy, "coverage": 1, "precision": 1, "recall": 1, "f1": 1,
            "strategy": "refine", "reason": "so", "change": None, "improvement": 0.0, "basis": basis,
            "phase": 1,
        }  # fmt: skip

    return {
        "run_id": "RUN_1700000001",
        "document": document,
        "agent": "balance_sheet",
        "status": "completed",
        "max_rounds": 5,
        "rounds": [one(number) for number in range(1, rounds + 1)],
        "extraction": {"assets": 1},
    }


class School:
    """A server that coaches documents day by day, under a plan."""

    def __init__(self, client: ApiClient, clock: MovedClock) -> None:
        self.client = client
        self.clock = clock
        self._documents = 0

    def coaches(self, *, days: int, a_day: int, **how: Any) -> None:
        for _day in range(days):
            for _ in range(a_day):
                self._documents += 1
                self.client.post(f"{PATH}/sessions", session(f"{self._documents}.pdf", **how))
                self.clock.advance(60)
            self.clock.advance(86_400 - 60 * a_day)

    def states(self) -> dict[str, str]:
        return {one["row"]: one["state"] for one in self.client.get(f"{PATH}/criteria")}


@pytest.fixture
def school(start_server: "StartServer", request: pytest.FixtureRequest) -> Iterator[School]:
    clock = MovedClock()
    documents: int | None = request.param
    phases = [
        {"phase": 1, "due": (clock.now() + timedelta(days=5)).date().isoformat(), "documents": documents}
    ]
    plans = [] if documents is None else [{"workload": "annual-reports", "phases": phases}]
    settings = Settings.model_validate({"coaching": {"plans": plans}})
    with ApiClient(start_server(clock=clock, coaching=settings.coaching).address) as client:
        yield School(client, clock)


@pytest.mark.requirement("GF-61", "GF-68")
@pytest.mark.parametrize(
    ("school", "on_schedule", "behind"),
    [(12, "green", "green"), (40, "red", "red"), (None, "no data", "no data")],
    indirect=["school"],
    ids=["in time", "late", "no plan"],
)
def test_a_plan_is_kept_or_not_by_the_documents_that_were_coached(
    school: School, on_schedule: str, behind: str
) -> None:
    school.coaches(days=6, a_day=3)
    states = school.states()
    assert (states["GF-61"], states["GF-68"]) == (on_schedule, behind)


@pytest.mark.parametrize("school", [None], indirect=True)
def test_what_nobody_coached_is_no_data_and_not_well(school: School) -> None:
    assert set(school.states().values()) == {"no data"}


@pytest.mark.requirement("GF-56", "GF-63")
@pytest.mark.parametrize("school", [None], indirect=True)
def test_golden_examples_are_counted_a_day_and_missed_after_two(school: School) -> None:
    school.coaches(days=3, a_day=3)
    assert (school.states()["GF-56"], school.states()["GF-63"]) == ("green", "green")
    school.coaches(days=3, a_day=3, accuracy=0.8)
    assert school.states()["GF-63"] == "red"


@pytest.mark.requirement("GF-60", "GF-67")
@pytest.mark.parametrize("school", [None], indirect=True)
def test_errors_of_reading_count_also_where_nothing_was_coached_and_unread_days_are_no_data(
    school: School,
) -> None:
    school.coaches(days=1, a_day=2)
    states = school.states()
    assert {states[row] for row in ("GF-58", "GF-59", "GF-60", "GF-66", "GF-67")} == {"no data"}
    owner = {"pid": os.getpid(), "start": own_start()}
    run = school.client.post("/runs", {"workload": "annual-reports", "items": 2, "owner": owner})["run_id"]
    broken = {
        "workload": "annual-reports", "document_sha256": None, "model": "consensus", "data": {},
        "success": False, "status": "error", "error": {"code": "document_damaged"}, "processing_ms": 900.0,
        "pages": 3,
    }  # fmt: skip
    results = [{**broken, "document": name} for name in ("a.pdf", "b.pdf")]
    school.client.post(f"/runs/{run}/results", results)
    states = school.states()
    assert (states["GF-60"], states["GF-67"], states["GF-59"]) == ("red", "red", "green")


@pytest.mark.parametrize("school", [None], indirect=True)
def test_accuracy_without_truth_is_not_known(school: School) -> None:
    school.coaches(days=4, a_day=2, basis="consensus")
    assert school.states()["GF-55"] == "no data"


@pytest.mark.requirement("GF-57", "GF-64")
@pytest.mark.parametrize("school", [None], indirect=True)
def test_rounds_a_document_are_to_become_fewer(school: School) -> None:
    for rounds in (5, 4, 3, 2):
        school.coaches(days=1, a_day=2, rounds=rounds)
    assert (school.states()["GF-57"], school.states()["GF-64"]) == ("green", "green")
    for rounds in (3, 4, 5, 5, 5):
        school.coaches(days=1, a_day=2, rounds=rounds)
    assert (school.states()["GF-57"], school.states()["GF-64"]) == ("red", "red")

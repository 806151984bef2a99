"""What coaching was in the last hour, and which agents are weak, from rounds whose figures are known."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from watchkeeper.app.client import ApiClient
from watchkeeper.cli.main import app
from watchkeeper.testing.clock import MovedClock

if TYPE_CHECKING:
    from conftest import StartServer

PATH = "/coaching/annual-reports"
HOUR_S = 3600


class School:
    """A server that is told of sessions, at moments of a clock that moves when told."""

    def __init__(self, client: ApiClient, clock: MovedClock) -> None:
        self.client = client
        self.clock = clock

    def coached(self, run: int, agent: str, rounds: Sequence[tuple[str, float]]) -> None:
        """A session of an agent: the strategy and accuracy of each round."""
        told = [
            {
                "round": number,
                "accuracy": accuracy,
                "coverage": 1,
                "precision": 1,
                "recall": 1,
                "f1": 1,
                "strategy": strategy,
                "reason": "so",
                "change": None,
                "improvement": 0.0,
                "basis": "truth",
                "phase": 1,
            }
            for number, (strategy, accuracy) in enumerate(rounds, start=1)
        ]
        session = {
            "run_id": f"RUN_170000000{run}", "document": f"{run}.pdf", "agent": agent,
            "status": "completed", "max_rounds": 5, "rounds": told,
        }  # fmt: skip
        self.client.post(f"{PATH}/sessions", session)

    def wk(self, *arguments: str) -> Any:
        """What `wk coach …` prints as JSON."""
        told = CliRunner().invoke(app, ["--server", self.client.url, "coach", *arguments, "--json"])
        return json.loads(told.stdout)


@pytest.fixture
def school(start_server: "StartServer") -> Iterator[School]:
    clock = MovedClock()
    with ApiClient(start_server(clock=clock).address) as client:
        yield School(client, clock)


@pytest.mark.requirement("GF-14")
def test_the_last_hour_is_told_newest_run_and_best_average_first_with_strategies_in_order(
    school: School,
) -> None:
    school.coached(1, "governance", [("explore", 0.1)])
    school.clock.advance(HOUR_S)
    school.coached(2, "governance", [("explore", 0.5), ("refine", 0.8), ("maintain", 0.95)])
    school.clock.advance(60)
    school.coached(3, "property", [("refine", 0.7), ("refine", 0.9)])
    school.coached(3, "balance_sheet", [("maintain", 1.0)])
    school.clock.advance(60)
    rows = school.wk("sessions")
    assert [(row["run_id"][-1], row["agent"], row["rounds"], row["strategies"]) for row in rows] == [
        ("3", "balance_sheet", 1, "maintain"),
        ("3", "property", 2, "refine"),
        ("2", "governance", 3, "explore → refine → maintain"),
    ]
    assert (rows[2]["average"], rows[2]["best"]) == (pytest.approx(0.75), 0.95)
    assert len(school.wk("sessions", "--hours", "3")) == 4


@pytest.mark.requirement("GF-25")
def test_agents_below_070_over_a_day_are_told_worst_first_and_no_others(school: School) -> None:
    school.coached(1, "cash_flow", [("explore", 0.1)])
    school.clock.advance(25 * HOUR_S)
    school.coached(2, "property", [("explore", 0.69)])
    school.coached(2, "governance", [("explore", 0.2), ("explore", 0.4)])
    school.coached(2, "note_loans", [("refine", 0.70)])
    school.coached(2, "balance_sheet", [("maintain", 1.0)])
    assert [(row["agent"], row["weak"]) for row in school.wk("stuck")] == [
        ("governance", True),
        ("property", True),
    ]
    assert school.wk("stuck")[0]["average"] == pytest.approx(0.3)


@pytest.mark.requirement("GF-24")
def test_strategies_of_a_day_are_told_with_what_the_round_after_them_gained(school: School) -> None:
    school.coached(1, "property", [("explore", 0.5), ("explore", 0.7), ("maintain", 0.95)])
    used = {row["strategy"]: row["count"] for row in school.wk("strategies")}
    assert used == {"explore": 2, "maintain": 1}


@pytest.mark.requirement("GF-04")
def test_a_phase_that_gains_less_than_15_points_is_marked(school: School) -> None:
    school.coached(1, "property", [("explore", 0.50), ("explore", 0.64)])
    (phase,) = school.wk("phases")
    assert (phase["start"], phase["end"], phase["below_expected"]) == (0.50, 0.64, True)
    assert phase["gain"] == pytest.approx(0.14)
    school.coached(2, "property", [("explore", 0.50), ("explore", 0.66)])
    (phase,) = school.wk("phases")
    assert phase["gain"] == pytest.approx(0.15)
    assert phase["below_expected"] is False

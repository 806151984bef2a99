"""Every search for instructions: it begins at the start, keeps its budget, hands over what it returns."""

from collections.abc import Sequence

import pytest

from watchkeeper.adapters.gepa_search import GepaSearch
from watchkeeper.coaching.instruction_search import Candidate, InstructionSearch, Outcome, Seen
from watchkeeper.coaching.racing import RacingSearch
from watchkeeper.testing.scripted_search import ScriptedRules, ScriptedSearch

RULES = ScriptedRules(parts=6, words=4, pairs=1, clashes=1, parts_a_case=3, cases=16, noise=0.1)
BUDGET = 800
BATCH = 2 * 3 + 16
"""A round that has begun may go beyond the budget: two small batches, and all cases once."""


@pytest.fixture(
    params=[RacingSearch(), GepaSearch(), GepaSearch(validation_share=1.0)], ids=lambda one: one.name
)
def search(request: pytest.FixtureRequest) -> InstructionSearch:
    found: InstructionSearch = request.param
    return found


def searched(
    search: InstructionSearch, *, seed: int = 3, budget: int = BUDGET
) -> tuple[ScriptedSearch, list[Candidate]]:
    task, handed = ScriptedSearch(seed=seed, chance_seed=seed, rules=RULES), []
    found = search.search(task, evaluations=budget, seed=seed, handed=handed.append)
    assert handed[-1] == found
    return task, handed


def test_it_finds_the_hidden_answer_or_nearly(search: InstructionSearch) -> None:
    for seed in range(3):
        task, handed = searched(search, seed=seed)
        assert task.true_score(task.best) == pytest.approx(1)
        assert task.true_score(handed[-1]) >= 0.9


def test_the_first_it_would_hand_over_is_the_start(search: InstructionSearch) -> None:
    task, handed = searched(search, budget=40)
    assert handed[0] == task.start


def test_it_stops_at_its_budget(search: InstructionSearch) -> None:
    for budget in (1, 50, 300):
        assert searched(search, budget=budget)[0].evaluations <= budget + BATCH


def test_the_same_seed_finds_the_same(search: InstructionSearch) -> None:
    assert searched(search)[1] == searched(search)[1]


class Mute:
    """A task whose proposer has nothing to say."""

    cases = 5

    @property
    def start(self) -> Candidate:
        return {"a": "x"}

    def score(self, candidate: Candidate, case: int) -> Outcome:
        return Outcome(0.5, ("a",))

    def propose(self, candidate: Candidate, seen: Sequence[Seen]) -> Candidate | None:
        return None


def test_without_a_proposal_the_start_is_kept(search: InstructionSearch) -> None:
    assert search.search(Mute(), evaluations=60, seed=0, handed=lambda _: None) == {"a": "x"}

"""Our search: what it does not do twice, what it takes up, and what it does with few or exact cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.coaching.incumbent import Incumbent
from watchkeeper.coaching.instruction_search import Candidate, Outcome, Seen
from watchkeeper.coaching.racing import RacingSearch, edit_between


@dataclass
class Exact:
    """A task without noise: each case needs one part to be `good`; proposals are a list, again and again."""

    proposals: Sequence[tuple[str, str]]
    scored: list[tuple[Candidate, int]] = field(default_factory=list)
    shown: list[Sequence[Seen]] = field(default_factory=list)
    start: Candidate = field(default_factory=lambda: {"a": "bad", "b": "bad", "c": "bad"})
    cases: int = 3

    def score(self, candidate: Candidate, case: int) -> Outcome:
        self.scored.append((candidate, case))
        part = "abc"[case]
        good = candidate[part] == "good"
        return Outcome(1.0 if good else 0.0, () if good else (part,))

    def propose(self, candidate: Candidate, seen: Sequence[Seen]) -> Candidate | None:
        self.shown.append(seen)
        part, word = self.proposals[(len(self.shown) - 1) % len(self.proposals)]
        return {**candidate, part: word}


def search(task: Exact, budget: int) -> Candidate:
    return RacingSearch().search(task, evaluations=budget, seed=1, handed=lambda _: None)


def test_what_helps_is_taken_up_and_what_does_not_is_left() -> None:
    task = Exact([("a", "good"), ("b", "worse"), ("b", "good"), ("c", "good")])
    assert search(task, 200) == {"a": "good", "b": "good", "c": "good"}


def test_a_proposal_is_made_from_all_that_is_known_the_worst_first() -> None:
    task = Exact([("a", "good")])
    search(task, 30)
    scores = [one.outcome.score for one in task.shown[-1]]
    assert len(scores) == 3
    assert scores == sorted(scores)


def test_a_change_is_tried_first_where_errors_point_at_it() -> None:
    task = Exact([("c", "good")])
    search(task, 30)
    first = next(case for candidate, case in task.scored if candidate["c"] == "good")
    assert first == 2


@given(budget=st.integers(1, 60))
def test_it_never_goes_beyond_its_budget(budget: int) -> None:
    task = Exact([("a", "good"), ("b", "worse")])
    search(task, budget)
    assert len(task.scored) <= budget


def test_what_was_seen_before_a_change_still_counts_after_it() -> None:
    before = Incumbent({"a": "1"}, cases=4)
    before.saw(0, Outcome(0.2, ("a",)), noise=0.04)
    before.saw(1, Outcome(0.8, ("b",)), noise=0.04)
    after = before.changed({"a": "2"}, ["a"], effect=0.5)
    assert after.level(0).mean == before.level(0).mean + 0.5
    assert after.level(1).mean == before.level(1).mean
    assert after.level(1).variance > before.level(1).variance
    assert list(after.blaming(["a"])) == []
    assert list(after.blaming(["b"])) == [1]


def test_a_case_never_seen_is_expected_to_be_like_the_others() -> None:
    one = Incumbent({}, cases=3)
    assert one.level(2).mean == 0.5
    one.saw(0, Outcome(1.0), noise=0.0001)
    assert one.level(2).mean > 0.9


def test_an_edit_is_what_differs() -> None:
    assert edit_between({"a": "1"}, {"a": "1"}) == ()
    assert edit_between({"a": "1"}, {"a": "2", "b": "3"}) == (("a", "1", "2"), ("b", "", "3"))

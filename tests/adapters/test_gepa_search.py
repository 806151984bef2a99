"""What is particular to `gepa` as a search: how cases are split, and what is told where it is missing."""

import sys

import pytest

from watchkeeper.adapters.gepa_search import GepaSearch, gepa_search
from watchkeeper.app.instruction_searches import instruction_search
from watchkeeper.domain.errors import InvalidInputError, SettingsError
from watchkeeper.testing.scripted_search import ScriptedRules, ScriptedSearch


class Counted(ScriptedSearch):
    """A scripted task that remembers which cases were scored."""

    def __init__(self, cases: int) -> None:
        super().__init__(seed=1, chance_seed=1, rules=ScriptedRules(cases=cases))
        self.scored: list[int] = []

    def score(self, candidate, case):  # type: ignore[no-untyped-def] # as of the task
        self.scored.append(case)
        return super().score(candidate, case)


def test_the_start_is_scored_on_the_validation_set_first() -> None:
    task = Counted(40)
    GepaSearch().search(task, evaluations=20, seed=0, handed=lambda _: None)
    assert len(set(task.scored[:10])) == 10
    assert not set(task.scored[:10]) & set(task.scored[10:13])


def test_of_few_cases_all_are_learned_from_and_compared_by() -> None:
    task = Counted(3)
    GepaSearch().search(task, evaluations=20, seed=0, handed=lambda _: None)
    assert task.scored[:3] == [0, 1, 2]


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gepa", None)
    with pytest.raises(SettingsError, match="not installed") as told:
        gepa_search()
    assert "watchkeeper[gepa]" in told.value.action


def test_a_search_nobody_knows_is_refused_by_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="no search 'annealing'") as told:
        instruction_search("annealing")
    assert "race, gepa" in told.value.action

"""How hard a task is: the map, its default, and what a long context does."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.gateway.complexity import ECONOMY, TASKS, Complexity, ComplexityMap, task_name

EASIEST_FIRST = list(Complexity)


def test_seventeen_tasks_are_known_in_four_complexities() -> None:
    assert len(TASKS) == 17
    assert set(Counter(TASKS.values())) == set(Complexity)
    assert all(name == task_name(name) for name in TASKS)


def test_economy_lowers_the_middle_and_keeps_fact_checks() -> None:
    assert (TASKS["medium"], ECONOMY["medium"]) == (Complexity.MODERATE, Complexity.SIMPLE)
    assert (TASKS["expanded"], ECONOMY["expanded"]) == (Complexity.COMPLEX, Complexity.MODERATE)
    assert TASKS["fact_check"] is ECONOMY["fact_check"] is Complexity.COMPLEX
    assert TASKS["hook"] is ECONOMY["hook"] is Complexity.SIMPLE


@pytest.mark.parametrize("spelled", ["fact_check", "Fact-Check", " FACT CHECK "])
def test_a_task_is_known_however_it_is_spelled(spelled: str) -> None:
    assert ComplexityMap().judge(spelled, input_tokens=None).reason == "task fact_check is complex"


def test_an_unknown_task_and_no_task_have_a_clear_default() -> None:
    judge = ComplexityMap(unknown=Complexity.MODERATE).judge
    assert judge("juggling", input_tokens=None).reason == (
        "task juggling is not in the map, which counts as moderate"
    )
    assert judge(None, input_tokens=None).reason == "no task was named, which counts as moderate"


def test_only_a_context_above_the_bound_raises_a_level() -> None:
    judge = ComplexityMap().judge
    assert judge("hook", input_tokens=50_000).level is Complexity.SIMPLE
    assert judge("hook", input_tokens=50_001).level is Complexity.MODERATE
    assert judge("hook", input_tokens=None).level is Complexity.SIMPLE


@given(task=st.none() | st.sampled_from(sorted(TASKS)) | st.text(), tokens=st.integers(0, 10**6))
def test_a_longer_input_never_makes_a_task_easier(task: str | None, tokens: int) -> None:
    judge = ComplexityMap().judge
    short, longer = (judge(task, input_tokens=length).level for length in (0, tokens))
    rise = EASIEST_FIRST.index(longer) - EASIEST_FIRST.index(short)
    assert rise in ((0, 1) if tokens > 50_000 else (0,))

"""The rules decide in the order revert, explore, refine, maintain."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.coaching.decision import Standing, decide
from watchkeeper.coaching.phases import PHASES

accuracies = st.floats(min_value=0, max_value=1)


def strategy_at(accuracy: float, **known: Any) -> str:
    told = {"best": None, "recent": (), "phase": PHASES[0], **known}
    return decide(Standing(accuracy=accuracy, **told)).strategy


@pytest.mark.parametrize(
    ("accuracy", "strategy"),
    [
        (0.0, "explore"),
        (0.699, "explore"),
        (0.70, "refine"),
        (0.949, "refine"),
        (0.95, "maintain"),
        (1.0, "maintain"),
    ],
)
def test_accuracy_alone_decides_where_nothing_else_is_known(accuracy: float, strategy: str) -> None:
    assert strategy_at(accuracy) == strategy


def test_a_fall_of_more_than_ten_points_is_taken_back_and_one_of_ten_is_not() -> None:
    assert strategy_at(0.79, best=0.90) == "revert"
    assert strategy_at(0.80, best=0.90) == "refine"


def test_an_agent_that_does_not_move_over_five_runs_explores() -> None:
    assert strategy_at(0.80, recent=[0.80, 0.81, 0.80, 0.81, 0.80]) == "explore"
    assert strategy_at(0.80, recent=[0.80, 0.82, 0.80, 0.81, 0.80]) == "refine"
    assert strategy_at(0.80, recent=[0.80] * 4) == "refine"


def test_the_operator_s_strategy_goes_before_every_rule_and_names_who_asked() -> None:
    decision = decide(
        Standing(accuracy=0.2, best=0.9, recent=(), phase=PHASES[3], forced="explore", forced_by="Ida")
    )
    assert (decision.strategy, decision.reason) == ("explore", "forced by operator Ida")


@given(now=accuracies, best=accuracies, recent=st.lists(accuracies, max_size=8))
def test_a_poisoned_answer_is_always_taken_back(now: float, best: float, recent: list[float]) -> None:
    decided = strategy_at(now, best=best, recent=recent)
    if best - now >= 0.1001:
        assert decided == "revert"
    if best - now <= 0.10:
        assert decided != "revert"

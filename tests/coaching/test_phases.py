"""Phases follow from the documents coached, and their limits are enforced."""

import pytest

from watchkeeper.coaching.phases import PHASES, phase_after, require_window, rounds_allowed
from watchkeeper.domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("coached", "number"), [(0, 1), (50, 1), (51, 2), (150, 2), (151, 3), (200, 3), (201, 4), (9000, 4)]
)
def test_the_phase_follows_from_the_distinct_documents_coached(coached: int, number: int) -> None:
    assert phase_after(coached).number == number


def test_a_window_of_documents_that_belongs_to_another_phase_is_refused_by_name() -> None:
    with pytest.raises(InvalidInputError, match="51 to 100 do not belong to phase 1"):
        require_window(1, 51, 100)
    with pytest.raises(InvalidInputError, match="phase 2"):
        require_window(2, 151, 151)
    assert require_window(2, 51, 150).name == "optimization"


@pytest.mark.parametrize(("first", "last"), [(0, 5), (10, 9), (-3, -1)])
def test_a_window_that_holds_nothing_is_refused(first: int, last: int) -> None:
    with pytest.raises(InvalidInputError, match="no window"):
        require_window(1, first, last)


def test_nobody_gets_more_rounds_than_phase_agent_and_caller_allow() -> None:
    assert [rounds_allowed(phase, 4) for phase in PHASES] == [4, 3, 2, 1]
    assert rounds_allowed(PHASES[0], 99) == 5

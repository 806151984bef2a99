"""A difference of chance is seldom called one, and a judge's errors are taken out of its scores."""

import numpy as np
import pytest

from watchkeeper.statistics.judged_share import Confusion, corrected_share
from watchkeeper.statistics.resampling import paired_p_value


def test_differences_of_chance_are_called_one_as_seldom_as_promised() -> None:
    random = np.random.default_rng(4)
    p_values = [paired_p_value(list(random.normal(0, 1, 30)), seed=n, draws=500) for n in range(300)]
    assert sum(p is not None and p < 0.05 for p in p_values) / 300 < 0.09


def test_a_difference_that_is_there_is_found_and_no_pairs_are_no_data() -> None:
    few = paired_p_value([0.2] * 10)
    assert few is not None and few < 0.01
    assert paired_p_value([]) is None


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_judges_errors_are_taken_out_and_the_interval_holds_the_truth(share: float) -> None:
    random = np.random.default_rng(5)
    sensitivity, specificity, golden, judged = 0.9, 0.8, 200, 500
    held, apart = 0, []
    for _ in range(400):
        right = random.binomial(golden, sensitivity)
        wrong = random.binomial(golden, specificity)
        judge = Confusion(
            right_passed=right, right_failed=golden - right, wrong_passed=golden - wrong, wrong_failed=wrong
        )
        truly = random.binomial(judged, share)
        passed = random.binomial(truly, sensitivity) + random.binomial(judged - truly, 1 - specificity)
        found = corrected_share(int(passed), judged, judge)
        assert found is not None
        held += found.low <= share <= found.high
        apart.append(found.share - share)
    assert held / 400 > 0.92
    assert abs(float(np.mean(apart))) < 0.01


def test_a_judge_no_better_than_chance_says_nothing() -> None:
    chance = Confusion(right_passed=50, right_failed=50, wrong_passed=50, wrong_failed=50)
    unknown = Confusion(right_passed=50, right_failed=0, wrong_passed=0, wrong_failed=0)
    assert corrected_share(80, 100, chance) is None
    assert corrected_share(80, 100, unknown) is None

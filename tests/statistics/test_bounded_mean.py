"""Intervals of bounded figures hold the truth as often as they say, also of few, and of those all alike."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from watchkeeper.statistics.bounded_mean import mean_interval, share_interval
from watchkeeper.statistics.grouping import grouped

Draw = Callable[[np.random.Generator, int], "np.ndarray"]
FIGURES: dict[str, tuple[Draw, float]] = {
    "right or wrong": (lambda random, n: (random.random(n) < 0.9).astype(float), 0.9),
    "mostly good": (lambda random, n: random.beta(8, 2, n), 0.8),
    "good but for rare failures": (lambda random, n: np.where(random.random(n) < 0.05, 0.0, 0.9), 0.855),
    "three repeats each": (lambda random, n: random.binomial(3, 0.9, n) / 3, 0.9),
}


@pytest.mark.parametrize("items", [4, 15, 60])
@pytest.mark.parametrize("kind", FIGURES)
def test_an_interval_holds_the_mean_as_often_as_it_says_however_few_items(kind: str, items: int) -> None:
    draw, mean = FIGURES[kind]
    random = np.random.default_rng(3)
    held = 0
    for seed in range(150):
        found = mean_interval(list(draw(random, items)), seed=seed, draws=500)
        assert found is not None
        held += found.low <= mean <= found.high
    # 95 % of 150 is 142.5 give or take 2.7: three of these below is 90 %.
    assert held / 150 >= 0.90


def test_few_items_which_all_score_alike_are_not_sure() -> None:
    right, half = mean_interval([1.0] * 3), mean_interval([0.5] * 3)
    assert right is not None and half is not None
    assert (right.mean, right.high) == (1.0, 1.0) and 0.25 < right.low < 0.35
    assert half.low < 0.3 and half.high > 0.7
    many = mean_interval([1.0] * 300)
    assert many is not None and 0.98 < many.low < 1.0


def test_right_and_wrong_alone_have_the_exact_interval() -> None:
    found = mean_interval([1.0] * 8 + [0.0] * 2)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((beta.ppf(0.025, 8, 3), beta.ppf(0.975, 9, 2)))
    assert found == share_interval(8, 10)


def test_differences_have_bounds_of_their_own() -> None:
    none = mean_interval([0.0] * 40, lowest=-1.0)
    worse = mean_interval([-1.0] * 10 + [0.0] * 30, lowest=-1.0)
    assert none is not None and worse is not None
    assert none.mean == 0 and -0.12 < none.low < 0 < none.high < 0.12
    assert worse.mean == -0.25 and worse.low < -0.25 < worse.high < 0


def test_figures_beyond_the_bounds_are_refused() -> None:
    for figures in ([0.5, 1.5], [float("nan")]):
        with pytest.raises(ValueError, match="is not within"):
            mean_interval(figures)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_an_interval_holds_its_own_mean_and_knows_no_order(figures: list[float], random: object) -> None:
    found = mean_interval(figures, draws=200)
    shuffled = list(figures)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own random
    assert found is not None
    assert 0 <= found.low <= found.mean + 1e-12 and found.mean - 1e-12 <= found.high <= 1
    assert mean_interval(shuffled, draws=200) == found


def test_figures_that_are_put_together_leave_the_interval_as_it_is() -> None:
    figures = list(np.random.default_rng(2).beta(4, 2, 3_000))
    values, counts = grouped(figures, most=200)
    assert len(values) <= 200 and counts.sum() == 3_000
    assert float(values @ counts) == pytest.approx(sum(figures))
    found = mean_interval(figures)
    assert found is not None
    spread = 1.96 * float(np.std(figures)) / 3_000**0.5
    assert found.high - found.low == pytest.approx(2 * spread, rel=0.1)

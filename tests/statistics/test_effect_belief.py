"""What is believed of an effect follows Bayes' rule: order does not matter, and evidence moves it its way."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.statistics.effect_belief import GRID, EffectBelief, EffectHistory
from watchkeeper.statistics.pooled_noise import PooledNoise

PRIOR = EffectHistory.of_nothing(none=0.45, better=0.3).prior
differences = st.lists(st.floats(-1, 1), max_size=12)


def after(seen: list[float], *, variance: float = 0.05) -> EffectBelief:
    belief = PRIOR
    for one in seen:
        belief = belief.seen(one, variance=variance)
    return belief


def test_before_anything_is_seen_the_chances_are_those_that_were_said() -> None:
    assert sum(PRIOR.weights) == pytest.approx(1)
    assert PRIOR.better == pytest.approx(0.3)
    assert PRIOR.weights[GRID.index(0.0)] == pytest.approx(0.45)


@given(seen=differences, seed=st.integers(0, 100))
def test_the_order_of_differences_does_not_matter(seen: list[float], seed: int) -> None:
    shuffled = random.Random(seed).sample(seen, len(seen))
    assert after(shuffled).weights == pytest.approx(after(seen).weights)


@given(seen=differences)
def test_chances_are_chances(seen: list[float]) -> None:
    belief = after(seen)
    assert sum(belief.weights) == pytest.approx(1)
    assert 0 <= belief.better <= 1
    assert GRID[0] <= belief.expected <= GRID[-1]


@given(seen=differences, one=st.floats(-1, 1), more=st.floats(0, 1))
def test_a_larger_difference_never_makes_a_gain_less_likely(
    seen: list[float], one: float, more: float
) -> None:
    low, high = (after(seen).seen(value, variance=0.05) for value in (one, one + more))
    assert high.better >= low.better - 1e-9
    assert high.expected >= low.expected - 1e-9


def test_what_noise_blurs_more_tells_less() -> None:
    gains = [PRIOR.seen(0.4, variance=variance).better for variance in (0.01, 0.1, 1.0, 100.0)]
    assert all(one > two for one, two in pairwise(gains))
    assert gains[-1] == pytest.approx(PRIOR.better, abs=0.01)


@given(seen=differences)
def test_belief_fades_to_what_is_believed_of_any_effect(seen: list[float]) -> None:
    belief = after(seen)
    assert belief.faded(PRIOR, kept=1.0).weights == pytest.approx(belief.weights)
    assert belief.faded(PRIOR, kept=0.0).weights == pytest.approx(PRIOR.weights)


def learned(*, share: int) -> EffectBelief:
    """After 200 changes, of which one in so many gains 0.25 and the others nothing."""
    chance, history = random.Random(1), EffectHistory.of_nothing(none=0.45, better=0.3, worth=4)
    for number in range(200):
        effect, belief = 0.25 if number % share == 0 else 0.0, history.prior
        for _ in range(8):
            belief = belief.seen(effect + chance.gauss(0, 0.15), variance=0.0225)
        history.add(belief)
    return history.prior


def test_history_learns_what_changes_gain_and_how_many_do() -> None:
    rare, often = learned(share=5), learned(share=1)
    assert rare.expected == pytest.approx(0.05, abs=0.03)
    assert often.expected == pytest.approx(0.25, abs=0.03)
    assert rare.better < 0.4 < 0.9 < often.better


def test_noise_is_learned_from_differences_within_a_change() -> None:
    chance, noise = random.Random(2), PooledNoise()
    for _ in range(300):
        effect = chance.uniform(-0.5, 0.5)
        noise.add([effect + chance.gauss(0, 0.3) - chance.gauss(0, 0.3) for _ in range(4)])
    assert noise.variance == pytest.approx(0.09, rel=0.15)


def test_one_difference_tells_nothing_of_noise() -> None:
    noise = PooledNoise()
    noise.add([0.9])
    assert noise.variance == 0.02


def test_noise_is_learned_from_repeats_and_an_exact_score_has_hardly_any() -> None:
    chance, noisy, exact = random.Random(3), PooledNoise(), PooledNoise()
    for _ in range(400):
        noisy.add_repeat(chance.gauss(0, 0.2) - chance.gauss(0, 0.2))
        exact.add_repeat(0.0)
    assert noisy.variance == pytest.approx(0.04, rel=0.2)
    assert exact.variance == 1e-4

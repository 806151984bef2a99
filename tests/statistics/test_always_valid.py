"""Bounds that may be looked at after every figure are missed no oftener than promised."""

from collections.abc import Callable

import numpy as np
import pytest

from watchkeeper.statistics.always_valid import Bounds, Side, bounds_of_difference

ALPHA = 0.05
STREAMS = 400


def side(figures: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Side:
    return Side(len(figures), float(figures.mean()), float(figures.var(ddof=1)))


def looks(seed: int, *, off: float) -> list[Bounds]:
    random = np.random.default_rng(seed)
    ours, theirs = random.normal(off, 1.0, 2000), random.normal(0.0, 1.0, 2000)
    found = []
    for count in range(50, 2001, 25):
        bounds = bounds_of_difference(
            [(side(ours[:count]), side(theirs[:count]))], alpha=ALPHA, tightest_at=1000
        )
        assert bounds is not None
        found.append(bounds)
    return found


@pytest.mark.parametrize("missed", [lambda one: one.low > 0, lambda one: one.high < 0], ids=["low", "high"])
def test_over_all_looks_the_truth_is_missed_no_oftener_than_promised(
    missed: Callable[[Bounds], bool],
) -> None:
    misses = sum(any(missed(one) for one in looks(seed, off=0.0)) for seed in range(STREAMS))
    # Three standard errors of 400 streams above 5 %.
    assert misses / STREAMS <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / STREAMS) ** 0.5


def test_a_difference_that_is_there_is_found() -> None:
    found = sum(looks(seed, off=0.3)[-1].low > 0 for seed in range(40))
    assert found == 40


def test_two_strata_of_unlike_level_make_no_difference_of_their_own() -> None:
    """A busy hour with more of the one than of the other: the plain means differ, the releases do not."""
    quiet, busy = 0.2, 0.8
    pairs = [
        (Side(900, quiet, 0.16), Side(100, quiet, 0.16)),
        (Side(100, busy, 0.16), Side(900, busy, 0.16)),
    ]
    found = bounds_of_difference(pairs, alpha=0.01, tightest_at=1000)
    assert found is not None
    assert found.difference == pytest.approx(0.0)


def test_of_too_little_nothing_is_said() -> None:
    assert bounds_of_difference([(Side(1, 0.0, 0.0), Side(9, 0.0, 1.0))], alpha=0.01, tightest_at=100) is None
    assert bounds_of_difference([], alpha=0.01, tightest_at=100) is None

"""Where a mean lies when its figures have bounds: right for few of them, and where all are alike.

The bootstrap is not: it draws again from what was seen, so that three answers which are all right give an
interval of no width, and rare failures that were not seen do not exist for it.

Source:
    Figures at a bound alone, such as right and wrong: C. J. Clopper, E. S. Pearson (1934), "The Use of
    Confidence or Fiducial Limits Illustrated in the Case of the Binomial", Biometrika 26, 404-413. All
    others: N. Gaffke (2005), "Three Test Statistics for a Nonparametric One-Sided Hypothesis on the Mean of a
    Nonnegative Variable", Mathematical Methods of Statistics 14, 451-467, as an interval: E. Learned-Miller,
    P. S. Thomas (2019), "A New Confidence Interval for the Mean of a Bounded Random Variable",
    arXiv:1905.06208. That it holds at least as often as it says is proved for figures at the bounds, where
    both are one, and a conjecture for others without a known exception; a test counts how often it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from watchkeeper.statistics.grouping import grouped

DRAWS = 5_000
CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where it lies with `CONFIDENCE`."""

    mean: float
    low: float
    high: float


def share_interval(hits: int, of: int) -> Interval | None:
    """A share with its exact interval; None of nothing.

    >>> round(share_interval(3, 3).low, 4), share_interval(3, 3).high
    (0.2924, 1.0)
    >>> share_interval(0, 0) is None
    True
    """
    if not of:
        return None
    low = float(betaincinv(hits, of - hits + 1, _TAIL)) if hits else 0.0
    high = float(betaincinv(hits + 1, of - hits, 1 - _TAIL)) if hits < of else 1.0
    return Interval(hits / of, low, high)


def mean_interval(
    figures: Sequence[float], *, lowest: float = 0.0, highest: float = 1.0, seed: int = 0, draws: int = DRAWS
) -> Interval | None:
    """The mean of independent figures with its interval; None of no figures. Their order does not count.

    Args:
        figures: Independent of each other: of an item with repeats, their mean.
        lowest: No figure can be below.
        highest: Nor above.
        seed: Of the draws.
        draws: How many; none where every figure is at a bound.

    Raises:
        ValueError: A figure is beyond the bounds.

    >>> mean_interval([]) is None
    True
    >>> mean_interval([1.0, 1.0, 1.0]) == share_interval(3, 3)
    True
    """
    if not figures:
        return None
    if not all(lowest <= one <= highest for one in figures):
        raise ValueError(f"a figure is not within {lowest} and {highest}: {min(figures)} to {max(figures)}")
    values, counts = grouped(figures)
    width = highest - lowest
    if set(values.tolist()) <= {lowest, highest}:
        found = share_interval(int(counts[values == highest].sum()), len(figures))
        assert found is not None
        return Interval(*(lowest + width * one for one in (found.mean, found.low, found.high)))
    low, high = _drawn(values, counts, (lowest, highest), seed=seed, draws=draws)
    return Interval(float(values @ counts) / len(figures), low, high)


def _drawn(
    values: np.ndarray, counts: np.ndarray, bounds: tuple[float, float], *, seed: int, draws: int
) -> tuple[float, float]:
    """Means of the figures and one more at the bound, each with the weight of a gap between uniform draws."""
    random = np.random.default_rng(seed)
    # As many gaps as equal figures, added up: Gamma of their number.
    weights = random.standard_gamma(counts, (draws, len(counts)))
    beyond = random.standard_exponential(draws)
    total = weights.sum(axis=1) + beyond
    low, high = ((weights @ values + beyond * bound) / total for bound in bounds)
    return float(np.quantile(low, _TAIL)), float(np.quantile(high, 1 - _TAIL))

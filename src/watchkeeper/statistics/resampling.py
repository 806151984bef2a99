"""How sure a mean is, and whether two runs differ, by drawing again from what was measured.

Source:
    B. Efron (1979), "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7, 1-26;
    for the test: E. J. G. Pitman (1937), "Significance Tests Which May be Applied to Samples from any
    Populations", Supplement to the Journal of the Royal Statistical Society 4, 119-130.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 5_000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where it lies with `CONFIDENCE`."""

    mean: float
    low: float
    high: float


def mean_interval(figures: Sequence[float], *, seed: int = 0, draws: int = DRAWS) -> Interval | None:
    """The mean of independent figures with its bootstrap percentile interval; None of no figures.

    Repeats of one item are not independent: give the mean of each item.

    >>> mean_interval([]) is None
    True
    >>> mean_interval([1.0, 1.0, 1.0])
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    if not figures:
        return None
    sample = np.asarray(figures, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(sample), size=(draws, len(sample)))
    means = sample[drawn].mean(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Interval(float(sample.mean()), float(low), float(high))


def paired_p_value(differences: Sequence[float], *, seed: int = 0, draws: int = DRAWS) -> float | None:
    """How likely a mean difference this far from 0 is if signs were chance; two-sided, None of no pairs.

    Args:
        differences: One a pair; pairs are independent of each other.
        seed: Of the draws.
        draws: How many sign patterns are drawn; with at most 12 pairs all of them are looked at.

    >>> paired_p_value([0.0, 0.0])
    1.0
    """
    if not differences:
        return None
    sample = np.abs(np.asarray(differences, dtype=float))
    seen = abs(float(np.sum(differences)))
    if len(sample) <= _ALL_PATTERNS:
        patterns = 1 - 2 * ((np.arange(2 ** len(sample))[:, None] >> np.arange(len(sample))) & 1)
        return float(np.mean(np.abs(patterns @ sample) >= seen - _ROUNDING))
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(draws, len(sample)))
    # The pattern that was seen is one of them (Phipson and Smyth 2010): a p-value is never 0.
    return float((1 + np.sum(np.abs(signs @ sample) >= seen - _ROUNDING)) / (1 + draws))


_ALL_PATTERNS = 12
_ROUNDING = 1e-9

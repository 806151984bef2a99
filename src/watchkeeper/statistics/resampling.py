"""Whether two runs differ, by drawing the signs of their differences again.

Source:
    E. J. G. Pitman (1937), "Significance Tests Which May be Applied to Samples from any Populations",
    Supplement to the Journal of the Royal Statistical Society 4, 119-130.
"""

from collections.abc import Sequence

import numpy as np

from watchkeeper.statistics.grouping import grouped

DRAWS = 5_000


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
    sizes, counts = grouped(sample.tolist())
    # Of so many equal differences, as many are positive as a coin says.
    positive = np.random.default_rng(seed).binomial(counts, 0.5, size=(draws, len(counts)))
    sums = (2 * positive - counts) @ sizes
    # The pattern that was seen is one of them (Phipson and Smyth 2010): a p-value is never 0.
    return float((1 + np.sum(np.abs(sums) >= seen - _ROUNDING)) / (1 + draws))


_ALL_PATTERNS = 12
_ROUNDING = 1e-9

"""The Kolmogorov-Smirnov test: the largest gap between two distributions (HE-31).

Source:
    N. V. Smirnov (1939); the p-value is the asymptotic one with the correction for small samples of
    M. A. Stephens (1970), Journal of the Royal Statistical Society B 32.
"""

from math import sqrt

import numpy as np
from scipy.special import kolmogorov

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Samples

DRIFT_FROM = 0.05
"""A twentieth of the samples lies elsewhere: what a shift of an eighth of a deviation does."""


def kolmogorov_smirnov(samples: Samples) -> Measure:
    """The test on two samples of figures."""
    reference, current = samples.reference, samples.current
    gap = _largest_gap(samples)
    root = sqrt(len(reference) * len(current) / (len(reference) + len(current)))
    return Measure(
        name="kolmogorov-smirnov",
        statistic=gap,
        p_value=float(kolmogorov((root + 0.12 + 0.11 / root) * gap)),
        effect=gap,
        matters_from=DRIFT_FROM,
    )


def _largest_gap(samples: Samples) -> float:
    """Over all values of either; the distributions step there and nowhere else."""
    first, second = len(samples.reference), len(samples.current)
    both = np.concatenate((samples.reference, samples.current))
    # Two rising runs: the stable sort merges them in one pass.
    order = np.argsort(both, kind="stable")
    seen = np.cumsum(order < first)
    gaps = np.abs(seen * (first + second) - np.arange(1, len(both) + 1) * first)
    rising = both[order]
    # Equal values step together: only the last of them counts.
    last_of_equal = np.append(rising[1:] != rising[:-1], True)
    return float(gaps[last_of_equal].max() / (first * second))

"""The Wasserstein distance: how far samples moved on average, in standard deviations of the reference.

It has no p-value of its own; it says how large a difference is that another test has found.

Source:
    The first Wasserstein distance of two distributions on a line is the area between them: S. S. Vallender
    (1974), Theory of Probability and Its Applications 18.
"""

import numpy as np

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Figures, Samples

DRIFT_FROM = 0.1
_RANKS = 2000
"""Ranks at which both are read; the error is far below what matters."""


def wasserstein(samples: Samples) -> Measure:
    """The distance of two samples of figures; infinite from a constant to anything else."""
    moved = float(np.abs(_at_ranks(samples.reference) - _at_ranks(samples.current)).mean())
    spread = float(samples.reference.std())
    if spread <= abs(float(samples.reference[0])) * 1e-12:  # no more than rounding
        spread = 0.0
    distance = moved / spread if spread else (float("inf") if moved else 0.0)
    return Measure(
        name="wasserstein", statistic=distance, p_value=None, effect=distance, matters_from=DRIFT_FROM
    )


def _at_ranks(rising: Figures) -> Figures:
    ranks = (np.arange(_RANKS) + 0.5) / _RANKS * len(rising) - 0.5
    figures: Figures = np.interp(ranks, np.arange(len(rising)), rising)
    return figures

"""The population stability index: how differently two samples fill the same bins (HE-30).

Bins are tenths of the reference, with two open ones at the ends, so that values outside its range count;
every bin is smoothed by half a sample, so that an empty one does too.

Source:
    The index: E. Siddiqi (2006), "Credit Risk Scorecards", bands 0.1 and 0.2; its distribution without
    drift, chi-square times (1/n + 1/m): B. Yurdakul (2018), "Statistical Properties of Population
    Stability Index", Western Michigan University.
"""

from typing import Any

import numpy as np
from scipy.special import chdtrc

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Figures, Samples

BINS = 10
DRIFT_FROM = 0.2
_HALF = 0.5


def population_stability(samples: Samples) -> Measure:
    """The index of two samples of figures."""
    edges = _edges(samples.reference)
    return of_counts(_counts(samples.reference, edges), _counts(samples.current, edges))


def of_counts(reference: Figures, current: Figures) -> Measure:
    """The index of two samples whose bins were counted.

    Args:
        reference: Samples a bin; not all 0.
        current: Those of the same bins; not all 0.
    """
    expected, found = _shares(reference), _shares(current)
    index = float(np.sum((found - expected) * np.log(found / expected)))
    spread = 1 / reference.sum() + 1 / current.sum()
    freedom = max(int(np.count_nonzero(reference + current)) - 1, 1)
    return Measure(
        name="population stability index",
        statistic=index,
        p_value=float(chdtrc(freedom, index / spread)),
        effect=index,
        matters_from=DRIFT_FROM,
    )


def _edges(reference: Figures) -> Figures:
    """Ends of the bins, the smallest and largest of the reference among them; equal ones once."""
    ranks = np.linspace(0, len(reference) - 1, BINS + 1).round().astype(int)
    return np.unique(reference[ranks])


def _counts(rising: Figures, edges: Figures) -> Any:
    """Samples below the first edge, in each bin up to and with its edge, and above the last."""
    inner = np.searchsorted(rising, edges[1:], side="right")
    below, within_first = np.searchsorted(rising, edges[0], side="left"), inner
    cuts = np.concatenate(([0, below], within_first, [len(rising)]))
    if len(edges) == 1:
        at_most = np.searchsorted(rising, edges[0], side="right")
        cuts = np.array([0, below, at_most, len(rising)])
    return np.diff(cuts).astype(float)


def _shares(counts: Figures) -> Figures:
    smoothed = counts + _HALF
    shares: Figures = smoothed / smoothed.sum()
    return shares

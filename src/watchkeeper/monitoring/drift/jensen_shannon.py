"""The Jensen-Shannon distance of two samples of categories: 0 where alike, 1 where nothing is shared.

It has no p-value of its own; it says how large a difference is that another test has found.

Source:
    J. Lin (1991), "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information
    Theory 37; its root is a metric: D. M. Endres, J. E. Schindelin (2003), ibid. 49.
"""

import numpy as np
from scipy.special import entr

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Figures

DRIFT_FROM = 0.1


def jensen_shannon(reference: Figures, current: Figures) -> Measure:
    """The distance, in base 2, of the counts of the same categories; neither all 0."""
    before, now = reference / reference.sum(), current / current.sum()
    halves = (entr(before).sum() + entr(now).sum()) / 2
    divergence = (entr((before + now) / 2).sum() - halves) / np.log(2)
    distance = float(np.sqrt(max(divergence, 0.0)))
    return Measure(
        name="jensen-shannon", statistic=distance, p_value=None, effect=distance, matters_from=DRIFT_FROM
    )

"""The chi-square test of two samples of categories; its effect is Cramér's V.

Categories too rare for the test (an expected count below 5) are taken together.

Source:
    K. Pearson (1900), Philosophical Magazine 50; H. Cramér (1946), "Mathematical Methods of Statistics".
"""

from math import sqrt

import numpy as np
from scipy.special import chdtrc

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Figures

DRIFT_FROM = 0.1
"""A small effect by J. Cohen (1988)."""
_RARE = 5


def chi_square(reference: Figures, current: Figures) -> Measure:
    """The test on the counts of the same categories.

    Args:
        reference: Samples a category; not all 0.
        current: Those of the same categories; not all 0.
    """
    table = _without_rare(np.vstack((reference, current)))
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    statistic = float(((table - expected) ** 2 / expected).sum())
    freedom = table.shape[1] - 1
    return Measure(
        name="chi-square",
        statistic=statistic,
        p_value=float(chdtrc(freedom, statistic)) if freedom else 1.0,
        effect=sqrt(statistic / total),
        matters_from=DRIFT_FROM,
    )


def _without_rare(table: Figures) -> Figures:
    smaller = table.sum(axis=1).min() / table.sum()
    rare = table.sum(axis=0) * smaller < _RARE
    if not rare.any():
        return table
    kept = table[:, ~rare]
    return np.hstack((kept, table[:, rare].sum(axis=1, keepdims=True)))

"""Many figures as few: equal ones counted, and where still many are left, those that are close."""

from collections.abc import Sequence

import numpy as np

MOST_GROUPS = 500
"""Groups left: figures of one are within a five-hundredth of the whole range of each other."""


def grouped(figures: Sequence[float], *, most: int = MOST_GROUPS) -> tuple[np.ndarray, np.ndarray]:
    """Values in order, and how many figures each stands for; sums stay what they were.

    Args:
        figures: At least one, finite.
        most: Groups at most; with no more different figures than that, nothing is rounded.

    >>> values, counts = grouped([0.5, 0.25, 0.5])
    >>> values.tolist(), counts.tolist()
    ([0.25, 0.5], [1, 2])
    """
    values, counts = np.unique(np.asarray(figures, dtype=float), return_counts=True)
    if len(values) <= most:
        return values, counts
    place = np.minimum((values - values[0]) / (values[-1] - values[0]) * most, most - 1).astype(int)
    together = np.bincount(place, weights=counts, minlength=most)
    sums = np.bincount(place, weights=values * counts, minlength=most)
    held = together > 0
    return sums[held] / together[held], together[held].astype(int)

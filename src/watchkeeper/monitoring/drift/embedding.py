"""Whether two samples of texts are still alike: their vectors are compared as wholes.

The test is the maximum mean discrepancy, its p-value by permutations; the effect is how well a line that
was drawn on half the texts tells the other half apart, from 0.5 (not at all) to 1.

Source:
    A. Gretton et al. (2012), "A Kernel Two-Sample Test", JMLR 13, with the median distance as the width of
    the kernel; D. Lopez-Paz, M. Oquab (2017), "Revisiting Classifier Two-Sample Tests", ICLR.
"""

import numpy as np

from watchkeeper.monitoring.drift.measure import Measure
from watchkeeper.monitoring.drift.samples import Figures

DRIFT_FROM = 0.6
MOST_TEXTS = 500
"""A side; evenly drawn from the rest. A thousand vectors compare in well under a second."""
_PERMUTATIONS = 2000
"""The smallest p-value that can come out is one of so many."""


def embedding_drift(reference: Figures, current: Figures, *, seed: int) -> Measure:
    """The comparison of two samples of vectors.

    Args:
        reference: A row a text.
        current: Likewise, of the same width.
        seed: Decides the permutations; the same seed gives the same verdict.
    """
    before, now = _evenly(reference), _evenly(current)
    chance = np.random.default_rng(seed)
    statistic, p_value = _discrepancy(before, now, chance)
    return Measure(
        name="embedding",
        statistic=statistic,
        p_value=p_value,
        effect=_told_apart(before, now, chance),
        matters_from=DRIFT_FROM,
    )


def _evenly(vectors: Figures) -> Figures:
    if len(vectors) <= MOST_TEXTS:
        return vectors
    drawn: Figures = vectors[np.linspace(0, len(vectors) - 1, MOST_TEXTS).round().astype(int)]
    return drawn


def _discrepancy(before: Figures, now: Figures, chance: np.random.Generator) -> tuple[float, float]:
    both = np.vstack((before, now))
    squared = np.maximum(2 - 2 * (both @ both.T), 0) if _unit(both) else _distances(both)
    width = float(np.median(squared[squared > 0])) if (squared > 0).any() else 1.0
    kernel = np.exp(-squared / width)
    np.fill_diagonal(kernel, 0)
    count, first = len(both), len(before)
    sides = np.zeros((count, _PERMUTATIONS + 1))
    sides[:first, 0] = 1
    for column in range(1, _PERMUTATIONS + 1):
        sides[chance.permutation(count)[:first], column] = 1
    inside = np.einsum("ij,ij->j", sides, kernel @ sides)
    rows = kernel.sum(axis=0) @ sides
    across = rows - inside
    outside = kernel.sum() - inside - 2 * across
    second = count - first
    found = inside / (first * (first - 1)) + outside / (second * (second - 1)) - 2 * across / (first * second)
    beyond = int((found[1:] >= found[0]).sum())
    return float(found[0]), (beyond + 1) / (_PERMUTATIONS + 1)


def _unit(vectors: Figures) -> bool:
    return bool(np.allclose(np.einsum("ij,ij->i", vectors, vectors), 1))


def _distances(vectors: Figures) -> Figures:
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    squared: Figures = np.maximum(lengths[:, None] + lengths[None, :] - 2 * vectors @ vectors.T, 0)
    return squared


def _told_apart(before: Figures, now: Figures, chance: np.random.Generator) -> float:
    """The area under the curve of a line through both means, drawn on half and tried on the other half."""
    before, now = chance.permutation(before), chance.permutation(now)
    line = now[::2].mean(axis=0) - before[::2].mean(axis=0)
    scores = np.concatenate((before[1::2] @ line, now[1::2] @ line))
    ranks = np.empty(len(scores))
    order = np.argsort(scores, kind="stable")
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        ranks[scores == value] = ranks[scores == value].mean()
    first, second = len(before[1::2]), len(now[1::2])
    return float((ranks[first:].sum() - second * (second + 1) / 2) / (first * second))

"""Figures a day of coached documents, and how they move."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import tzinfo
from statistics import fmean

from watchkeeper.monitoring.criteria.coached_history import Done


def daily(
    documents: Sequence[Done],
    figure: Callable[[Done], float | None],
    *,
    zone: tzinfo,
) -> dict[str, float]:
    """The mean of a figure a day, oldest first; days without a known figure are not there."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in documents:
        value = figure(one)
        if value is not None:
            found[one.at.astimezone(zone).date().isoformat()].append(value)
    return {day: fmean(found[day]) for day in sorted(found)}


def slope(figures: Sequence[float]) -> float | None:
    """The least-squares slope a step; None of fewer than three figures.

    >>> slope([3.0, 2.0, 1.0])
    -1.0
    """
    count = len(figures)
    if count < 3:
        return None
    middle, mean = (count - 1) / 2, fmean(figures)
    along = sum((at - middle) ** 2 for at in range(count))
    return sum((at - middle) * (value - mean) for at, value in enumerate(figures)) / along

"""Bounds on a difference that hold at every look: a test may be read after each call, as often as one likes.

A fixed-sample interval that is looked at again and again is sooner or later wrong by chance alone; these
are wide enough that, over all looks together, they miss the truth no oftener than promised.

Source:
    H. Robbins (1970), "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of
    Mathematical Statistics 41, 1397-1409, for the boundary; C. Jennison, B. W. Turnbull (1997),
    "Group-Sequential Analysis Incorporating Covariate Information", JASA 92, 1330-1341, for why the
    difference of two growing samples, weighed by its information, moves as a Brownian motion does.
    The normal approximation needs some hundred figures a side before the first look.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import fsum


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one side's figures."""

    count: int
    mean: float
    variance: float
    """Of one figure."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A difference and what it may be; each bound alone is missed no oftener than `alpha`, over all looks."""

    difference: float
    low: float
    high: float


def bounds_of_difference(
    strata: Iterable[tuple[Side, Side]], *, alpha: float, tightest_at: float
) -> Bounds | None:
    """What the mean of one side less that of the other may be; None while nothing can be said.

    Args:
        strata: Figures of the one side and of the other, taken side by side. A stretch in which the two
            shared traffic otherwise is a stratum of its own, so that a busy hour, which one of them saw
            more of, does not pass for a difference.
        alpha: How often each of the two bounds may be missed, from 0 to 1.
        tightest_at: Figures a side, as scattered as the widest here, at which the bounds are to be as
            narrow as they can be; they hold at any number.

    >>> even = Side(count=400, mean=0.5, variance=0.25)
    >>> found = bounds_of_difference([(even, even)], alpha=0.01, tightest_at=1000)
    >>> found.difference, -0.2 < found.low < 0 < found.high < 0.2
    (0.0, True)
    """
    sides = [pair for pair in strata if min(pair[0].count, pair[1].count) >= 2]
    if not sides:
        return None
    widest = max(max(ours.variance, theirs.variance) for ours, theirs in sides)
    if widest == 0:
        difference = fsum((a.mean - b.mean) * a.count for a, b in sides) / sum(a.count for a, _ in sides)
        return Bounds(difference, difference, difference)
    # A side without any scatter yet is not taken to have none: the other's stands in for it.
    weights = [
        1 / (max(a.variance, widest * _LEAST) / a.count + max(b.variance, widest * _LEAST) / b.count)
        for a, b in sides
    ]
    information = fsum(weights)
    difference = fsum(w * (a.mean - b.mean) for w, (a, b) in zip(weights, sides, strict=True)) / information
    half = _reach(information * widest, alpha=alpha, tightest_at=tightest_at / 2) / math.sqrt(information)
    return Bounds(difference, difference - half, difference + half)


def bounds_of_mean(side: Side, *, alpha: float, tightest_at: float) -> Bounds:
    """What the mean of one side may be (as `difference`); arguments as for `bounds_of_difference`.

    >>> found = bounds_of_mean(Side(count=400, mean=0.5, variance=0.25), alpha=0.025, tightest_at=1000)
    >>> 0.3 < found.low < found.difference == 0.5 < found.high < 0.7
    True
    """
    if side.variance == 0 or side.count < 2:
        reach = 0.0 if side.count >= 2 else math.inf
        return Bounds(side.mean, side.mean - reach, side.mean + reach)
    half = _reach(side.count, alpha=alpha, tightest_at=tightest_at) * math.sqrt(side.variance / side.count)
    return Bounds(side.mean, side.mean - half, side.mean + half)


def smoothed_share(side: Side) -> Side:
    """A share, or a mean of scores from 0 to 1, as scattered as it would be with one more of each answer.

    Few answers that are all alike look as if they could not be otherwise; without this, a bad candidate
    whose first calls all went well passes on them.

    >>> smoothed_share(Side(count=98, mean=1.0, variance=0.0)).variance > 0.009
    True
    """
    mean, variance = side.mean, side.variance
    counted = (mean * side.count + 1) / (side.count + 2)
    # Scores between 0 and 1 scatter less than yes and no of the same mean; how much less is kept.
    of_yes_and_no = mean * (1 - mean)
    narrower = min(1.0, variance / of_yes_and_no) if of_yes_and_no > 0 else 1.0
    return Side(side.count, mean, narrower * counted * (1 - counted))


MOST_GROWTH = 1_000.0
"""What would need more than so many times the figures there are is beyond telling."""


def growth_until(decided: Callable[[float], bool]) -> float | None:
    """How many times the figures there are would decide something; None: more than `MOST_GROWTH`.

    Args:
        decided: Whether so many times as many would; once true, true for all more.

    >>> round(growth_until(lambda grown: grown >= 3.0), 2)
    3.0
    """
    low, high = 1.0, 2.0
    while not decided(high):
        low, high = high, 2 * high
        if low >= MOST_GROWTH:
            return None
    while high - low > low / 1000:
        middle = (low + high) / 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high


_LEAST = 1e-6


def _reach(information: float, *, alpha: float, tightest_at: float) -> float:
    """How many standard errors the bound lies off: Robbins' boundary of a normal mixture."""
    # Near the best mixture for one moment: the one whose own reach is least there.
    mixed = (2 * math.log(1 / alpha) + math.log(1 + 2 * math.log(1 / alpha))) / tightest_at
    grown = 1 + mixed * information
    return math.sqrt(grown / (grown - 1) * (2 * math.log(1 / alpha) + math.log(grown)))

"""One watched series: how surprising each point is, as the chance that an ordinary one would be as odd.

A detector says how odd a point is in a scale of its own; here the oddities it found before say how rare that
is. A point is told when it is rarer than its share of the false pages that all series together may make
(a Bonferroni split: the expected number of false pages adds up, whether the series move together or not).
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from math import log10

from watchkeeper.monitoring.detectors.detector import Detector
from watchkeeper.statistics.tail_probability import TailProbability

WEEK_S = 604_800.0
_MOST_SURPRISE = 99.0
"""Told in place of a chance too small for a number."""
_REMEMBERED = 100


def chance_a_point(*, false_pages_a_week: float, points_a_week: float) -> float:
    """The chance at which a point is told, so that all series together make so many false pages.

    >>> chance_a_point(false_pages_a_week=2, points_a_week=20_000)
    0.0001
    """
    return false_pages_a_week / points_a_week


@dataclass(frozen=True, slots=True, kw_only=True)
class SurprisingPoint:
    """A point that was told."""

    at: datetime
    value: float
    surprise: float
    """Zeros in the chance: 5.0 is one in 100,000."""


class SeriesWatch:
    """A series as it comes, judged point by point by those before."""

    def __init__(self, detector: Detector, *, chance: float) -> None:
        """Know nothing yet.

        Args:
            detector: Judges the points.
            chance: At which a point is told.
        """
        self._detector = detector
        self._chance = chance
        self._tail = TailProbability()
        self.points = 0
        self.learnt_since: datetime | None = None
        """The first point it was shown."""
        self.last: tuple[datetime, float] | None = None
        self.surprise: float | None = None
        """Of the last point; None while too little is known."""
        self.told: deque[SurprisingPoint] = deque(maxlen=_REMEMBERED)

    def see(self, at: datetime, value: float) -> float | None:
        """Judge the next point, then learn from it; its surprise, None while too little is known."""
        self.points += 1
        self.learnt_since = self.learnt_since or at
        self.last = (at, value)
        self.surprise = self._surprise(at, value)
        return self.surprise

    def _surprise(self, at: datetime, value: float) -> float | None:
        score = self._detector.judge(at, value).score
        if score is None:
            return None
        oddity = score / (1 - score) if score < 1 else float("inf")
        chance = self._tail.of(oddity)
        if chance is None:
            self._tail.learn(min(oddity, _LEARNT_MOST))
            return None
        surprise = min(_MOST_SURPRISE, -log10(chance)) if chance > 0 else _MOST_SURPRISE
        if chance <= self._chance:
            self.told.append(SurprisingPoint(at=at, value=value, surprise=surprise))
            # What was told counts as no odder than what is just told, or one spike would hide the next;
            # but it counts, or a tail that was judged too short would be told for ever.
            oddity = min(oddity, self._tail.figure_of(self._chance) or oddity)
        self._tail.learn(min(oddity, _LEARNT_MOST))
        return surprise


_LEARNT_MOST = 1e6

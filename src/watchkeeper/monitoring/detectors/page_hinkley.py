"""A change of level: small shifts that stay, which no single point shows.

Both directions are watched: a rise and a fall of the mean, in standard deviations of the series' own
points. After an alert it learns the new level.

Source:
    E. S. Page (1954), "Continuous Inspection Schemes", Biometrika 41, 100-115; D. V. Hinkley (1971),
    "Inference about the change-point from cumulative sum tests", Biometrika 58, 509-523.
"""

from datetime import datetime
from math import fsum, sqrt
from statistics import median

from watchkeeper.monitoring.detectors.by_deviation import is_flat
from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled

ENOUGH = 50
"""A level known from fewer points is too far from the true one to sum differences from."""
SLACK = 0.5
"""Standard deviations; a shift half as large is too small to matter (the usual choice for one of 1)."""
LIMIT = 8.0
"""Standard deviations of summed evidence; a normal series then raises one alert in about 10,000 points."""
_INNER = 0.9
_INNER_OF_NORMAL = 0.789
"""The root mean square of the inner 90 % of a normal sample, in its standard deviations."""
_WIDEST = 4.0
"""A single point counts for no more deviations than this: a spike is no change of level."""


class PageHinkley:
    """A `Detector` of changes of the mean by two cumulative sums."""

    def __init__(self, *, enough: int = ENOUGH, slack: float = SLACK, limit: float = LIMIT) -> None:
        """Know nothing yet.

        Args:
            enough: Points a level is learnt from.
            slack: A shift too small to matter, in standard deviations.
            limit: Evidence that makes an alert, in standard deviations.
        """
        self._enough = enough
        self._slack = slack
        self._limit = limit
        self._learning: list[float] = []
        self._level = 0.0
        self._spread = 0.0
        self._risen = self._fallen = 0.0

    def judge(self, at: datetime, value: float) -> Verdict:  # noqa: ARG002 - only the order counts here
        """See `Detector.judge`."""
        if len(self._learning) < self._enough:
            self._learn(value)
            return LEARNING
        off = self._deviations(value)
        self._risen = max(0.0, self._risen + off - self._slack)
        self._fallen = max(0.0, self._fallen - off - self._slack)
        evidence = max(self._risen, self._fallen)
        alert = evidence >= self._limit
        if alert:
            self._learning.clear()
            self._risen = self._fallen = 0.0
        return Verdict(scaled(evidence, self._limit), alert=alert)

    def _learn(self, value: float) -> None:
        self._learning.append(value)
        if len(self._learning) < self._enough:
            return
        # The median and the spread about it: a spike while learning moves neither much.
        self._level = median(self._learning)
        near = sorted(abs(each - self._level) for each in self._learning)
        inner = near[: max(2, int(len(near) * _INNER))]
        self._spread = sqrt(fsum(each * each for each in inner) / len(inner)) / _INNER_OF_NORMAL

    def _deviations(self, value: float) -> float:
        off = value - self._level
        if is_flat(self._spread, self._level):
            return _WIDEST if off > 0 else -_WIDEST if off < 0 else 0.0
        return max(-_WIDEST, min(_WIDEST, off / self._spread))

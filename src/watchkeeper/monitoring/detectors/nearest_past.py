"""Never seen like this: a stretch is unusual when nothing in the past comes near it. The default detector.

The newest point, and the newest sixteen, are compared with every earlier stretch of that length; what
counts is the distance to the nearest. How large that distance usually is, the series itself has shown: an
alert needs more than the largest of lately and all but the 20 largest of the long past, so that a noisy
series is not told to be odd and a series that repeats itself has its first exception found. Neither scale,
trend, period nor distribution is assumed, and values that repeat cost nothing.

Source:
    The distance is that of the left matrix profile with plain Euclidean distance: C.-C. M. Yeh et al.
    (2016), "Matrix Profile I", IEEE ICDM; Y. Lu et al. (2022), "Matrix Profile XXIV: Scaling Time Series
    Anomaly Detection to Trillions of Datapoints and Ultra-fast Arriving Data Streams", ACM SIGKDD. The two
    thresholds are ours; `benchmarks/anomaly_nab.py` measures them.
"""

from bisect import bisect_left, insort
from collections import deque
from datetime import datetime

from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled
from watchkeeper.monitoring.detectors.past_windows import PastWindows

LENGTHS = (1, 16)
"""Points a stretch: a single value, and a shape."""

_HISTORY = 8192
"""Points compared with: a month of 5-minute points; a judgement takes some 60 µs then."""
_LATELY = 500
"""Points whose largest distance an alert must pass."""
_LONG = 5000
_EXCEPTIONS = 20
"""An alert must pass all but so many distances of the last `_LONG` points."""
_BEYOND = 1.2
"""By how much it must pass them."""
_FIRST = 64
"""Distances of the first points are large for want of a past; they set no level."""
_ROUNDING = 1e-9
"""Of the largest value seen; stretches no farther apart are the same."""
_LEARNING = 150
_QUIET = 150
"""Points without another alert after one."""


class NearestPast:
    """A `Detector` by distance to the nearest stretch of the past."""

    def __init__(self) -> None:
        self._past = PastWindows(longest=max(LENGTHS), history=_HISTORY)
        self._levels = [_Level() for _ in LENGTHS]
        self._seen = 0
        self._largest = 0.0
        self._quiet_until = 0

    def judge(self, at: datetime, value: float) -> Verdict:  # noqa: ARG002 - only the order counts here
        """See `Detector.judge`."""
        self._largest = max(self._largest, abs(value))
        same = self._largest * _ROUNDING
        nearest = self._past.nearest(value, LENGTHS)
        distances = [0.0 if far is None or far <= same else far for far in nearest]
        at_point, self._seen = self._seen, self._seen + 1
        beyond = max(
            level.compare(at_point, distance) for level, distance in zip(self._levels, distances, strict=True)
        )
        if at_point < _LEARNING:
            return LEARNING
        alert = beyond > _BEYOND and at_point >= self._quiet_until
        if alert:
            self._quiet_until = at_point + _QUIET
        return Verdict(scaled(beyond, _BEYOND), alert=alert)


class _Level:
    """What distances of one length have been like."""

    def __init__(self) -> None:
        self._lately: deque[tuple[int, float]] = deque()
        """Points and distances, falling: the first is the largest of lately."""
        self._long: deque[float] = deque()
        self._ranked: list[float] = []

    def compare(self, at_point: int, distance: float) -> float:
        """How many times the level the distance is; then learn it."""
        while self._lately and self._lately[0][0] < at_point - _LATELY:
            self._lately.popleft()
        level = self._lately[0][1] if self._lately else 0.0
        if len(self._ranked) >= _EXCEPTIONS:
            level = max(level, self._ranked[-_EXCEPTIONS])
        self._learn(at_point, distance if at_point >= _FIRST else 0.0)
        if distance == 0:
            return 0.0
        return distance / level if level else float("inf")

    def _learn(self, at_point: int, distance: float) -> None:
        while self._lately and self._lately[-1][1] <= distance:
            self._lately.pop()
        self._lately.append((at_point, distance))
        insort(self._ranked, distance)
        self._long.append(distance)
        if len(self._long) > _LONG:
            del self._ranked[bisect_left(self._ranked, self._long.popleft())]

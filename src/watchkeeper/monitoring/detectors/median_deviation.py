"""How far a point is from the median, in robust deviations (HE-28): spikes among the past do not count.

Source:
    B. Iglewicz, D. C. Hoaglin (1993), "How to Detect and Handle Outliers", ASQC: the modified z-score,
    0.6745 x (x - median) / MAD; where the MAD is 0, the mean absolute deviation takes its place
    (x - median) / (1.2533 x mean). Sensitivity 3.0 and 30 points are requirements 2.5.
"""

from datetime import datetime
from math import fsum, inf
from statistics import median

from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled
from watchkeeper.monitoring.detectors.ordinary_points import OrdinaryPoints

SENSITIVITY = 3.0
ENOUGH = 30
WINDOW = 300
_MAD_OF_NORMAL = 0.6745
_MEAN_DEVIATION_OF_NORMAL = 1.2533


class MedianDeviation:
    """A `Detector` by median and median absolute deviation."""

    def __init__(
        self, *, sensitivity: float = SENSITIVITY, enough: int = ENOUGH, window: int = WINDOW
    ) -> None:
        """Know nothing yet.

        Args:
            sensitivity: Robust deviations from which on a point is unusual.
            enough: Points before the first verdict.
            window: Ordinary points it judges by.
        """
        self._sensitivity = sensitivity
        self._ordinary = OrdinaryPoints(window=window, enough=enough)

    def judge(self, at: datetime, value: float) -> Verdict:  # noqa: ARG002 - only the order counts here
        """See `Detector.judge`."""
        known = self._ordinary.known()
        if known is None:
            self._ordinary.learn(value, unusual=False)
            return LEARNING
        deviations = robust_deviations(value, list(known))
        unusual = deviations >= self._sensitivity
        self._ordinary.learn(value, unusual=unusual)
        return Verdict(scaled(deviations, self._sensitivity), alert=unusual)


def robust_deviations(value: float, known: list[float]) -> float:
    """How many robust standard deviations a value is from the median of what is known.

    >>> robust_deviations(8.0, [5.0] * 30)
    inf
    >>> robust_deviations(5.0, [5.0] * 30)
    0.0
    """
    middle = median(known)
    off = abs(value - middle)
    deviations = [abs(each - middle) for each in known]
    spread = median(deviations) / _MAD_OF_NORMAL
    if spread == 0:
        spread = _MEAN_DEVIATION_OF_NORMAL * fsum(deviations) / len(deviations)
    if spread <= abs(middle) * 1e-12:  # no more than rounding
        return inf if off > abs(middle) * 1e-9 else 0.0
    return off / spread

"""How many standard deviations a point is from the mean of the last ordinary ones (HE-27).

For series that are about normal. A flat series has no deviation: any other value is then unusual.

Source:
    W. A. Shewhart (1931), "Economic Control of Quality of Manufactured Product"; sensitivity 3.0 and 30
    points are requirements 2.5.
"""

from datetime import datetime
from math import fsum, inf, sqrt

from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled
from watchkeeper.monitoring.detectors.ordinary_points import OrdinaryPoints

SENSITIVITY = 3.0
ENOUGH = 30
WINDOW = 300


class ZScore:
    """A `Detector` by mean and standard deviation."""

    def __init__(
        self, *, sensitivity: float = SENSITIVITY, enough: int = ENOUGH, window: int = WINDOW
    ) -> None:
        """Know nothing yet.

        Args:
            sensitivity: Standard deviations from which on a point is unusual.
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
        deviations = _deviations(value, list(known))
        unusual = deviations >= self._sensitivity
        self._ordinary.learn(value, unusual=unusual)
        return Verdict(scaled(deviations, self._sensitivity), alert=unusual)


def _deviations(value: float, known: list[float]) -> float:
    mean = fsum(known) / len(known)
    spread = sqrt(fsum((each - mean) ** 2 for each in known) / (len(known) - 1))
    off = abs(value - mean)
    if spread <= abs(mean) * 1e-12:  # no more than rounding
        return inf if off > abs(mean) * 1e-9 else 0.0
    return off / spread

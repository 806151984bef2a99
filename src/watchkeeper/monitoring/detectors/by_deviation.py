"""A detector that measures how many deviations a point is from the last ordinary ones."""

from collections.abc import Callable
from datetime import datetime

from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled
from watchkeeper.monitoring.detectors.ordinary_points import OrdinaryPoints

SENSITIVITY = 3.0
"""Deviations from which on a point is unusual (requirements 2.5)."""
ENOUGH = 30
"""Points before the first verdict (requirements 2.5)."""
WINDOW = 300
"""Ordinary points it judges by."""

Deviations = Callable[[float, list[float]], float]
"""How many deviations a value is from those known (`ENOUGH` at least); infinite off a flat series."""


class ByDeviation:
    """A `Detector` by some measure of deviation."""

    def __init__(self, deviations: Deviations, *, sensitivity: float = SENSITIVITY) -> None:
        """Know nothing yet.

        Args:
            deviations: The measure.
            sensitivity: Deviations from which on a point is unusual.
        """
        self._deviations = deviations
        self._sensitivity = sensitivity
        self._ordinary = OrdinaryPoints(window=WINDOW, enough=ENOUGH)

    def judge(self, at: datetime, value: float) -> Verdict:  # noqa: ARG002 - only the order counts here
        """See `Detector.judge`."""
        known = self._ordinary.known()
        if known is None:
            self._ordinary.learn(value, unusual=False)
            return LEARNING
        deviations = self._deviations(value, list(known))
        unusual = deviations >= self._sensitivity
        self._ordinary.learn(value, unusual=unusual)
        return Verdict(scaled(deviations, self._sensitivity), alert=unusual)


def is_flat(spread: float, level: float) -> bool:
    """Whether a spread about a level is no more than rounding."""
    return spread <= abs(level) * 1e-12


def off_flat(off: float, level: float) -> float:
    """Deviations from a flat series: none within rounding, else more than any limit."""
    return float("inf") if off > abs(level) * 1e-9 else 0.0

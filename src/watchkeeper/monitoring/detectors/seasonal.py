"""How unusual a point is for its hour of the day and day of the week.

Points are compared with those of the same hour of the same weekday; while there are too few of these, with
the same hour of any day; and before that, with all. The hours are those of a timezone, so a summer time
that begins does not move the working day.

Source:
    A seasonal subseries with the modified z-score of `median_deviation`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from datetime import datetime, tzinfo

from watchkeeper.monitoring.detectors.detector import LEARNING, Verdict, scaled
from watchkeeper.monitoring.detectors.median_deviation import robust_deviations
from watchkeeper.monitoring.detectors.ordinary_points import OrdinaryPoints

SENSITIVITY = 3.5
"""Iglewicz and Hoaglin's own limit: each of 168 hours has its own baseline, and few points."""
ENOUGH = 24
WINDOW = 120


class Seasonal:
    """A `Detector` with a baseline for each hour of the week."""

    def __init__(
        self,
        *,
        timezone: tzinfo,
        sensitivity: float = SENSITIVITY,
        enough: int = ENOUGH,
        window: int = WINDOW,
    ) -> None:
        """Know nothing yet.

        Args:
            timezone: Whose hours and days count.
            sensitivity: Robust deviations from which on a point is unusual.
            enough: Points of an hour before it is judged by them.
            window: Ordinary points of an hour that are kept.
        """
        self._timezone = timezone
        self._sensitivity = sensitivity
        self._hours: dict[Hashable, OrdinaryPoints] = defaultdict(
            lambda: OrdinaryPoints(window=window, enough=enough)
        )

    def judge(self, at: datetime, value: float) -> Verdict:
        """See `Detector.judge`."""
        hours = list(self._hours_of(at))
        known = next((found for hour in hours if (found := hour.known()) is not None), None)
        if known is None:
            verdict, unusual = LEARNING, False
        else:
            deviations = robust_deviations(value, list(known))
            unusual = deviations >= self._sensitivity
            verdict = Verdict(scaled(deviations, self._sensitivity), alert=unusual)
        for hour in hours:
            hour.learn(value, unusual=unusual)
        return verdict

    def _hours_of(self, at: datetime) -> Iterator[OrdinaryPoints]:
        local = at.astimezone(self._timezone)
        yield self._hours[local.weekday(), local.hour]
        yield self._hours[local.hour]
        yield self._hours["any"]

"""What a detector is: it is shown the points of one series, one a call, and says how unusual each is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

ALERT_SCORE = 0.5
"""From this score on a point is unusual enough to tell; every detector scales its own figure so."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a detector thinks of a point."""

    score: float | None
    """From 0 (usual) to 1; None while too little of the series was seen to say."""
    alert: bool
    """Whether to tell somebody. Quiet for a while after an alert, however the scores go on."""


LEARNING = Verdict(None, alert=False)


class Detector(Protocol):
    """Judges the points of one series as they come; it never looks ahead."""

    def judge(self, at: datetime, value: float) -> Verdict:
        """Judge the next point, then learn from it.

        Args:
            at: The point's instant; not before that of the point before it.
            value: A finite number.
        """
        ...


def scaled(figure: float, limit: float) -> float:
    """A figure from 0 to infinity as a score, which is `ALERT_SCORE` where the figure is the limit.

    >>> scaled(0.0, 3.0), scaled(3.0, 3.0)
    (0.0, 0.5)
    """
    return figure / (figure + limit) if figure < float("inf") else 1.0

"""What is ordinary for a series by its last points, learnt without what was unusual.

A point that was told as unusual is not learnt, so a spike does not widen the range that the next one is
judged by. A new level would stay unusual for ever so; after as many points in a row as make a baseline,
all unusual, they are the new baseline (HE-28, HE-29).
"""

from collections import deque
from collections.abc import Iterable


class OrdinaryPoints:
    """The last ordinary points of a series."""

    def __init__(self, *, window: int, enough: int) -> None:
        """Nothing is known yet.

        Args:
            window: Points that are kept.
            enough: Points from which on something can be said.
        """
        self._kept: deque[float] = deque(maxlen=window)
        self._refused: deque[float] = deque(maxlen=enough)
        self._enough = enough

    def known(self) -> Iterable[float] | None:
        """The points to judge by, oldest first; None while there are too few."""
        return self._kept if len(self._kept) >= self._enough else None

    def learn(self, value: float, *, unusual: bool) -> None:
        """Take a point in that was judged."""
        if not unusual:
            self._kept.append(value)
            self._refused.clear()
            return
        self._refused.append(value)
        if len(self._refused) == self._enough:
            self._kept.clear()
            self._kept.extend(self._refused)
            self._refused.clear()

"""How far the newest stretch of a series is from the most similar stretch in its past, for several lengths.

The distance of the newest `m` points to any earlier `m` points is a sum of squares; stretches of twice the
length are sums of two, so lengths of 1, 2, 4, 8, 16 points together cost one pass each over the past.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Figures = npt.NDArray[np.float64]


class PastWindows:
    """The past of one series, and the distances of its newest stretch to all of it."""

    def __init__(self, *, longest: int, history: int) -> None:
        """An empty past.

        Args:
            longest: The longest stretch, in points; a power of two.
            history: Points that are remembered at least; at most twice as many are.
        """
        self._steps = [1 << exponent for exponent in range((longest - 1).bit_length())]
        self._history = history
        self._values = np.empty(2 * history)
        self._count = 0
        # Of stretches half as long: their distances as many points ago as they are long.
        self._earlier: dict[int, deque[Figures]] = {step: deque(maxlen=step) for step in self._steps}

    def nearest(self, value: float, lengths: Sequence[int]) -> list[float | None]:
        """Add a point and say, a length, how far its stretch is from the nearest earlier one.

        Returns:
            The root of the mean squared difference, in the units of the series; None while there is no
            earlier stretch of that length. Stretches that share more than half their points are not
            compared.
        """
        if self._count == len(self._values):
            self._forget()
        values, count = self._values, self._count
        values[count] = value
        self._count += 1
        squares = values[: count + 1] - value
        squares *= squares
        found = {1: _smallest(squares, 1)}
        for step in self._steps:
            earlier = self._earlier[step]
            longer = None
            if len(earlier) == step:
                # Entry j is about the stretches that end at point j; both halves moved along together.
                longer = squares.copy()
                longer[step:] += earlier[0][: len(squares) - step]
                longer[:step] = np.inf
            earlier.append(squares)
            if longer is None:
                break
            squares = longer
            found[2 * step] = _smallest(squares, 2 * step)
        return [found.get(length) for length in lengths]

    def _forget(self) -> None:
        """Drop the older half."""
        kept = self._history
        self._values[:kept] = self._values[kept:]
        self._count = kept
        for earlier in self._earlier.values():
            for at, squares in enumerate(earlier):
                earlier[at] = squares[kept:].copy()


def _smallest(squares: Figures, length: int) -> float | None:
    """Among stretches that end half a length before the newest, or earlier still."""
    apart = squares[: len(squares) - max(length // 2, 1)]
    least = float(apart.min()) if len(apart) else np.inf
    return float(np.sqrt(least / length)) if least < np.inf else None

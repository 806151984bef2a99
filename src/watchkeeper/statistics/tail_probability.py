"""How rare a figure is among those seen before it, also beyond the largest of them.

The highest figures are taken to follow a generalised Pareto law, which nearly all tails do; so a probability
of one in a million can be told after some thousand figures. Its shape is not let below a floor: a tail that
only looks short so far is not trusted to be.

Source:
    J. Pickands (1975), "Statistical Inference Using Extreme Order Statistics", Annals of Statistics 3; fitted
    by probability-weighted moments: J. R. M. Hosking, J. R. Wallis (1987), Technometrics 29. As a detector's
    threshold: A. Siffer et al. (2017), "Anomaly Detection in Streams with Extreme Value Theory", ACM SIGKDD.
"""

from bisect import bisect_left, insort
from collections import deque

ENOUGH = 200
"""Figures before anything is told."""
_KEPT = 5000
_TAIL = 0.04
_LEAST_TAIL = 20
_REFIT_EVERY = 25
_SHAPE_FLOOR = 0.25
_SHAPE_CEILING = 0.9


class TailProbability:
    """The probability of figures as large as one, learnt from a stream."""

    def __init__(self, *, kept: int = _KEPT) -> None:
        """Know nothing yet.

        Args:
            kept: Figures that are remembered.
        """
        self._kept = kept
        self._order: deque[float] = deque()
        self._ranked: list[float] = []
        self._since_fit = _REFIT_EVERY
        self._from = self._scale = 0.0
        self._shape = _SHAPE_FLOOR

    def of(self, figure: float) -> float | None:
        """The probability of a figure at least as large; None while too few are known."""
        count = len(self._ranked)
        if count < ENOUGH:
            return None
        beyond = count - bisect_left(self._ranked, figure)
        tail = self._tail()
        if beyond >= tail:
            return (beyond + 1) / (count + 1)
        if self._since_fit >= _REFIT_EVERY:
            self._fit()
        if self._scale <= 0:
            return (beyond + 1) / (count + 1)
        excess = max(0.0, figure - self._from)
        far: float = (1 + self._shape * excess / self._scale) ** (-1 / self._shape)
        return (tail + 1) / (count + 1) * far

    def figure_of(self, probability: float) -> float | None:
        """The figure that only this probability lies beyond; None while too few are known."""
        count = len(self._ranked)
        if count < ENOUGH or self._scale <= 0:
            return None
        share = probability * (count + 1) / (self._tail() + 1)
        times: float = min(1.0, share) ** -self._shape - 1
        return self._from + self._scale / self._shape * times

    def learn(self, figure: float) -> None:
        """Take a figure in."""
        insort(self._ranked, figure)
        self._order.append(figure)
        if len(self._order) > self._kept:
            del self._ranked[bisect_left(self._ranked, self._order.popleft())]
        self._since_fit += 1

    def _tail(self) -> int:
        return max(_LEAST_TAIL, int(_TAIL * len(self._ranked)))

    def _fit(self) -> None:
        self._since_fit = 0
        tail = self._tail()
        self._from = self._ranked[-tail - 1]
        excesses = [value - self._from for value in self._ranked[-tail:]]
        mean = sum(excesses) / tail
        weighted = sum((tail - 1 - at) / (tail - 1) * value for at, value in enumerate(excesses)) / tail
        if mean <= 0:
            self._scale = 0.0
            return
        shape = 2 - mean / (mean - 2 * weighted) if mean > 2 * weighted else _SHAPE_CEILING
        self._shape = min(max(shape, _SHAPE_FLOOR), _SHAPE_CEILING)
        # With the shape held, the scale keeps the mean of the excesses.
        self._scale = mean * (1 - self._shape)

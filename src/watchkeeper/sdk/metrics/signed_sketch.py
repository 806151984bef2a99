"""A quantile sketch of figures of either sign, from which figures can be taken out again."""

import sys
from array import array
from collections.abc import Iterable, Iterator

from watchkeeper.statistics.quantile_sketch import bucket_of, figure_of

_SPARE = 16
"""Buckets made beyond a new end, so that a drifting series does not lengthen the row each time."""


class _Row:
    """Counts of neighbouring buckets, four bytes each: a dictionary takes fifteen times as much."""

    __slots__ = ("_counts", "_first")

    def __init__(self) -> None:
        self._first = 0
        self._counts: array[int] = array("I")

    def add(self, bucket: int, count: int) -> None:
        if not self._counts:
            self._first = bucket - _SPARE
            self._counts = array("I", bytes(4 * (2 * _SPARE + 1)))
        if bucket < self._first:
            short = self._first - bucket + _SPARE
            self._counts = array("I", bytes(4 * short)) + self._counts
            self._first -= short
        elif bucket >= self._first + len(self._counts):
            self._counts.frombytes(bytes(4 * (bucket - self._first - len(self._counts) + 1 + _SPARE)))
        self._counts[bucket - self._first] += count

    def rising(self) -> Iterator[tuple[int, int]]:
        """Buckets that hold something, and how much."""
        for place, count in enumerate(self._counts):
            if count:
                yield self._first + place, count

    def falling(self) -> Iterator[tuple[int, int]]:
        """The same from the highest."""
        return reversed(list(self.rising()))


class SignedSketch:
    """Counts by bucket of the size, negative and positive figures apart; a quantile told is within 1 %."""

    __slots__ = ("_negative", "_positive", "_zeros")

    def __init__(self) -> None:
        self._positive = _Row()
        self._negative = _Row()
        self._zeros = 0

    def add(self, figures: Iterable[float]) -> None:
        """Count figures in."""
        self._count(figures, 1)

    def remove(self, figures: Iterable[float]) -> None:
        """Take figures out that were counted in."""
        self._count(figures, -1)

    def quantiles(self, shares: tuple[float, ...]) -> tuple[float | None, ...]:
        """The figures below which these rising shares of all lie; None of no figures."""
        rising = [(-_figure(bucket), count) for bucket, count in self._negative.falling()]
        if self._zeros:
            rising.append((0.0, self._zeros))
        rising += [(_figure(bucket), count) for bucket, count in self._positive.rising()]
        total = sum(count for _, count in rising)
        told: list[float | None] = []
        seen, at = 0, -1
        for share in shares:
            rank = share * (total - 1)
            while seen <= rank and at + 1 < len(rising):
                at += 1
                seen += rising[at][1]
            told.append(rising[at][0] if total else None)
        return tuple(told)

    def _count(self, figures: Iterable[float], by: int) -> None:
        positive, negative = self._positive, self._negative
        for figure in figures:
            if figure > 0:
                positive.add(bucket_of(figure), by)
            elif figure < 0:
                negative.add(bucket_of(-figure), by)
            else:
                self._zeros += by


def _figure(bucket: int) -> float:
    try:
        return figure_of(bucket)
    except OverflowError:  # the middle of the last bucket of all is beyond a float
        return sys.float_info.max

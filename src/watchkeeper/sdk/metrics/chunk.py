"""A stretch of a series, put away in little room: what the promised hour of points is made of."""

from __future__ import annotations

import math
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul

CHUNK_POINTS = 256
"""Points put away together. Fewer cost more beside the points (0.8 bytes a point now), more leave more points
open, which take 12 bytes each: with 100 series of 1,000 points that came to 2 bytes a point."""

_HEAD = struct.Struct("<qdIcdddd")
"""Begin, unit, points, the letter of their values, and of the summary mean, squares, low and high."""
_OFFSET_BYTES = 2


@dataclass(frozen=True, slots=True)
class Summary:
    """What can be told of points without keeping them, and added up (T. Chan, G. Golub, R. LeVeque 1979)."""

    count: int = 0
    mean: float = 0.0
    square_sum: float = 0.0
    """Sum of the squared distances from the mean."""
    low: float = math.inf
    high: float = -math.inf

    def __add__(self, other: Summary) -> Summary:
        if not other.count:
            return self
        if not self.count:
            return other
        count = self.count + other.count
        apart = other.mean - self.mean
        return Summary(
            count,
            self.mean + apart * other.count / count,
            self.square_sum + other.square_sum + apart * apart * self.count * other.count / count,
            min(self.low, other.low),
            max(self.high, other.high),
        )


def summary_of(values: Sequence[float]) -> Summary:
    """The summary of some values, finite."""
    if not values:
        return Summary()
    count = len(values)
    mean = _mean(values)
    apart = [value - mean for value in values]
    return Summary(count, mean, sum(map(mul, apart, apart)), min(values), max(values))


def _mean(values: Sequence[float]) -> float:
    try:
        return math.fsum(values) / len(values)
    except OverflowError:  # their sum is beyond a float, their mean is not
        return math.fsum(value / len(values) for value in values)


class Chunk:
    """Points that were put away; nothing is lost of their values.

    Of their times, up to a 65,535th of the chunk: a millisecond up to a minute, 55 ms over an hour.

    All of it is one object of bytes: as objects of their own, what stands beside the points took more than a
    byte a point.
    """

    __slots__ = ("_packed",)

    def __init__(
        self, *, begins_ms: int, unit_ms: float, offsets: array[int], values: array[float], summary: Summary
    ) -> None:
        """Put points away.

        Args:
            begins_ms: When the first was recorded.
            unit_ms: What the offsets count.
            offsets: Two bytes each, in that unit, from the first on.
            values: Four bytes each where all of them are exact so, else eight.
            summary: Of the values.
        """
        told = (summary.mean, summary.square_sum, summary.low, summary.high)
        head = _HEAD.pack(begins_ms, unit_ms, len(values), values.typecode.encode(), *told)
        self._packed = b"".join((head, offsets, values))

    def __len__(self) -> int:
        count: int = _HEAD.unpack_from(self._packed)[2]
        return count

    @property
    def values(self) -> memoryview[float]:
        """The points' values, oldest first."""
        _, _, count, letter, *_ = _HEAD.unpack_from(self._packed)
        points = memoryview(self._packed)[_HEAD.size + _OFFSET_BYTES * count :]
        return points.cast("f") if letter == b"f" else points.cast("d")

    @property
    def summary(self) -> Summary:
        """What the values come to."""
        return Summary(*self.told())

    def told(self) -> tuple[int, float, float, float, float]:
        """The summary's figures."""
        _, _, count, _, mean, square_sum, low, high = _HEAD.unpack_from(self._packed)
        return count, mean, square_sum, low, high

    def times_ms(self) -> list[float]:
        """When the points were recorded, oldest first."""
        begins_ms, unit_ms, *_ = _HEAD.unpack_from(self._packed)
        return [begins_ms + offset * unit_ms for offset in self._offsets()]

    def first_after(self, cutoff_ms: float) -> int:
        """The place of the first point not before this instant; the length when there is none."""
        begins_ms, unit_ms, *_ = _HEAD.unpack_from(self._packed)
        return bisect_left(self._offsets(), cutoff_ms, key=lambda offset: begins_ms + offset * unit_ms)

    def _offsets(self) -> memoryview[int]:
        points = memoryview(self._packed)[_HEAD.size : _HEAD.size + _OFFSET_BYTES * len(self)]
        return points.cast("H")


def sum_of(chunks: Iterable[Chunk]) -> Summary:
    """The summary of many chunks, as adding theirs up gives it, at a third of what that takes."""
    count, mean, squares, low, high = 0, 0.0, 0.0, math.inf, -math.inf
    for chunk in chunks:
        added, its_mean, its_squares, least, most = chunk.told()
        both = count + added
        apart = its_mean - mean
        mean += apart * added / both
        squares += its_squares + apart * apart * count * added / both
        low, high = min(low, least), max(high, most)
        count = both
    return Summary(count, mean, squares, low, high)


def chunk_of(base_ms: int, times_ms: array[int], values: array[float]) -> Chunk:
    """Put points away; `times_ms` counts from `base_ms` and never falls."""
    begins = times_ms[0]
    span = times_ms[-1] - begins
    unit = max(1.0, span / 65_535)
    offsets = array(
        "H",
        [time - begins for time in times_ms]
        if unit == 1.0
        else [min(65_535, int((time - begins) / unit)) for time in times_ms],
    )
    short = _short(values)
    return Chunk(
        begins_ms=base_ms + begins, unit_ms=unit, offsets=offsets, values=short, summary=summary_of(values)
    )


def _short(values: array[float]) -> array[float]:
    try:
        halved = array("f", values)
    except OverflowError:
        return array("d", values)
    return halved if halved.tolist() == values.tolist() else array("d", values)

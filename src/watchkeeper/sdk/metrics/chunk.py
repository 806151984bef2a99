"""A stretch of a series, put away in little room: what the promised hour of points is made of."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

CHUNK_POINTS = 512
"""Points put away together. Fewer cost more in objects (measured: 0.5 bytes a point), more make the one
record in 512 that puts away longer (measured: 0.1 ms)."""


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


@dataclass(slots=True)
class Chunk:
    """Points that were put away; nothing is lost of their values.

    Of their times, up to a 65,535th of the chunk: a millisecond up to a minute, 55 ms over an hour.
    """

    begins_ms: int
    unit_ms: float
    offsets: array[int]
    """Two bytes each, in `unit_ms`."""
    values: array[float]
    """Four bytes each where all of them are exact so, else eight."""
    summary: Summary

    def time_ms(self, at: int) -> float:
        """When the point at this place was recorded."""
        return self.begins_ms + self.offsets[at] * self.unit_ms

    def first_after(self, cutoff_ms: float) -> int:
        """The place of the first point not before this instant; the length when there is none."""
        low, high = 0, len(self.offsets)
        while low < high:
            middle = (low + high) // 2
            if self.time_ms(middle) < cutoff_ms:
                low = middle + 1
            else:
                high = middle
        return low


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
    return Chunk(base_ms + begins, unit, offsets, short, summary_of(values))


def _short(values: array[float]) -> array[float]:
    try:
        halved = array("f", values)
    except OverflowError:
        return array("d", values)
    return halved if halved.tolist() == values.tolist() else array("d", values)

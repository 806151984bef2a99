"""The last while of a series (HE-20): every point of it, whatever the rate, in about 11 bytes a point.

There is no cap on points: the application behind this (requirement defect 11) kept 10,000 and so forgot after
100 s what it had promised for an hour. What bounds memory is the window's length and the number of series.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice

from watchkeeper.sdk.metrics.chunk import CHUNK_POINTS, Chunk, Summary, chunk_of, sum_of, summary_of
from watchkeeper.sdk.metrics.signed_sketch import SignedSketch

EXACT_UP_TO = 2_048
"""Points up to which percentiles are exact: sorting more would take over a millisecond."""
_SKETCH_BELOW = EXACT_UP_TO // 2
"""Where the sketch is given up again, apart from where it began so that it does not come and go."""


class Window:
    """Points by time; not safe between threads, which is its series' task.

    Times are milliseconds that never run backwards, from the same point for all calls.
    """

    __slots__ = (
        "_base_ms",
        "_chunks",
        "_closed",
        "_put_away",
        "_sketch",
        "_sketched",
        "_skipped",
        "_times",
        "_values",
        "added",
        "retention_ms",
    )

    def __init__(self, retention_ms: int) -> None:
        self.retention_ms = retention_ms
        self.added = 0
        """How many points ever came."""
        self._chunks: list[Chunk] = []
        self._closed = 0
        """Points of all chunks."""
        self._skipped = 0
        """Points at the front of the oldest chunk that have gone."""
        self._put_away: Summary | None = None
        """Of all chunks but the oldest; None when it must be added up anew."""
        self._base_ms = 0
        """What the open points' times count from: four bytes hold 24 days of milliseconds."""
        self._times: array[int] = array("i")
        self._values: array[float] = array("d")
        self._sketch: SignedSketch | None = None
        self._sketched = 0
        """How many of the open points the sketch holds."""

    def add(self, at_ms: int, value: float) -> None:
        """Add a point; `value` is finite and `at_ms` not before the last."""
        times = self._times
        if not times:
            self._base_ms = at_ms
        try:
            times.append(at_ms - self._base_ms)
        except OverflowError:  # nothing for 24 days
            self._close(at_ms)
            self.add(at_ms, value)
            return
        self._values.append(value)
        self.added += 1
        if len(times) >= CHUNK_POINTS:
            self._close(at_ms)

    def __len__(self) -> int:
        return self._closed - self._skipped + len(self._values)

    def forget(self, now_ms: int) -> None:
        """Let go of points older than the window."""
        cutoff = now_ms - self.retention_ms
        while self._chunks:
            oldest = self._chunks[0]
            keep_from = oldest.first_after(cutoff)
            if keep_from > self._skipped:
                if self._sketch is not None:
                    self._sketch.remove(oldest.values[self._skipped : keep_from])
                self._skipped = keep_from
            if self._skipped < len(oldest):
                return
            del self._chunks[0]
            self._closed -= len(oldest)
            self._skipped = 0
            self._put_away = None
        gone = 0
        while gone < len(self._times) and self._times[gone] + self._base_ms < cutoff:
            gone += 1
        if gone:
            if self._sketch is not None:
                self._sketch.remove(self._values[: min(gone, self._sketched)])
            self._sketched = max(0, self._sketched - gone)
            del self._times[:gone], self._values[:gone]

    def summary(self) -> Summary:
        """Count, mean, spread and extremes of what is there."""
        total = Summary()
        if self._chunks:
            oldest = self._chunks[0]
            total = summary_of(oldest.values[self._skipped :]) if self._skipped else oldest.summary
            if self._put_away is None:
                self._put_away = sum_of(islice(self._chunks, 1, None))
            total += self._put_away
        return total + summary_of(self._values)

    def quantiles(self, shares: tuple[float, ...]) -> tuple[tuple[float | None, ...], bool]:
        """The quantiles at these rising shares, and whether they are exact (else within 1 %)."""
        count = len(self)
        if count > EXACT_UP_TO or (self._sketch is not None and count > _SKETCH_BELOW):
            return self._brought_up().quantiles(shares), False
        self._sketch, self._sketched = None, 0
        return exact_quantiles(sorted(self.values()), shares), True

    def values(self) -> list[float]:
        """All values, oldest first."""
        found: list[float] = []
        for at, chunk in enumerate(self._chunks):
            found.extend(chunk.values[self._skipped :] if at == 0 and self._skipped else chunk.values)
        found.extend(self._values)
        return found

    def newest(self, count: int) -> list[float]:
        """The last points' values, oldest first; fewer when the window holds no more."""
        if count <= len(self._values):
            return self._values[len(self._values) - count :].tolist()
        return self.values()[-count:]

    def points(self) -> Iterator[tuple[float, float]]:
        """Every point as time in milliseconds and value, oldest first."""
        for at, chunk in enumerate(self._chunks):
            told = zip(chunk.times_ms(), chunk.values, strict=True)
            yield from islice(told, self._skipped if at == 0 else 0, None)
        for time, value in zip(self._times, self._values, strict=True):
            yield self._base_ms + time, value

    def values_since(self, cutoff_ms: int) -> list[float]:
        """Values of the points not before this instant, oldest first."""
        found: list[Sequence[float]] = []
        for place in range(len(self._times) - 1, -1, -1):
            if self._times[place] + self._base_ms < cutoff_ms:
                return self._values[place + 1 :].tolist()
        found.append(self._values.tolist())
        for at in range(len(self._chunks) - 1, -1, -1):
            chunk = self._chunks[at]
            first = max(chunk.first_after(cutoff_ms), self._skipped if at == 0 else 0)
            found.append(chunk.values[first:].tolist())
            if first:
                break
        return [value for part in reversed(found) for value in part]

    def _close(self, now_ms: int) -> None:
        """Put the open points away."""
        chunk = chunk_of(self._base_ms, self._times, self._values)
        if self._sketch is not None:
            self._sketch.add(self._values[self._sketched :])
        if self._chunks and self._put_away is not None:
            self._put_away += chunk.summary
        self._chunks.append(chunk)
        self._closed += len(chunk)
        self._times, self._values, self._sketched = array("i"), array("d"), 0
        self.forget(now_ms)

    def _brought_up(self) -> SignedSketch:
        """The sketch, holding every point."""
        if self._sketch is None:
            self._sketch = SignedSketch()
            self._sketch.add(self.values())
        else:
            self._sketch.add(self._values[self._sketched :])
        self._sketched = len(self._values)
        return self._sketch


def exact_quantiles(rising: list[float], shares: tuple[float, ...]) -> tuple[float | None, ...]:
    """Quantiles of sorted values, between two of them in proportion.

    >>> exact_quantiles([1.0, 2.0, 3.0, 4.0], (0.0, 0.5, 1.0))
    (1.0, 2.5, 4.0)
    >>> exact_quantiles([], (0.5,))
    (None,)
    """
    if not rising:
        return (None,) * len(shares)
    told = []
    for share in shares:
        place = share * (len(rising) - 1)
        low = int(place)
        high = min(low + 1, len(rising) - 1)
        told.append(rising[low] + (rising[high] - rising[low]) * (place - low))
    return tuple(told)

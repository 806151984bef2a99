"""Time and ids as the SDK reads them: the machine's, or the clock and the ids that `init` was handed."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from watchkeeper.domain.clock import Clock, IdSource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Readings:
    """Functions that give numbers.

    An instrumented call reads the time four times, and an instant as an object costs ten times as much.
    """

    now_ns: Callable[[], int]
    """Nanoseconds since the epoch."""
    elapsed_ns: Callable[[], int]
    """Nanoseconds from an arbitrary point that never runs backwards."""
    trace_id: Callable[[], str]
    span_id: Callable[[], str]


def readings_of(clock: Clock | None, ids: IdSource | None) -> Readings:
    """What reads a clock and ids; None stands for the machine's."""
    drawn = DrawnIds() if ids is None else ids
    if clock is None:
        return Readings(time.time_ns, time.perf_counter_ns, drawn.trace_id, drawn.span_id)
    return Readings(
        lambda: (clock.now() - _EPOCH) // _MICROSECOND * 1000,
        lambda: int(clock.monotonic() * 1e9),
        drawn.trace_id,
        drawn.span_id,
    )


class DrawnIds:
    """Random ids, seeded by the machine: one generator costs a third of asking the machine each time.

    A process that was forked must make its own, or both would draw the same.
    """

    def __init__(self) -> None:
        self._bits = random.Random(os.urandom(32)).getrandbits

    def trace_id(self) -> str:
        """32 lower-case hex digits, never all zero."""
        return f"{self._bits(128) or 1:032x}"

    def span_id(self) -> str:
        """16 lower-case hex digits, never all zero."""
        return f"{self._bits(64) or 1:016x}"


def rfc3339(ns: int) -> str:
    """An instant in UTC with microseconds.

    >>> rfc3339(1_767_600_000_123_456_789)
    '2026-01-05T08:00:00.123456Z'
    """
    whole, rest = divmod(ns, 1_000_000_000)
    return f"{_second(whole)}.{rest // 1000:06d}Z"


@lru_cache(maxsize=16)
def _second(since_epoch: int) -> str:
    """Many lines are of one second, and writing it out is most of a line's cost."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(since_epoch))

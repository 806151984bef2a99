"""Minutes and nanoseconds: how instants and the store's `start_ns` meet, without floating point."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

NS_PER_MINUTE = 60_000_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)


def ns_of(instant: datetime) -> int:
    """Nanoseconds since the epoch.

    >>> ns_of(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000000
    """
    return (instant - _EPOCH) // _MICROSECOND * 1000


def instant_of(ns: int) -> datetime:
    """The instant, to the microsecond."""
    return _EPOCH + ns // 1000 * _MICROSECOND


def minute_starting(minute: int) -> datetime:
    """Where the minute of this number since the epoch begins."""
    return _EPOCH + minute * _MINUTE


def minutes_between(start: datetime, end: datetime) -> Iterator[int]:
    """Numbers, since the epoch, of the minutes from the one `start` is in to the last before `end`.

    >>> list(minutes_between(datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC), _EPOCH + 2 * _MINUTE))
    [0, 1]
    """
    if end <= start:
        return
    yield from range(ns_of(start) // NS_PER_MINUTE, (ns_of(end) - 1) // NS_PER_MINUTE + 1)

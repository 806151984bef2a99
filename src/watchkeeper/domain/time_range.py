"""A stretch of time, and the days and months of a zone in it, across its clock changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.domain.errors import InvalidInputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `since` up to, not including, `until`; both aware, in UTC."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    """Whose days and months are meant."""

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise InvalidInputError(
                f"the time asked about ends at {self.until.isoformat()}, not after it begins "
                f"({self.since.isoformat()})",
                action="ask for an end that is later than the beginning",
            )

    @property
    def since_ns(self) -> int:
        """Where it begins, in nanoseconds since the epoch."""
        return (self.since - _EPOCH) // _MICROSECOND * 1000

    @property
    def until_ns(self) -> int:
        """Where it ends, in nanoseconds since the epoch."""
        return (self.until - _EPOCH) // _MICROSECOND * 1000

    @property
    def seconds(self) -> float:
        """How long it is, in seconds."""
        return (self.until - self.since).total_seconds()

    def days(self) -> Iterator["TimeRange"]:
        """The days of the zone that it touches, oldest first, each whole; some have 23 or 25 hours."""
        day = self.since.astimezone(self.zone).date()
        while midnight(day, self.zone) < self.until:
            # A zone that crosses the date line has days that never were.
            if midnight(day, self.zone) < midnight(day + _DAY, self.zone):
                yield day_of(day, self.zone)
            day += _DAY

    def before(self) -> "TimeRange":
        """The stretch of the same length that ends where this one begins.

        As many days or months as it has, where it begins and ends with a day or a month of the zone; else
        as many seconds.
        """
        begins, ends = self.since.astimezone(self.zone), self.until.astimezone(self.zone)
        first, last = begins.date(), ends.date()
        if not (midnight(first, self.zone) == self.since and midnight(last, self.zone) == self.until):
            return TimeRange(self.since - (self.until - self.since), self.since, self.zone)
        if first.day == last.day == 1:
            months = (last.year - first.year) * 12 + last.month - first.month
            return TimeRange(midnight(months_later(first, -months), self.zone), self.since, self.zone)
        return TimeRange(midnight(first - (last - first), self.zone), self.since, self.zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, in UTC; where the clocks skip midnight, the instant at which they do.

    >>> midnight(date(2026, 3, 29), ZoneInfo("Europe/Stockholm")).isoformat()
    '2026-03-28T23:00:00+00:00'
    """
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def day_of(day: date, zone: ZoneInfo) -> TimeRange:
    """A day of a zone."""
    return TimeRange(midnight(day, zone), midnight(day + _DAY, zone), zone)


def month_of(day: date, zone: ZoneInfo) -> TimeRange:
    """The month of a zone that a day is in."""
    first = day.replace(day=1)
    return TimeRange(midnight(first, zone), midnight(months_later(first, 1), zone), zone)


def months_later(first: date, months: int) -> date:
    """The first of the month so many months after this first; before, when negative.

    >>> months_later(date(2026, 11, 1), 3), months_later(date(2026, 1, 1), -1)
    (datetime.date(2027, 2, 1), datetime.date(2025, 12, 1))
    """
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date it is in a zone at an instant."""
    return instant.astimezone(zone).date()

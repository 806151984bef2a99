"""Calendar periods of a budget: days and months of a named zone, across its clock changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Per(StrEnum):
    """How often a budget begins anew."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day or month of a budget; an instant belongs to it from `start` up to, not including, `end`."""

    start: datetime
    """Aware, in UTC; it names the period."""
    end: datetime
    """Aware, in UTC: when the budget begins anew."""

    def holds(self, instant: datetime) -> bool:
        """Whether an instant belongs to it."""
        return self.start <= instant < self.end

    def share_gone(self, instant: datetime) -> float:
        """How much of it has passed, from 0 to 1; by real time, so that a day may have 23 hours."""
        gone = (instant - self.start) / (self.end - self.start)
        return min(max(gone, 0.0), 1.0)


def period_of(per: Per, instant: datetime, zone: ZoneInfo) -> Period:
    """The period an instant falls in, by the calendar of a zone.

    >>> from datetime import UTC
    >>> spring = period_of(Per.DAY, datetime(2026, 3, 29, 12, tzinfo=UTC), ZoneInfo("Europe/Stockholm"))
    >>> spring.end - spring.start == timedelta(hours=23)
    True
    """
    today = instant.astimezone(zone).date()
    first = today if per is Per.DAY else today.replace(day=1)
    period = Period(_midnight(first, zone), _midnight(_next(per, first), zone))
    # A zone may skip a whole day or leave one twice: the instant decides, not the date it had.
    while instant >= period.end:
        first = _next(per, first)
        period = Period(_midnight(first, zone), _midnight(_next(per, first), zone))
    return period


def _next(per: Per, first: date) -> date:
    if per is Per.DAY:
        return first + timedelta(days=1)
    return (first + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins; where the clocks skip midnight, the instant at which they do."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)

"""Maintenance that comes again: the same hours on some days of the week, by the clocks of a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from watchkeeper.monitoring.alerts.matcher import Matcher
from watchkeeper.monitoring.alerts.mute import Mute

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
BY_SETTINGS = "the settings"
_DAY = timedelta(days=1)
_A_WEEK_AND_A_DAY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringMaintenance:
    """Hours of planned work; where they end no later than they begin, they end on the next day."""

    name: str
    workload: str
    """A pattern; `*` is every one."""
    days: frozenset[int]
    """On which it begins; Monday is 0."""
    begins: time
    """By the clocks of `zone`."""
    ends: time
    zone: ZoneInfo
    reason: str

    @property
    def told(self) -> str:
        """When it comes, as a person reads it."""
        days = [day for number, day in enumerate(WEEKDAYS) if number in self.days]
        on = "every day" if len(days) == len(WEEKDAYS) else ", ".join(days)
        return f"{on} {self.begins:%H:%M} to {self.ends:%H:%M} {self.zone.key}"

    def at(self, now: datetime) -> Mute | None:
        """The window that holds at an instant."""
        # One that began yesterday may still last.
        return next((one for one in self._around(now, days=2) if one.holds(now)), None)

    def next(self, now: datetime) -> Mute:
        """The window that holds at an instant, or else the first one after it."""
        return next(one for one in self._around(now, days=_A_WEEK_AND_A_DAY + 1) if now < one.until)

    def _around(self, now: datetime, *, days: int) -> list[Mute]:
        """The windows that begin on the day before and so many days from there."""
        first = now.astimezone(self.zone).date() - _DAY
        listed = (first + number * _DAY for number in range(days))
        return [self._on(day) for day in listed if day.weekday() in self.days]

    def _on(self, day: date) -> Mute:
        """The window of a day.

        When clocks go forward, a time that there is none of is as late as it would have been; when they go
        back, a time that comes twice begins a window the first time and ends it the second time. So a window
        never misses an hour in which people think it holds.
        """
        last = day if self.ends > self.begins else day + _DAY
        begins_at = datetime.combine(day, self.begins, tzinfo=self.zone).astimezone(UTC)
        until = max(
            datetime.combine(last, self.ends.replace(fold=fold), tzinfo=self.zone).astimezone(UTC)
            for fold in (0, 1)
        )
        return Mute(
            mute_id=f"{self.name}@{day.isoformat()}",
            kind="maintenance",
            matcher=Matcher({"workload": self.workload}),
            begins_at=begins_at,
            until=until,
            reason=self.reason,
            by=BY_SETTINGS,
            created_at=begins_at,
        )


def holding(recurring: Sequence[RecurringMaintenance], now: datetime) -> tuple[Mute, ...]:
    """The windows that hold at an instant."""
    return tuple(mute for one in recurring if (mute := one.at(now)) is not None)

"""Steps of time as SQL over minutes since the epoch, in any timezone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.telemetry.minutes import minute_starting
from watchkeeper.telemetry.time_steps import STEP_MINUTES, Step, zone_of

_DAY_MINUTES = 1440
_EPOCH_DATE = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Slots:
    """How minutes fall into steps."""

    sql: str
    """The step of a row, from its column `minute_no`."""
    step: Step
    zone: ZoneInfo
    whole_hours: bool
    """Whether hours of UTC lie within steps whole."""
    whole_days: bool
    """The same of days of UTC."""

    def begins(self, slot: int) -> datetime:
        """Where a step begins, aware, in the timezone."""
        if self.step != "day":
            return minute_starting(slot).astimezone(self.zone)
        day = _EPOCH_DATE + timedelta(days=slot)
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


def slots_of(step: Step, timezone: str, *, from_at: int, before_at: int) -> Slots:
    """Steps of a timezone for minutes of a range; days are numbered by date, others by their first minute."""
    zone = zone_of(timezone)
    offsets = list(_offsets(zone, from_at, before_at))
    hours = all(offset % 60 == 0 and since % 60 == 0 for since, offset in offsets)
    if step == "minute":
        return Slots("minute_no", step, zone, whole_hours=False, whole_days=False)
    if step == "hour":
        into = _case([(since, offset % 60) for since, offset in offsets])
        return Slots(
            f"minute_no - (minute_no + {into}) % 60", step, zone, whole_hours=hours, whole_days=False
        )
    local = f"(minute_no + {_case(offsets)})"
    days = all(offset == 0 for _, offset in offsets)
    return Slots(f"{local} // {STEP_MINUTES['day']}", step, zone, whole_hours=hours, whole_days=days)


def _case(offsets: list[tuple[int, int]]) -> str:
    """The offset of a row's minute; each holds from its minute on."""
    (_, first), *later = offsets
    text = str(first)
    for since, offset in later:
        text = f"CASE WHEN minute_no >= {since} THEN {offset} ELSE {text} END"
    return f"({text})"


def _offsets(zone: ZoneInfo, from_at: int, before_at: int) -> Iterator[tuple[int, int]]:
    """Minutes from which on an offset from UTC holds, and the offset in minutes; the first from `from_at`."""
    at, offset = from_at, _offset(zone, from_at)
    yield at, offset
    while at < before_at:
        following = min(at + _DAY_MINUTES, before_at)
        if _offset(zone, following) != offset:
            at = _change(zone, at, following)
            offset = _offset(zone, at)
            yield at, offset
        else:
            at = following


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first minute whose offset is no longer that of `before`."""
    offset = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    told = minute_starting(at).astimezone(zone).utcoffset() or timedelta()
    return int(told.total_seconds()) // 60

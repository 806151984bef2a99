"""Steps of time in a timezone, as expressions over minutes since the epoch."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from watchkeeper.telemetry.minutes import NS_PER_MINUTE, minute_starting
from watchkeeper.telemetry.time_steps import Step, zone_of

_DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StepExpression:
    """Where the step of a minute begins, and how coarse the figures may be that it is asked of."""

    text: Callable[[str], str]
    """The expression over an expression for a minute; it gives a minute."""
    coarsest_minutes: int | None
    """Units of so many minutes never lie in two steps; None for no bound."""


def step_expression(step: Step | None, timezone: str, *, begins_ns: int, ends_ns: int) -> StepExpression:
    """The expression for the minutes of a stretch of time, which may be wrong outside.

    Raises:
        InvalidInputError: There is no such timezone.
    """
    if step is None:
        return StepExpression(lambda _: "toInt64(0)", None)
    if step == "minute":
        return StepExpression(lambda minute: f"toInt64({minute})", 1)
    zone = zone_of(timezone)
    first, last = begins_ns // NS_PER_MINUTE, (ends_ns - 1) // NS_PER_MINUTE
    offsets = _offsets(zone, first, last)
    hours_are_whole = all(offset % 60 == 0 for _, offset in offsets)
    coarsest = 60 if hours_are_whole else 1
    if step == "hour":
        if hours_are_whole:
            return StepExpression(lambda minute: f"toInt64(intDiv({minute}, 60) * 60)", coarsest)
        return StepExpression(lambda minute: _hour_begins(minute, offsets), coarsest)
    if all(offset == 0 for _, offset in offsets):
        return StepExpression(lambda minute: f"toInt64(intDiv({minute}, 1440) * 1440)", _DAY_MINUTES)
    days = ", ".join(map(str, _day_begins(zone, first, last)))
    return StepExpression(lambda minute: f"toInt64(roundDown(toInt64({minute}), [{days}]))", coarsest)


def _hour_begins(minute: str, offsets: list[tuple[int, int]]) -> str:
    told = "".join(f"toInt64({minute}) < {until}, {offset}, " for until, offset in offsets[:-1])
    offset = f"multiIf({told}{offsets[-1][1]})" if told else str(offsets[-1][1])
    return f"toInt64({minute}) - positiveModulo(toInt64({minute}) + {offset}, 60)"


def _offsets(zone: tzinfo, first: int, last: int) -> list[tuple[int, int]]:
    """The zone's offsets from UTC in minutes, each with the minute before which it holds."""
    found: list[tuple[int, int]] = []
    at, offset = first, _offset(zone, first)
    while at < last:
        following = min(at + _DAY_MINUTES, last)
        if _offset(zone, following) != offset:
            old = offset
            change = at + bisect_left(
                range(at, following + 1),
                True,
                key=lambda minute, old=old: _offset(zone, minute) != old,  # type: ignore[misc]  # a bound default
            )
            found.append((change, offset))
            offset = _offset(zone, following)
        at = following
    return [*found, (last + 1, offset)]


def _offset(zone: tzinfo, minute: int) -> int:
    offset = minute_starting(minute).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // _MINUTE


def _day_begins(zone: tzinfo, first: int, last: int) -> list[int]:
    """The minutes at which days begin there, from the day of `first` to that of `last`."""
    day = minute_starting(first).astimezone(zone).date()
    end = minute_starting(last).astimezone(zone).date()
    begins = []
    while day <= end:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        begins.append((midnight - _EPOCH) // _MINUTE)
        day += timedelta(days=1)
    return begins

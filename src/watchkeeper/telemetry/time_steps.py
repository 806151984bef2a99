"""Minutes, hours and days in a timezone: where the step an instant is in begins."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.minutes import instant_of

Step = Literal["minute", "hour", "day"]
STEPS: tuple[Step, ...] = ("minute", "hour", "day")

STEP_MINUTES: dict[Step, int] = {"minute": 1, "hour": 60, "day": 1440}
"""A day has 1,380 or 1,500 minutes where the clocks change."""


@lru_cache(maxsize=64)
def zone_of(timezone: str) -> ZoneInfo:
    """The timezone of this IANA name.

    Raises:
        InvalidInputError: There is none.
    """
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as problem:
        raise InvalidInputError(
            f"{timezone!r:.60} names no timezone", action="name one such as Europe/Stockholm or UTC"
        ) from problem


def step_begins(ns: int, step: Step, timezone: str) -> datetime:
    """Where the step begins that an instant is in, aware, in the timezone.

    >>> step_begins(0, "day", "Europe/Stockholm").isoformat()
    '1970-01-01T00:00:00+01:00'
    """
    instant, zone = instant_of(ns), zone_of(timezone)
    local = instant.astimezone(zone)
    if step == "day":
        return datetime(local.year, local.month, local.day, tzinfo=zone)
    into = timedelta(seconds=local.second, microseconds=local.microsecond)
    if step == "hour":
        into += timedelta(minutes=local.minute)
    # In UTC, so that an hour the clocks repeat is two.
    return (instant.astimezone(UTC) - into).astimezone(zone)

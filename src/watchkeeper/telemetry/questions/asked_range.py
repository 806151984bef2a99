"""A time as people write it: an instant, a day, a month, or how long ago."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_length import length_s
from watchkeeper.domain.time_range import TimeRange, local_date, midnight, months_later

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
HOW_TO_WRITE = (
    "write it as 2026-11-28T09:00:00Z, 2026-11-28, 2026-11, today, yesterday, now, or how long ago: -90s, "
    "-30m, -24h, -7d, -2w"
)


def asked_zone(name: str | None, default: str) -> ZoneInfo:
    """The zone of that name; the default one where none is named.

    Raises:
        InvalidInputError: There is no such zone.
    """
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError(
            f"there is no timezone {name!r:.80}", action="name one such as Europe/Stockholm or UTC"
        ) from None


def asked_range(
    since: str | None, until: str | None, *, now: datetime, zone: ZoneInfo, default_since: str = "-24h"
) -> TimeRange:
    """The time that two texts name.

    Args:
        since: Where it begins; a day or month begins with its first midnight.
        until: Where it ends; a day or month named here is inside, whole. Now, if not given.
        now: When it is asked.
        zone: Whose days and months are meant, and what an instant without an offset is of.
        default_since: What `since` is when it is not given.

    Raises:
        InvalidInputError: A text names no time, or the end is not after the beginning.
    """
    begins = asked_instant(since or default_since, now=now, zone=zone)
    ends = now if until is None else asked_instant(until, now=now, zone=zone, ends=True)
    if until is None and begins >= now:
        raise InvalidInputError(f"{since!r:.80} is not in the past", action="ask about a time that has begun")
    return TimeRange(begins, ends, zone)


def asked_instant(text: str, *, now: datetime, zone: ZoneInfo, ends: bool = False) -> datetime:
    """The instant a text names, in UTC.

    Args:
        text: As people write it.
        now: When it is asked.
        zone: Whose days and months are meant.
        ends: Whether a day or month stands for its end.

    Raises:
        InvalidInputError: It names none, or one before 1970 or after 2200.

    >>> stockholm, noon = ZoneInfo("Europe/Stockholm"), datetime(2026, 11, 28, 12, tzinfo=UTC)
    >>> asked_instant("2026-11", now=noon, zone=stockholm).isoformat()
    '2026-10-31T23:00:00+00:00'
    >>> asked_instant("today", now=noon, zone=stockholm, ends=True).isoformat()
    '2026-11-28T23:00:00+00:00'
    """
    try:
        found = _instant(text.strip(), now, zone, ends)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise InvalidInputError(f"{text!r:.80} is no time", action=HOW_TO_WRITE)
    if not _EARLIEST <= found <= _LATEST:
        raise InvalidInputError(f"{text!r:.80} is not between 1970 and 2200", action=HOW_TO_WRITE)
    return found


def asked_month(text: str, zone: ZoneInfo) -> TimeRange:
    """The month a text names, such as `2026-11`.

    Raises:
        InvalidInputError: It names none.
    """
    if not _MONTH.fullmatch(text):
        raise InvalidInputError(f"{text!r:.80} is no month", action="write it as 2026-11")
    now = _EARLIEST
    begins = asked_instant(text, now=now, zone=zone)
    return TimeRange(begins, asked_instant(text, now=now, zone=zone, ends=True), zone)


def _instant(text: str, now: datetime, zone: ZoneInfo, ends: bool) -> datetime | None:
    if text == "now":
        return now
    ago_s = length_s(text[1:]) if text.startswith("-") else None
    if ago_s is not None:
        return now - timedelta(seconds=ago_s)
    day = _day(text, now, zone)
    if day is not None:
        return midnight(day + timedelta(days=1) if ends else day, zone)
    if month := _MONTH.fullmatch(text):
        first = date(int(month[1]), int(month[2]), 1)
        return midnight(months_later(first, 1) if ends else first, zone)
    if len(text) <= len("2026-11-28"):
        return None  # a week or an ordinal date: told as unknown rather than guessed
    named = datetime.fromisoformat(text)
    return (named.replace(tzinfo=zone) if named.tzinfo is None else named).astimezone(UTC)


def _day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    if text in {"today", "yesterday"}:
        return local_date(now, zone) - timedelta(days=text == "yesterday")
    found = _DAY.fullmatch(text)
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None

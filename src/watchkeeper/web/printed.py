"""Values as pages print them; what is not known is "no data"."""

from datetime import datetime
from zoneinfo import ZoneInfo

NO_DATA = "no data"


def percent(share: float | None) -> str | None:
    """A share of 0 to 1 with two decimals; None stays None.

    >>> percent(0.9), percent(None)
    ('90.00 %', None)
    """
    return None if share is None else f"{100 * share:.2f} %"


def value(one: object) -> str:
    """A field's value: whole numbers grouped, lists line by line.

    >>> value(301339818), value(None), value(["a", "b"])
    ('301 339 818', 'no data', 'a; b')
    """
    if one is None:
        return NO_DATA
    if isinstance(one, bool):
        return "yes" if one else "no"
    if isinstance(one, int):
        # A year is no amount: grouping starts where reports group, at five digits.
        return f"{one:,}".replace(",", " ") if abs(one) >= 10_000 else str(one)
    if isinstance(one, list):
        return "; ".join(value(each) for each in one)
    if isinstance(one, dict):
        return ", ".join(f"{name}: {value(each)}" for name, each in one.items())
    return str(one)


def instant(text: str | None, timezone: str) -> str:
    """An instant of the API in the installation's timezone, to the second.

    >>> instant("2026-01-01T00:00:00+00:00", "Europe/Stockholm")
    '2026-01-01 01:00:00'
    """
    if text is None:
        return NO_DATA
    return f"{datetime.fromisoformat(text).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"

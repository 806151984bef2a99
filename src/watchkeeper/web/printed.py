"""Values as pages print them; what is not known is "no data"."""

from datetime import datetime
from zoneinfo import ZoneInfo

NO_DATA = "no data"
_THIN = "\u00a0"
"""A space that no line is broken at: an amount stays in one piece."""
_GROUPED_FROM = 10_000
"""A year is no amount: grouping starts where reports group, at five digits."""


def percent(share: float | None) -> str | None:
    """A share of 0 to 1 with two decimals; None stays None.

    >>> percent(0.9), percent(None)
    ('90.00 %', None)
    """
    return None if share is None else f"{100 * share:.2f} %"


def value(one: object) -> str:
    """A field's value: large numbers grouped, lists and tables on one line.

    >>> value(301339818).split(_THIN), value(1965), value(None), value(["a", 2])
    (['301', '339', '818'], '1965', 'no data', 'a; 2')
    """
    if one is None:
        return NO_DATA
    if isinstance(one, bool):
        return "yes" if one else "no"
    if isinstance(one, int | float):
        return _number(one)
    if isinstance(one, list):
        return "; ".join(value(each) for each in one) or "none"
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


def _number(one: float) -> str:
    whole = int(one) if isinstance(one, float) and one.is_integer() else one
    return str(whole) if abs(whole) < _GROUPED_FROM else f"{whole:,}".replace(",", _THIN)

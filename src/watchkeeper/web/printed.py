"""Values as pages print them; what is not known is "no data"."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from watchkeeper.domain.money import usd_text
from watchkeeper.domain.percent_text import percent_text

NO_DATA = "no data"
_THIN = "\u00a0"
"""A space that no line is broken at: an amount stays in one piece."""
_MS_TO = 1000.0
"""Milliseconds from which seconds are said."""
_TEN = 10
_HUNDRED = 100
_GROUPED_FROM = 10_000
"""A year is no amount: grouping starts where reports group, at five digits."""


def percent(share: float | None) -> str | None:
    """A share of 0 to 1 with two decimals; None stays None.

    >>> percent(0.9), percent(None)
    ('90.00 %', None)
    """
    return None if share is None else percent_text(share)


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


def instant_of_ns(ns: int, timezone: str) -> str:
    """An instant in nanoseconds since the epoch, to the millisecond.

    >>> instant_of_ns(1_767_225_600_123_456_789, "Europe/Stockholm")
    '2026-01-01 01:00:00.123'
    """
    seconds, below = divmod(ns, 1_000_000_000)
    at = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(timezone))
    return f"{at:%Y-%m-%d %H:%M:%S}.{below // 1_000_000:03d}"


def duration(milliseconds: float | None) -> str:
    r"""How long something took, in the unit a person would say.

    >>> duration(0.25), duration(12.34), duration(1234), duration(75_000), duration(None)
    ('0.25\xa0ms', '12.3\xa0ms', '1.23\xa0s', '75.0\xa0s', 'no data')
    """
    if milliseconds is None:
        return NO_DATA
    if milliseconds < _MS_TO:
        return f"{_three_digits(milliseconds)}{_THIN}ms"
    return f"{_three_digits(milliseconds / _MS_TO)}{_THIN}s"


def usd(amount: str | int | float) -> str:
    """An amount of the API, to the last digit it has, and at least to the cent.

    >>> usd("2000.000000000000"), usd("0.000120000000"), usd("12.5")
    ('2000.00', '0.00012', '12.50')
    """
    whole, _, rest = usd_text(Decimal(str(amount))).partition(".")
    return f"{whole}.{rest:0<2}"


def known_sum(part: Mapping[str, Any]) -> str:
    """A sum of the API of which some parts may not be known: never passed off as whole.

    >>> [known_sum({"known": 120, "counted": n, "unknown": n - 2}) for n in (2, 3, 0)]
    ['120', '120 + ?', 'no data']
    """
    return _partly(part, value)


def known_usd(part: Mapping[str, Any]) -> str:
    """The same of an amount of money."""
    return _partly(part, usd)


def _partly(part: Mapping[str, Any], shown: Callable[[Any], str]) -> str:
    if not part["counted"]:
        return NO_DATA
    return f"{shown(part['known'])}{' + ?' if part['unknown'] else ''}"


def _three_digits(one: float) -> str:
    if one == 0:
        return "0"
    return f"{one:.2f}" if one < _TEN else f"{one:.1f}" if one < _HUNDRED else f"{one:.0f}"


def _number(one: float) -> str:
    whole = int(one) if isinstance(one, float) and one.is_integer() else one
    return str(whole) if abs(whole) < _GROUPED_FROM else f"{whole:,}".replace(",", _THIN)

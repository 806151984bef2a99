"""How figures of telemetry are printed: durations, rates, money, and instants by a person's clock."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from watchkeeper.domain.money import usd_text
from watchkeeper.domain.percent_text import percent_text

_MS_PER_S = 1_000


def duration(ms: float | None) -> str | None:
    """A duration in the unit a person would name.

    >>> duration(0.25), duration(12.3), duration(2345.0), duration(125_000.0), duration(None)
    ('0.25 ms', '12.3 ms', '2.35 s', '2 min 5 s', None)
    """
    if ms is None:
        return None
    if ms < _MS_PER_S:
        return f"{ms:.3g} ms"
    if ms < 100 * _MS_PER_S:
        return f"{ms / _MS_PER_S:.3g} s"
    minutes, seconds = divmod(round(ms / _MS_PER_S), 60)
    return f"{minutes} min {seconds} s"


def rate(share: float | None) -> str | None:
    """A share in percent.

    >>> rate(0.125), rate(1.0), rate(None)
    ('12.50 %', '100.00 %', None)
    """
    return None if share is None else percent_text(share)


def usd(amount: str | None) -> str | None:
    """An amount as it came, without zeros at its end."""
    return None if amount is None else usd_text(Decimal(amount))


def known(total: Mapping[str, Any]) -> str | None:
    """A sum with how many of its parts nobody told.

    >>> known({"known": "0.5", "counted": 3, "unknown": 1}), known({"known": 0, "counted": 0, "unknown": 0})
    ('0.5 (+1 unknown)', None)
    """
    if not total["counted"]:
        return f"{total['unknown']} unknown" if total["unknown"] else None
    figure = f"{total['known']:,}" if isinstance(total["known"], int) else usd(total["known"])
    return f"{figure} (+{total['unknown']} unknown)" if total["unknown"] else f"{figure}"


def moment(text: str | None) -> str | None:
    """An instant to the second, in UTC.

    >>> moment("2026-11-28T12:00:00.123456Z")
    '2026-11-28 12:00:00'
    """
    return None if text is None else f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"


def between(asked: Mapping[str, Any]) -> str:
    """The time an answer is about, in a sentence's part."""
    return f"{moment(asked['since'])} to {moment(asked['until'])} UTC, days of {asked['timezone']}"

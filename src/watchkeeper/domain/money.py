"""Money: what a call cost, who spends, and how both are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a call cost, in USD; None is unknown, never 0."""

    usd: Decimal | None
    input_usd: Decimal | None = None
    output_usd: Decimal | None = None
    source: str | None = None
    """Where the price comes from: `genai-prices`, `settings`, `baseline` or `cache`."""
    price_version: str | None = None
    """Which edition of the prices was used."""
    reason: str | None = None
    """Why the cost is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """Who a call's money is counted against."""

    workload: str
    route: str | None = None
    key_id: str | None = None


def usd_text(amount: Decimal) -> str:
    """A decimal string without exponent and without zeros at its end.

    >>> usd_text(Decimal("1E-7")), usd_text(Decimal("2.500")), usd_text(Decimal("300"))
    ('0.0000001', '2.5', '300')
    """
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_usd(amount: Decimal) -> Decimal:
    """The same amount without exponent and without zeros at its end, as it is to be printed.

    >>> str(plain_usd(Decimal("0.300000000000"))), str(plain_usd(Decimal("1E+2")))
    ('0.3', '100')
    """
    return Decimal(usd_text(amount))


def summed_usd(costs: Sequence[str | None]) -> str | None:
    """The sum of decimal strings; None of none, and where one is not known.

    >>> summed_usd(["0.001", "0"]), summed_usd(["0.001", None]), summed_usd([])
    ('0.001', None, None)
    """
    known = [Decimal(one) for one in costs if one is not None]
    return usd_text(sum(known, Decimal(0))) if known and len(known) == len(costs) else None

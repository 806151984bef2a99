"""A price in force, laid out for reading."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from genai_prices.types import TieredPrices

from watchkeeper.costs.price_compiling import priced_units
from watchkeeper.costs.price_in_force import PriceInForce
from watchkeeper.costs.price_override import REGISTRY
from watchkeeper.costs.validity import ALWAYS
from watchkeeper.domain.money import usd_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRate:
    """What one kind costs."""

    kind: str
    """As usage counts it: `input_tokens`, `cache_read_tokens`, `web_searches`, …"""
    usd: str
    """For `per` of them."""
    per: int
    above_input_tokens: int | None
    """It holds for all tokens of a call whose input is larger than this; None: from the first on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """The price of a model at a provider, where it stands, and how long it holds."""

    provider: str
    model: str
    """The entry it stands in: the table's id, or the operator's pattern."""
    source: str
    """`settings` or `genai-prices`."""
    price_version: str
    since: str | None
    """When it began, RFC 3339; null: no beginning is known."""
    until: str | None
    """When it changes next; null: no change is known."""
    rates: tuple[ListedRate, ...]


def listed_price(provider: str, found: PriceInForce) -> ListedPrice:
    """A price as it is listed."""
    earliest, latest = ALWAYS
    return ListedPrice(
        provider=provider,
        model=found.model,
        source=found.source,
        price_version=found.version,
        since=_instant(found.start, unless=earliest),
        until=_instant(found.end, unless=latest),
        rates=tuple(
            rate for kind, price in priced_units(found.price).items() for rate in _rates(kind, price)
        ),
    )


def _rates(kind: str, price: Decimal | TieredPrices) -> list[ListedRate]:
    tiers: list[tuple[int | None, Decimal]] = [
        (None, price.base if isinstance(price, TieredPrices) else price)
    ]
    if isinstance(price, TieredPrices):
        tiers.extend((tier.start, tier.price) for tier in price.tiers)
    return [
        ListedRate(kind=kind, usd=usd_text(usd), per=REGISTRY.units[kind].per, above_input_tokens=above)
        for above, usd in tiers
    ]


def _instant(instant: datetime, *, unless: datetime) -> str | None:
    return None if instant == unless else instant.isoformat()

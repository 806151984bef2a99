"""The most that so many tokens can cost, whatever they turn out to be (law 3)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from genai_prices.types import ModelPrice, TieredPrices

from watchkeeper.costs.price_compiling import (
    is_tokens,
    per_piece,
    priced_units,
    rate_in_tier,
    tier_starts,
    whole_rates,
)
from watchkeeper.costs.price_override import REGISTRY

BOUNDED = frozenset({"tokens", "requests", "tool_calls"})
"""What a model may charge for and be bounded by its tokens: no seconds, pages or characters. Calls of a
provider's tools are left out of a bound, and said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBound:
    """The dearest a token can be: of every kind, of every tier reached, of every service tier."""

    has_input: bool
    """Whether input has a price at all."""
    has_output: bool
    rates: tuple[tuple[int, int], ...]
    """For input and output, by tier reached."""
    starts: tuple[int, ...]
    per_request: int
    smallest: Decimal
    """The unit all rates are whole numbers of, in USD."""

    def usd(self, *, input_tokens: int, output_tokens: int) -> Decimal | None:
        """The bound in USD; None where a kind that is counted has no price."""
        if (input_tokens and not self.has_input) or (output_tokens and not self.has_output):
            return None
        into, out = self.rates[bisect_left(self.starts, input_tokens)]
        return self.smallest * (input_tokens * into + output_tokens * out + self.per_request)


def bound_of(prices: Sequence[ModelPrice]) -> PriceBound | None:
    """The bound over several prices of one model; None where tokens have no price that can be bounded.

    A count below the one asked for may fall in a lower tier, so a tier never counts as cheaper than
    those before it.
    """
    named = [priced_units(price) for price in prices]
    if not all(_family(kind) in BOUNDED for each in named for kind in each):
        return None
    starts = tier_starts(value for each in named for value in each.values())
    rows: list[list[Decimal]] = []
    for tier in range(len(starts) + 1):
        row = [_dearest(named, way, tier=tier, starts=starts) for way in ("input", "output")]
        rows.append([max(pair) for pair in zip(row, rows[-1], strict=True)] if rows else row)
    request = max((_base(each.get("requests")) for each in named), default=Decimal(0))
    whole = whole_rates([*rows, [request.scaleb(-3)]])
    if whole is None:
        return None
    (*rates, (per_request,)), exponent = whole
    return PriceBound(
        has_input=all(not each or "input_tokens" in each for each in named),
        has_output=all(not each or "output_tokens" in each for each in named),
        rates=tuple((into, out) for into, out in rates),
        starts=starts,
        per_request=per_request,
        smallest=Decimal((0, (1,), exponent)),
    )


def _dearest(
    named: Sequence[dict[str, Decimal | TieredPrices]], way: str, *, tier: int, starts: Sequence[int]
) -> Decimal:
    """USD a token of the dearest kind that goes this way."""
    rates = [
        per_piece(rate_in_tier(price, tier, starts), REGISTRY.units[kind])
        for each in named
        for kind, price in each.items()
        if is_tokens(kind) and REGISTRY.units[kind].dimensions.get("direction") == way
    ]
    return max((rate for rate in rates if rate is not None), default=Decimal(0))


def _family(kind: str) -> str | None:
    return REGISTRY.units[kind].dimensions.get("family")


def _base(price: Decimal | TieredPrices | None) -> Decimal:
    if isinstance(price, TieredPrices):
        return max(price.base, *(tier.price for tier in price.tiers))
    return Decimal(0) if price is None else price

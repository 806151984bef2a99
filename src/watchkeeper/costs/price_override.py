"""A price that an operator sets over the table's: exact or by pattern, and dated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import combinations
from types import MappingProxyType

from genai_prices.data_units import unit_data
from genai_prices.types import ModelPrice
from genai_prices.units import UnitDef, UnitRegistry

REGISTRY = UnitRegistry(unit_data)
"""The kinds of tokens and calls that have prices, and which of them lie inside which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOverride:
    """What a provider's model costs, by the operator's word.

    A kind without a price of its own costs what the kind around it costs: cached input as input,
    reasoning as output. Where two kinds overlap (audio read from the cache), it is the dearer.
    """

    provider: str
    """As calls name it."""
    model: str
    """A name, or a pattern with `*`, `?` and `[…]`; case does not count."""
    prices: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    """USD by price key of the table: `input_mtok`, `output_mtok`, `cache_read_mtok`, …"""
    since: date | None = None
    """The first day it is in force, UTC; None: always was."""
    until: date | None = None
    """The first day it no longer is, UTC; None: no end is known."""

    def fits(self, provider: str, model: str) -> bool:
        """Whether it is about this model of this provider."""
        return self.provider.lower() == provider.lower() and fnmatchcase(model.lower(), self.model.lower())

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at an instant."""
        day = at.astimezone(UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    @property
    def rank(self) -> tuple[bool, date]:
        """What decides between several: a name over a pattern, then the later beginning."""
        return not any(mark in self.model for mark in "*?["), self.since or date.min

    def edges(self) -> tuple[datetime, ...]:
        """The instants it begins and ends."""
        return tuple(datetime.combine(day, time(), UTC) for day in (self.since, self.until) if day)

    def model_price(self) -> ModelPrice:
        """The price as the table's own arithmetic takes it.

        Raises:
            ValueError: A kind is priced and the kind around it is not.
        """
        return ModelPrice(**with_overlaps(self.prices))


def override_in_force(
    overrides: Sequence[PriceOverride], provider: str, model: str, *, at: datetime
) -> PriceOverride | None:
    """The override that decides; of equals the last one listed."""
    fitting = [one for one in overrides if one.fits(provider, model) and one.in_force(at)]
    return max(reversed(fitting), key=lambda one: one.rank, default=None)


def with_overlaps(prices: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The prices, with one for every overlap of two priced kinds: the dearer of both.

    Raises:
        ValueError: A key is no price key, or a kind is priced and the kind around it is not.
    """
    priced = {_unit(key).usage_key: price for key, price in prices.items()}
    for usage_key in priced:
        for around in REGISTRY.ancestor_usage_keys(usage_key) - priced.keys():
            raise ValueError(f"{_price_key(usage_key)} has a price and {_price_key(around)} has none")
    while overlap := _unpriced_overlap(priced):
        priced.update(overlap)
    return {_price_key(usage_key): price for usage_key, price in priced.items()}


def _unpriced_overlap(priced: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
    """A kind that is two priced kinds at once and has no price yet, with the dearer of theirs."""
    for one, other in combinations(sorted(priced), 2):
        overlap = REGISTRY.find_join(REGISTRY.units[one], REGISTRY.units[other])
        if overlap is not None and overlap.usage_key not in priced:
            return {overlap.usage_key: max(priced[one], priced[other])}
    return None


def _price_key(usage_key: str) -> str:
    return REGISTRY.units[usage_key].price_key


def _unit(price_key: str) -> UnitDef:
    try:
        return REGISTRY.unit_for_price_key(price_key)
    except KeyError:
        raise ValueError(f"{price_key!r} is no kind that has a price") from None

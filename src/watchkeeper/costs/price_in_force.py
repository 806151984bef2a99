"""The price of a model at an instant: the operator's, else the table's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from genai_prices.types import ModelInfo, ModelPrice, Provider

from watchkeeper.costs.price_override import PriceOverride, override_in_force
from watchkeeper.costs.price_table import PriceTable
from watchkeeper.costs.usage_shape import PriceNotKnownError
from watchkeeper.costs.validity import constraints_of, window

TABLE_SOURCE = "genai-prices"
SETTINGS_SOURCE = "settings"
"""Where a price comes from, as receipts say it; what settings say has no edition but `settings`."""
NEXT_STEP = "set its price under `prices`, or a newer table under `price_table`"

ServiceTerms = Mapping[str, str]
"""Under what terms a call was served (`service_tier`, `speed`, `processing`), where prices differ by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInForce:
    """A price that was found, and from and until when it is the one."""

    model: str
    """The entry it stands in: the table's id, or the operator's pattern."""
    price: ModelPrice
    source: str
    version: str
    start: datetime
    end: datetime
    provider: Provider | None
    """The table's provider; None where only settings know it."""
    entry: ModelInfo | None
    """The table's entry; None where settings decide."""


def price_in_force(
    table: PriceTable,
    overrides: Sequence[PriceOverride],
    provider: str,
    model: str,
    *,
    at: datetime,
    terms: ServiceTerms | None = None,
) -> PriceInForce:
    """The price of a model at an instant.

    Raises:
        PriceNotKnownError: Neither settings nor table know it; it says which part is not known.
    """
    if not model:
        raise PriceNotKnownError("no model is named")
    edges = edges_of(overrides, provider, model)
    seller = table.provider(provider) if provider else None
    decided = override_in_force(overrides, provider, model, at=at)
    if decided is not None:
        start, end = window(at, (), edges)
        return PriceInForce(
            model=decided.model,
            price=decided.model_price(),
            source=SETTINGS_SOURCE,
            version=SETTINGS_SOURCE,
            start=start,
            end=end,
            provider=seller,
            entry=None,
        )
    if seller is None:
        raise PriceNotKnownError(f"the price table {table.edition} has no provider {provider!r}; {NEXT_STEP}")
    entry = table.sold(seller, model)
    if entry is None:
        raise PriceNotKnownError(
            f"the price table {table.edition} knows no model {model!r} of {seller.id}; {NEXT_STEP}"
        )
    start, end = window(at, constraints_of(entry), edges)
    return PriceInForce(
        model=entry.id,
        price=entry.get_prices(at, terms if sells_itself(seller, entry) else None),
        source=TABLE_SOURCE,
        version=table.edition,
        start=start,
        end=end,
        provider=seller,
        entry=entry,
    )


def edges_of(overrides: Sequence[PriceOverride], provider: str, model: str) -> tuple[datetime, ...]:
    """The instants at which the operator's prices of a model begin and end."""
    return tuple(edge for one in overrides if one.fits(provider, model) for edge in one.edges())


def sells_itself(provider: Provider, entry: ModelInfo) -> bool:
    """Whether the entry is the provider's own: another's, resold, has no terms of service here."""
    return any(entry is one for one in provider.models)

"""What calls cost: the table with the operator's prices over it, asked on the path of every call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from genai_prices.types import ModelPrice, UsageExtractor

from watchkeeper.costs.fast_price import Charge, FastPrice
from watchkeeper.costs.price_bound import PriceBound, bound_of
from watchkeeper.costs.price_compiling import compiled, has_price_for, is_tokens, priced_units
from watchkeeper.costs.price_in_force import PriceInForce, edges_of, price_in_force, sells_itself
from watchkeeper.costs.price_override import PriceOverride
from watchkeeper.costs.price_table import PriceTable
from watchkeeper.costs.unknown_prices import UnknownPrice, UnknownPrices
from watchkeeper.costs.usage_shape import PriceNotKnownError, read_usage, shape_of
from watchkeeper.costs.validity import window
from watchkeeper.domain.money import Cost

Key = TypeVar("Key")
Kept = TypeVar("Kept")

MOST_REMEMBERED = 4096
"""Prices kept ready; clients name the models, so what is kept has to end somewhere."""
LIBRARY_MINIMUMS = frozenset({("groq", "whisper-large-v3"), ("groq", "whisper-large-v3-turbo")})
"""Entries the library bills a minimum for in code of its own, which the fast way does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A price ready for blocks of one kind."""

    start: datetime
    end: datetime
    found: PriceInForce | None = None
    shape: UsageExtractor | None = None
    """None where the block itself decides."""
    fast: FastPrice | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadyBound:
    start: datetime
    end: datetime
    bound: PriceBound | None


class PriceBook:
    """Implements `watchkeeper.gateway.ports.Pricer`; one for a process, asked from many threads."""

    def __init__(self, table: PriceTable | None = None, overrides: Sequence[PriceOverride] = ()) -> None:
        self._table = PriceTable.shipped() if table is None else table
        self._overrides = tuple(overrides)
        self._ready: dict[tuple[str, str, str | None, str | None, str | None], _Ready] = {}
        self._bounds: dict[tuple[str, str, str | None, str | None], _ReadyBound] = {}
        self._unknown = UnknownPrices()

    @property
    def table(self) -> PriceTable:
        """The price table under the operator's prices."""
        return self._table

    def cost(
        self, provider: str, model: str, usage: Mapping[str, object], *, flavor: str | None, at: datetime
    ) -> Cost:
        """What a call cost, from the provider's own usage block; an unknown price is unknown, never 0.

        Args:
            provider: As the price table names it, such as `openai`.
            model: The model that answered.
            usage: The block as the provider sent it. `service_tier` and `speed` in it decide between
                prices; a provider that says them beside the block needs them put in.
            flavor: Its shape: `chat`, `embeddings` or `anthropic`, or as the table calls a provider's
                shapes; None finds it from the block.
            at: When the call was made; prices have dates. Aware.
        """
        tier, speed = _text(usage.get("service_tier")), _text(usage.get("speed"))
        key = (provider, model, flavor, tier, speed)
        ready = self._ready.get(key)
        if ready is None or not ready.start <= at < ready.end:
            ready = self._make_ready(provider, model, flavor=flavor, at=at, terms=_terms(tier, speed))
            _remember(self._ready, key, ready)
        charge = None if ready.fast is None else ready.fast.charge(usage)
        try:
            if charge is None:
                charge = self._library_charge(ready, usage, flavor=flavor, at=at, terms=_terms(tier, speed))
        except PriceNotKnownError as unknown:
            self._unknown.note(provider, model, reason=str(unknown), at=at)
            return Cost(usd=None, reason=str(unknown))
        assert ready.found is not None
        return Cost(
            usd=charge[2],
            input_usd=charge[0],
            output_usd=charge[1],
            source=ready.found.source,
            price_version=ready.found.version,
        )

    def bound(
        self,
        provider: str,
        model: str,
        *,
        input_tokens: int,
        output_tokens: int,
        at: datetime,
        service_tier: object = None,
        speed: object = None,
    ) -> Decimal | None:
        """The most, in USD, that so many tokens can cost, whatever the kind; None where no price is known.

        Counted is the dearest kind (plain, cached, written to the cache, audio, images, reasoning), the
        dearest tier such a size can reach, and the fee per request. Calls of a provider's tools (web
        searches) are no tokens and not in it.

        Args:
            provider: As for `cost`.
            model: The model asked for.
            input_tokens: No fewer than the provider will count, cached ones included.
            output_tokens: Likewise, reasoning included.
            at: When the call is made. Aware.
            service_tier: What the request says there, as it came; `auto` or no text lets the provider
                choose, so the dearest counts.
            speed: Likewise; no text is the provider's plain one.
        """
        asked_tier, asked_speed = _text(service_tier), _text(speed)
        key = (provider, model, asked_tier, asked_speed)
        ready = self._bounds.get(key)
        if ready is None or not ready.start <= at < ready.end:
            ready = self._make_bound(provider, model, at=at, service_tier=asked_tier, speed=asked_speed)
            _remember(self._bounds, key, ready)
        bound = ready.bound
        usd = None if bound is None else bound.usd(input_tokens=input_tokens, output_tokens=output_tokens)
        if usd is None:
            self._unknown.note(provider, model, reason="no price bounds its tokens", at=at)
        return usd

    def in_force(self, provider: str, model: str, *, at: datetime) -> PriceInForce | None:
        """The price of a model at an instant, and where it stands; None where none is known."""
        try:
            return price_in_force(self._table, self._overrides, provider, model, at=at)
        except PriceNotKnownError:
            return None

    def sellers(self, model: str) -> tuple[str, ...]:
        """Every provider whose price of the model is known, those of the settings first.

        A price for whatever model (`*`) says nothing about this one.
        """
        about = (one for one in self._overrides if one.model != "*")
        named = (one.provider for one in about if one.fits(one.provider, model))
        return tuple(dict.fromkeys((*named, *self._table.sellers(model))))

    def unknown_prices(self) -> tuple[UnknownPrice, ...]:
        """Models whose price was asked for and is not known, those asked for most first."""
        return self._unknown.listed()

    def _make_ready(
        self, provider: str, model: str, *, flavor: str | None, at: datetime, terms: dict[str, str]
    ) -> _Ready:
        start, end = window(at, (), edges_of(self._overrides, provider, model))
        try:
            found = price_in_force(self._table, self._overrides, provider, model, at=at, terms=terms)
            start, end = found.start, found.end
            shape = None if flavor in (None, "default") else shape_of(self._table, found.provider, flavor, {})
        except PriceNotKnownError as unknown:
            return _Ready(start=start, end=end, reason=str(unknown))
        plain = found.provider is None or (found.provider.id, found.model) not in LIBRARY_MINIMUMS
        fast = compiled(shape, found.price) if shape is not None and plain else None
        return _Ready(start=start, end=end, found=found, shape=shape, fast=fast)

    def _library_charge(
        self,
        ready: _Ready,
        usage: Mapping[str, object],
        *,
        flavor: str | None,
        at: datetime,
        terms: dict[str, str],
    ) -> Charge:
        """What the library makes of a block; the measure the fast way is held to."""
        found = ready.found
        if found is None:
            raise PriceNotKnownError(ready.reason or "no price is known")
        shape = ready.shape or shape_of(self._table, found.provider, flavor, usage)
        read = read_usage(shape, usage)
        _refuse_unpriced(found.price, vars(read))
        try:
            if found.entry is None or found.provider is None:
                priced = found.price.calc_price(read)
                return priced["input_price"], priced["output_price"], priced["total_price"]
            made = found.entry.calc_price(
                read, found.provider, genai_request_timestamp=at, price_context=terms or None
            )
        except ValueError as impossible:
            raise PriceNotKnownError(f"the usage block cannot be: {impossible}") from None
        return made.input_price, made.output_price, made.total_price

    def _make_bound(
        self, provider: str, model: str, *, at: datetime, service_tier: str | None, speed: str | None
    ) -> _ReadyBound:
        try:
            found = price_in_force(self._table, self._overrides, provider, model, at=at)
        except PriceNotKnownError:
            start, end = window(at, (), edges_of(self._overrides, provider, model))
            return _ReadyBound(start=start, end=end, bound=None)
        prices = [found.price, *_other_terms(found, at=at, service_tier=service_tier, speed=speed)]
        return _ReadyBound(start=found.start, end=found.end, bound=bound_of(prices))


def _text(value: object) -> str | None:
    """The value where it is text; a block or a request may hold anything."""
    return value if type(value) is str else None


def _terms(tier: str | None, speed: str | None) -> dict[str, str]:
    """Under what terms a block says its call was served."""
    terms = {}
    if tier is not None:
        terms["service_tier"] = tier
        if tier == "batch":
            terms["processing"] = "batch"
    if speed is not None:
        terms["speed"] = speed
    return terms


def _other_terms(
    found: PriceInForce, *, at: datetime, service_tier: str | None, speed: str | None
) -> list[ModelPrice]:
    """The prices that the provider may choose, or that the request asks for."""
    entry, provider = found.entry, found.provider
    if entry is None or provider is None or not sells_itself(provider, entry):
        return []
    any_tier = service_tier in (None, "auto")
    return [
        entry.get_prices(at, variant.when)
        for variant in entry.price_variants or ()
        if all(
            (name == "service_tier" and (any_tier or value == service_tier))
            or (name == "speed" and value == speed)
            for name, value in variant.when.items()
        )
    ]


def _refuse_unpriced(price: ModelPrice, counted: Mapping[str, object]) -> None:
    """Tokens of a kind that has no price have an unknown cost; a model listed without any price is free."""
    priced = priced_units(price)
    for kind, count in counted.items():
        if priced and count and is_tokens(kind) and not has_price_for(kind, priced):
            raise PriceNotKnownError(f"the model has no price for its {kind}")


def _remember(kept: dict[Key, Kept], key: Key, one: Kept) -> None:
    """Keep it ready; a full book is begun anew, which costs each model in use one look-up."""
    if len(kept) >= MOST_REMEMBERED:
        kept.clear()
    kept[key] = one

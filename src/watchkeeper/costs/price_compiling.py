"""Compiling the table's shapes and prices into whole-number arithmetic."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from genai_prices.decompose import is_descendant_or_self
from genai_prices.types import ModelPrice, TieredPrices, UsageExtractor
from genai_prices.units import UnitDef

from watchkeeper.costs.fast_price import LARGEST_RATE, Arithmetic, FastPrice, Leaf, Read
from watchkeeper.costs.price_override import REGISTRY
from watchkeeper.costs.usage_shape import steps

MOST_STEPS = 2
"""Steps of a path that are followed on the fast way: a key, or a key in an object."""
INPUT, OUTPUT, NEITHER = 0, 1, 2


def priced_units(price: ModelPrice) -> dict[str, Decimal | TieredPrices]:
    """What a price names, by usage key."""
    named = {key: value for key, value in vars(price).items() if value is not None}
    return {REGISTRY.unit_for_price_key(key).usage_key: value for key, value in named.items()}


def is_tokens(usage_key: str) -> bool:
    """Whether a kind is counted in tokens."""
    return REGISTRY.units[usage_key].dimensions.get("family") == "tokens"


def has_price_for(usage_key: str, priced: Iterable[str]) -> bool:
    """Whether a kind, or one around it, is priced.

    >>> has_price_for("output_reasoning_tokens", ["input_tokens", "output_tokens"])
    True
    """
    unit = REGISTRY.units[usage_key]
    return any(is_descendant_or_self(REGISTRY.units[each], unit) for each in priced)


def tier_starts(prices: Iterable[Decimal | TieredPrices]) -> tuple[int, ...]:
    """The input tokens above which another tier of any of the prices holds, rising."""
    return tuple(sorted({t.start for one in prices if isinstance(one, TieredPrices) for t in one.tiers}))


def rate_in_tier(price: Decimal | TieredPrices, tier: int, starts: Sequence[int]) -> Decimal:
    """The price after so many of the starts were passed."""
    if not isinstance(price, TieredPrices):
        return price
    passed = [each for each in price.tiers if tier and each.start <= starts[tier - 1]]
    return passed[-1].price if passed else price.base


def whole_rates(rates: Sequence[Sequence[Decimal]]) -> tuple[tuple[tuple[int, ...], ...], int] | None:
    """Prices as whole numbers of one power of ten, and that power; None where they need too many digits."""
    digits = [rate.normalize().as_tuple().exponent for row in rates for rate in row]
    exponent = min((each for each in digits if isinstance(each, int)), default=0)
    whole = tuple(tuple(int(rate.scaleb(-exponent)) for rate in row) for row in rates)
    if any(number >= LARGEST_RATE for row in whole for number in row):
        return None
    return whole, exponent


def per_piece(price: Decimal, unit: UnitDef) -> Decimal | None:
    """The price of one token or call; None where the division does not come out even."""
    power = len(str(unit.per)) - 1
    return price.scaleb(-power) if unit.per == 10**power else None


def compiled(shape: UsageExtractor, price: ModelPrice) -> FastPrice | None:
    """The price of blocks of a shape; None where the arithmetic is left to the library."""
    priced = priced_units(price)
    reads, slots = _reads(shape)
    if reads is None or not any(read.needed for read in reads):
        return None
    leaves, kinds = _leaves(priced, slots)
    starts = tier_starts(priced.values())
    rates = []
    for tier in range(len(starts) + 1):
        row = [per_piece(rate_in_tier(priced[kind], tier, starts), REGISTRY.units[kind]) for kind in kinds]
        rates.append(row)
    even = [[rate for rate in row if rate is not None] for row in rates]
    if any(len(row) < len(kinds) for row in even):
        return None
    if starts and "input_tokens" not in slots:
        return None
    request = priced.get("requests")
    if isinstance(request, TieredPrices):
        return None
    whole = whole_rates([*even, [Decimal(0) if request is None else request.scaleb(-3)]])
    if whole is None:
        return None
    (*by_tier, (per_request,)), exponent = whole
    needed = {slot for read in reads if read.needed for slot in read.slots}
    how = Arithmetic(
        reads=reads,
        # One more count, never seen, stands for every kind the shape does not report.
        slots=len(slots) + 1,
        leaves=leaves,
        rates=tuple(by_tier),
        starts=starts,
        input_slot=slots.get("input_tokens", 0),
        odd=_odd(priced, slots, needed),
        unpriced=_unpriced(priced, slots),
        per_request=per_request,
        exponent=exponent,
    )
    return FastPrice(how)


def _reads(shape: UsageExtractor) -> tuple[tuple[Read, ...] | None, dict[str, int]]:
    """The numbers a shape reads, and the position of every count; no reads where a path is too deep."""
    slots: dict[str, int] = {}
    added: dict[tuple[str, ...], list[int]] = {}
    needed: set[tuple[str, ...]] = set()
    for mapping in shape.mappings:
        path = tuple(step for step in steps(mapping.path) if isinstance(step, str))
        if len(path) != len(steps(mapping.path)) or len(path) > MOST_STEPS:
            return None, {}
        if mapping.dest not in REGISTRY.units:
            continue
        added.setdefault(path, []).append(slots.setdefault(mapping.dest, len(slots)))
        if mapping.required:
            needed.add(path)
    reads = [
        Read(path[0] if len(path) > 1 else None, path[-1], tuple(into), path in needed)
        for path, into in added.items()
    ]
    return tuple(reads), slots


def _leaves(
    priced: Mapping[str, object], slots: Mapping[str, int]
) -> tuple[tuple[Leaf, ...], tuple[str, ...]]:
    """The priced kinds a shape reports, the most special first, as the library goes through them."""
    kinds = sorted(
        (kind for kind in priced if kind in slots),
        key=lambda kind: (-len(REGISTRY.units[kind].dimensions), kind),
    )
    leaves = []
    for position, kind in enumerate(kinds):
        unit = REGISTRY.units[kind]
        inside = [
            before
            for before, other in enumerate(kinds[:position])
            if is_descendant_or_self(unit, REGISTRY.units[other])
        ]
        way = {"input": INPUT, "output": OUTPUT}.get(unit.dimensions.get("direction", ""), NEITHER)
        leaves.append(Leaf(slots[kind], tuple(inside), way))
    return tuple(leaves), tuple(kinds)


def _odd(
    priced: Mapping[str, object], slots: Mapping[str, int], needed: set[int]
) -> tuple[tuple[int, ...], ...]:
    """Priced kinds that may be missing while kinds inside or across them are counted, which is refused."""
    found = []
    for kind in priced:
        if slots.get(kind) in needed or kind == "requests":
            continue
        unit = REGISTRY.units[kind]
        parts = {
            other for other in slots if other != kind and is_descendant_or_self(unit, REGISTRY.units[other])
        }
        parts.update(*(pair for pair in combinations(slots, 2) if _crosses_at(unit, pair)))
        if parts:
            found.append((slots.get(kind, len(slots)), *sorted(slots[part] for part in parts)))
    return tuple(found)


def _crosses_at(unit: UnitDef, pair: tuple[str, str]) -> bool:
    """Whether two kinds, neither inside the other, have exactly this one in common."""
    one, other = (REGISTRY.units[each] for each in pair)
    if is_descendant_or_self(one, other) or is_descendant_or_self(other, one):
        return False
    return one.is_compatible_with(other) and unit.dimensions == {**one.dimensions, **other.dimensions}


def _unpriced(priced: Mapping[str, object], slots: Mapping[str, int]) -> tuple[int, ...]:
    """Counts of tokens that nothing priced covers; a model the table lists without any price is free."""
    if not priced:
        return ()
    return tuple(slot for kind, slot in slots.items() if is_tokens(kind) and not has_price_for(kind, priced))

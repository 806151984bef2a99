"""A shape and a price compiled into whole-number arithmetic, for the path of every call.

The library prices a block in 0.1 ms, which is a fourth of what the whole gateway may take; this does
the same in a few microseconds. It answers only where it gives the very number the library gives, and
says None for everything odd: the caller then asks the library (a property test compares the two).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

MOST_TOKENS = 10**12
"""Larger counts are left to the library; below, sums stay within the 28 digits decimals have."""
LARGEST_RATE = 10**12
"""Likewise for prices, in the unit of the smallest digit among them."""

Charge = tuple[Decimal, Decimal, Decimal]
"""USD for input, for output, and for everything (calls of tools have no direction)."""


@dataclass(frozen=True, slots=True)
class Read:
    """One number of a block: where it stands and which counts it is added to."""

    outer: str | None
    key: str
    slots: tuple[int, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """One priced kind: its own tokens are its count less those of the priced kinds inside it."""

    slot: int
    inside: tuple[int, ...]
    """Positions of leaves before this one."""
    direction: int
    """0 input, 1 output, 2 neither."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """All it takes to price blocks of one shape at one price."""

    reads: tuple[Read, ...]
    slots: int
    """Counts kept, one of them for whatever the shape does not report."""
    leaves: tuple[Leaf, ...]
    rates: tuple[tuple[int, ...], ...]
    """Of the leaves, by tier reached; in powers of ten of `exponent`."""
    starts: tuple[int, ...]
    input_slot: int
    odd: tuple[tuple[int, ...], ...]
    """Slots of a whole, and of the parts that are refused without it."""
    unpriced: tuple[int, ...]
    per_request: int
    exponent: int


class FastPrice:
    """What blocks of one shape cost at one price."""

    # Plain tuples and loops: attributes of small objects would take as long as the arithmetic.
    def __init__(self, how: Arithmetic) -> None:
        outers = dict.fromkeys(read.outer for read in how.reads)
        self._reads = tuple(
            (
                outer,
                any(read.needed for read in how.reads if read.outer == outer),
                tuple(
                    (read.key, read.slots, sum(1 << slot for slot in read.slots), read.needed)
                    for read in how.reads
                    if read.outer == outer
                ),
            )
            for outer in outers
        )
        self._zeros = [0] * how.slots
        self._by_tier = tuple(
            tuple(
                (leaf.slot, leaf.inside, leaf.direction, rate)
                for leaf, rate in zip(how.leaves, rates, strict=True)
            )
            for rates in how.rates
        )
        self._starts = how.starts
        self._input_slot = how.input_slot
        self._odd = how.odd
        self._unpriced = how.unpriced
        self._watches = bool(how.odd or how.unpriced)
        self._per_request = how.per_request
        self._smallest = Decimal((0, (1,), how.exponent))

    def charge(self, block: Mapping[str, object]) -> Charge | None:
        """What a block costs; None where only the library can tell."""
        counts = self._zeros.copy()
        seen = 0
        for outer, needs, keys in self._reads:
            at: object = block if outer is None else block.get(outer)
            if type(at) is not dict:
                if needs or isinstance(at, Mapping):
                    return None
                continue
            for key, slots, mask, needed in keys:
                value = at.get(key)
                if value is None:
                    if needed:
                        return None
                    continue
                if type(value) is not int or not 0 <= value < MOST_TOKENS:
                    return None
                seen |= mask
                if value:
                    for slot in slots:
                        counts[slot] += value
        if not seen or (self._watches and self._is_odd(counts, seen)):
            return None
        return self._sum(counts)

    def _is_odd(self, counts: Sequence[int], seen: int) -> bool:
        """Whether something is counted that has no price, or a part without its whole."""
        for slot in self._unpriced:
            if counts[slot]:
                return True
        for whole, *parts in self._odd:
            if not seen >> whole & 1 and any(counts[part] for part in parts):
                return True
        return False

    def _sum(self, counts: Sequence[int]) -> Charge | None:
        tier = bisect_left(self._starts, counts[self._input_slot]) if self._starts else 0
        sums = [0, 0, self._per_request]
        own: list[int] = []
        for slot, inside, direction, rate in self._by_tier[tier]:
            tokens = counts[slot]
            for position in inside:
                tokens -= own[position]
            if tokens < 0:
                return None
            own.append(tokens)
            sums[direction] += tokens * rate
        into, out, other = sums
        smallest = self._smallest
        return smallest * into, smallest * out, smallest * (into + out + other)

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


class FastPrice:
    """What blocks of one shape cost at one price."""

    def __init__(
        self,
        *,
        reads: tuple[Read, ...],
        slots: int,
        leaves: tuple[Leaf, ...],
        rates: tuple[tuple[int, ...], ...],
        starts: tuple[int, ...],
        input_slot: int,
        odd: tuple[tuple[int, ...], ...],
        unpriced: tuple[int, ...],
        per_request: int,
        exponent: int,
    ) -> None:
        self._reads = reads
        self._zeros = [0] * slots
        self._leaves = leaves
        self._rates = rates
        self._starts = starts
        self._input_slot = input_slot
        self._odd = odd
        self._unpriced = unpriced
        self._per_request = per_request
        self._exponent = exponent

    def charge(self, block: Mapping[str, object]) -> Charge | None:
        """What a block costs; None where only the library can tell."""
        counts = self._zeros.copy()
        seen = 0
        for read in self._reads:
            at: object = block
            if read.outer is not None:
                at = block.get(read.outer)
            if type(at) is not dict:
                if read.needed or (at is not None and isinstance(at, Mapping)):
                    return None
                continue
            value = at.get(read.key)
            if value is None:
                if read.needed:
                    return None
                continue
            if type(value) is not int or not 0 <= value < MOST_TOKENS:
                return None
            for slot in read.slots:
                counts[slot] += value
                seen |= 1 << slot
        if not seen or self._is_odd(counts, seen):
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
        rates = (
            self._rates[bisect_left(self._starts, counts[self._input_slot])]
            if self._starts
            else self._rates[0]
        )
        sums = [0, 0, self._per_request]
        own: list[int] = []
        for leaf, rate in zip(self._leaves, rates, strict=True):
            tokens = counts[leaf.slot]
            for position in leaf.inside:
                tokens -= own[position]
            if tokens < 0:
                return None
            own.append(tokens)
            sums[leaf.direction] += tokens * rate
        into, out, other = sums
        exponent = self._exponent
        return (
            Decimal(into).scaleb(exponent),
            Decimal(out).scaleb(exponent),
            Decimal(into + out + other).scaleb(exponent),
        )

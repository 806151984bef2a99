"""A window of time covered by the coarsest units that fit, down to the rows at its edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchkeeper.telemetry.minutes import NS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a window; what answers for it."""

    source: str | None
    """A rollup table; None for the rows themselves."""
    from_ns: int
    before_ns: int

    @property
    def from_at(self) -> int:
        """In minutes since the epoch; of a rollup's stretch, exact."""
        return self.from_ns // NS_PER_MINUTE

    @property
    def before_at(self) -> int:
        """In minutes since the epoch; of a rollup's stretch, exact."""
        return self.before_ns // NS_PER_MINUTE


def cover(from_ns: int, before_ns: int, units: Sequence[tuple[str, int]]) -> Iterator[Stretch]:
    """Stretches that cover the window exactly, without overlap.

    Args:
        from_ns: Where the window begins, in nanoseconds since the epoch.
        before_ns: Where it ends.
        units: Rollup tables and their minutes a row, coarsest first.

    >>> [s.source for s in cover(0, 90 * NS_PER_MINUTE + 1, [("hours", 60), ("minutes", 1)])]
    ['hours', 'minutes', None]
    """
    if from_ns >= before_ns:
        return
    if not units:
        yield Stretch(None, from_ns, before_ns)
        return
    (table, minutes), finer = units[0], units[1:]
    unit_ns = minutes * NS_PER_MINUTE
    first, last = -(-from_ns // unit_ns) * unit_ns, before_ns // unit_ns * unit_ns
    if first >= last:
        yield from cover(from_ns, before_ns, finer)
        return
    yield from cover(from_ns, first, finer)
    yield Stretch(table, first, last)
    yield from cover(last, before_ns, finer)

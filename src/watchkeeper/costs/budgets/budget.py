"""A budget: whose money it counts, how much there is, and what happens as it is used up."""

from dataclasses import dataclass
from decimal import ROUND_UP, Context, Decimal
from enum import StrEnum

from watchkeeper.costs.budgets.period import Per
from watchkeeper.domain.money import Spender

USD_STEP = Decimal("1E-12")
"""The smallest amount that is kept: money is stored as DECIMAL(24,12)."""
LARGEST_LIMIT_USD = Decimal(10) ** 11
"""So that sums of amounts have room in DECIMAL(24,12)."""
EVENT_PERCENTS = (Decimal(50), Decimal(75), Decimal(90))
"""Levels that raise an event and refuse nothing (FA-57 to FA-59)."""


_quantize = Context(prec=38, rounding=ROUND_UP).quantize
"""Bound once: this is asked twice a call (half the time of naming the rounding each time)."""


class Refusal(StrEnum):
    """What a level can refuse."""

    BATCH = "batch"
    """No batch item starts; those that run finish, and interactive calls go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A share of the limit that raises one event a period, and refuses what it names from there on."""

    percent: Decimal
    refuses: frozenset[Refusal] = frozenset()

    def is_reached(self, used_usd: Decimal, limit_usd: Decimal) -> bool:
        """Whether so much of a limit reaches it; exact, so 99.9 % is not 100 %."""
        return used_usd * 100 >= self.percent * limit_usd


DEFAULT_LEVELS = (
    *(Level(percent=percent) for percent in EVENT_PERCENTS),
    Level(percent=Decimal(100), refuses=frozenset({Refusal.BATCH})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Money for a workload, a route, a key, or for everything, a day or a month."""

    name: str
    per: Per
    limit_usd: Decimal
    workload: str | None = None
    route: str | None = None
    key: str | None = None
    hard: bool = False
    """Whether calls are refused rather than let past the limit."""
    entered_only: bool = False
    """Whether it counts only costs entered by hand, and no call."""
    levels: tuple[Level, ...] = DEFAULT_LEVELS

    @property
    def is_total(self) -> bool:
        """Whether it counts everything."""
        return not self.entered_only and self.workload is self.route is self.key is None

    def covers(self, spender: Spender) -> bool:
        """Whether a call of this spender counts in it."""
        if self.entered_only:
            return False
        return (
            self.workload in (None, spender.workload)
            and self.route in (None, spender.route)
            and self.key in (None, spender.key_id)
        )

    def covers_batch(self, workload: str) -> bool:
        """Whether a batch of this workload counts in it, whatever routes and keys it will use."""
        return self.is_total or (self.workload is not None and self.workload == workload)

    def line(self) -> str:
        """What it is for, in a word or two: `total`, `workload stock-research`, `entered costs`."""
        if self.entered_only:
            return "entered costs"
        for what, name in (("workload", self.workload), ("route", self.route), ("key", self.key)):
            if name is not None:
                return f"{what} {name}"
        return "total"


def rounded_up(amount_usd: Decimal) -> Decimal:
    """An amount in whole steps, never less than it was.

    >>> rounded_up(Decimal("0.0000000000001"))
    Decimal('1E-12')
    """
    return _quantize(amount_usd, USD_STEP)

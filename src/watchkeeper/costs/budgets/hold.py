"""Money set aside for one attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from watchkeeper.costs.budgets.budget import rounded_up
from watchkeeper.costs.budgets.lease import Lease
from watchkeeper.costs.budgets.ports import ZERO


@dataclass(slots=True, eq=False)
class LeasedHold:
    """A hold on leases; ended once, by whichever comes first, and never raises."""

    number: int
    leases: tuple[Lease, ...]
    accounts: str
    """The leases' numbers in the journal."""
    amount_usd: Decimal | None
    """None where the price is not known: nothing is set aside."""
    _end: "Callable[[LeasedHold, bytes, Decimal, bool], None]"
    ended: bool = False

    def settle(self, cost_usd: Decimal) -> None:
        """The attempt cost so much; what is left of the hold is free again."""
        cost = rounded_up(cost_usd)
        self._end(self, ("c " + str(self.number) + " " + str(cost) + "\n").encode(), cost, False)

    def release(self) -> None:
        """Nothing was sent, so nothing was spent."""
        self._end(self, b"r %d\n" % self.number, ZERO, False)

    def leave_unsettled(self) -> None:
        """What it cost is not known: the whole hold stays held, shown as unsettled (law 3)."""
        self._end(self, b"u %d\n" % self.number, ZERO, True)


class NoHold:
    """The hold of a call that falls under no budget."""

    __slots__ = ()

    def settle(self, cost_usd: Decimal) -> None:
        """Nothing to count."""

    def release(self) -> None:
        """Nothing to give back."""

    def leave_unsettled(self) -> None:
        """Nothing to keep."""


NO_HOLD = NoHold()

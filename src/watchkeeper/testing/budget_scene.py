"""Several gateways on one bank of budgets, with a clock that is moved and deaths at any moment."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.hold import LeasedHold, NoHold
from watchkeeper.costs.budgets.journal_files import journal_files
from watchkeeper.costs.budgets.lending import taken
from watchkeeper.costs.budgets.period import Per, period_of
from watchkeeper.costs.budgets.ports import ZERO, Account, Bank
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.domain.money import Spender
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.clock import CountedIds, MovedClock

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ANYONE = Spender(workload="search", route="ask", key_id="team-a")


class BudgetScene:
    """One bank and the purses that share it, each as if in a process of its own."""

    def __init__(self, folder: Path, budgets: Sequence[Budget], *, bank: Bank | None = None) -> None:
        """Begin with nothing spent.

        Args:
            folder: Where the journals go.
            budgets: What every purse is given.
            bank: The bank; one in memory if None.
        """
        self.folder = folder
        self.budgets = tuple(budgets)
        self.bank = bank or InMemoryBank()
        self.clock = MovedClock()
        self.ids = CountedIds()
        self.purses: list[LeasedPurse] = []
        self.pauses: list[float] = []
        """What calls waited, in seconds, without time passing."""
        self.while_waiting: Callable[[], None] = self.sync_all
        """What the others do while a call waits."""

    def purse(self, name: str = "gateway") -> LeasedPurse:
        """A gateway's purse."""
        made = LeasedPurse(
            self.folder,
            name,
            bank=self.bank,
            budgets=self.budgets,
            zone=STOCKHOLM,
            clock=self.clock,
            ids=self.ids,
            pause=self._pause,
        )
        self.purses.append(made)
        return made

    def hold(
        self, purse: LeasedPurse, usd: str | Decimal | None, spender: Spender = ANYONE
    ) -> LeasedHold | NoHold:
        """Set money aside, waiting as a call does; raises as `LeasedPurse.hold` does."""
        return asyncio.run(purse.hold(spender, None if usd is None else Decimal(usd)))

    def spend(self, purse: LeasedPurse, usd: str | Decimal, spender: Spender = ANYONE) -> None:
        """A call that costs its bound."""
        self.hold(purse, usd, spender).settle(Decimal(usd))

    def sync_all(self) -> None:
        """One tick of every gateway that lives."""
        for purse in self.purses:
            purse.sync()

    def kill(self, purse: LeasedPurse) -> None:
        """Leave of a purse what `kill -9` leaves: its journal as it is, and its lock free."""
        self.purses.remove(purse)
        purse.abandon()

    def end(self) -> None:
        """Close every purse."""
        for purse in self.purses:
            purse.close()

    def account(self, budget: str, per: Per = Per.MONTH) -> Account:
        """What the bank knows of a budget's present period."""
        return self.bank.accounts([(budget, period_of(per, self.clock.now(), STOCKHOLM))])[0]

    def taken(self, budget: str, per: Per = Per.MONTH) -> Decimal:
        """Settled, unsettled, entered and lent, in all: what the law is about."""
        account = self.account(budget, per)
        closed = account.closed_settled_usd + account.closed_unsettled_usd + account.entered_usd
        return closed + sum((taken(lease) for lease in account.leases), ZERO)

    def journals(self) -> list[Path]:
        """The journal files that are there."""
        return [file.path for files in journal_files(self.folder).values() for file in files]

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.while_waiting()

"""One budget and period as one purse has it: what it may spend, holds, and has told the bank."""

from dataclasses import dataclass, field
from decimal import Decimal

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.period import Period
from watchkeeper.costs.budgets.ports import ZERO, LeaseGrant, LeaseReport, LeaseRequest

NEVER_S = float("-inf")
Told = tuple[Decimal, Decimal, int, Decimal]


@dataclass(slots=True, kw_only=True)
class Lease:
    """Changes under the purse's lock alone."""

    number: int
    """Its account's number in the journal."""
    budget: Budget
    period: Period
    settled_usd: Decimal = ZERO
    unsettled_usd: Decimal = ZERO
    unpriced_calls: int = 0
    held_usd: Decimal = ZERO
    granted_usd: Decimal = ZERO
    """The most that may be spent of it, all that ever was included."""
    ends_s: float = NEVER_S
    """Monotonic seconds after which nothing more of it is spent."""
    idle_usd: Decimal = ZERO
    """What may lie unused, as the bank said last."""
    elsewhere_usd: Decimal | None = None
    """Settled, unsettled or entered by others, as the bank said last; None before it said anything."""
    wanted: list[Decimal] = field(default_factory=list)
    """What calls wait for."""
    refused: bool = False
    """Whether a call was refused since the bank was last asked."""
    closed: bool = False
    told: Told | None = None
    """What the bank has acknowledged."""
    open_usd: Decimal = ZERO
    """Granted less settled and unsettled: what holds may come to in all. Kept, not summed for each call."""

    @property
    def spent_usd(self) -> Decimal:
        """Settled or unsettled."""
        return self.settled_usd + self.unsettled_usd

    @property
    def free_usd(self) -> Decimal:
        """What may still be set aside of it."""
        return self.open_usd - self.held_usd

    @property
    def known_used_usd(self) -> Decimal | None:
        """Settled, unsettled or entered by anyone, as far as is known here."""
        return None if self.elsewhere_usd is None else self.elsewhere_usd + self.spent_usd

    def has_room(self, amount_usd: Decimal, at_s: float) -> bool:
        """Whether so much can be set aside now; nothing can always be."""
        if not self.budget.hard or not amount_usd:
            return True
        return at_s < self.ends_s and self.held_usd + amount_usd <= self.open_usd

    def is_spent_for(self, amount_usd: Decimal) -> bool:
        """Whether waiting is in vain: it would not fit even if every lease were given back."""
        used = self.known_used_usd
        return used is not None and self.budget.limit_usd - used < amount_usd

    @property
    def is_quiet(self) -> bool:
        """Whether the bank has nothing to learn or to give."""
        nothing_kept = not self.budget.hard or self.granted_usd == self.spent_usd
        return nothing_kept and not self.wanted and not self.refused and self.told == self._telling()

    def request(self, *, gives_back: bool) -> tuple[LeaseRequest, Told]:
        """What to ask the bank; from now on no more is spent than is said to be kept.

        Args:
            gives_back: Whether money that lies idle goes back; else all is kept unless it is scarce.
        """
        used = self.spent_usd + self.held_usd
        if self.budget.hard:
            idle = max(self.free_usd, ZERO)
            if gives_back or not self.idle_usd:
                idle = min(idle, self.idle_usd)
            self.granted_usd = used + idle
            self.open_usd = self.held_usd + idle
        self.refused = False
        telling = self._telling()
        request = LeaseRequest(
            budget=self.budget,
            report=self.report(),
            held_usd=self.held_usd,
            keep_usd=self.granted_usd,
            need_usd=sum(self.wanted, ZERO),
            least_usd=min(self.wanted, default=ZERO),
        )
        return request, telling

    def take(self, grant: LeaseGrant, *, told: Told, ends_s: float) -> None:
        """Take what the bank answered."""
        self.closed = grant.closed
        self.told = told
        self.idle_usd = grant.idle_usd
        self.elsewhere_usd = grant.used_usd - told[0] - told[1]
        if self.budget.hard:
            self.granted_usd = grant.granted_usd
            self.open_usd = grant.granted_usd - self.spent_usd
            self.ends_s = NEVER_S if grant.closed else ends_s

    def settle(self, cost_usd: Decimal) -> None:
        """So much was spent."""
        self.settled_usd += cost_usd
        self.open_usd -= cost_usd

    def leave_unsettled(self, amount_usd: Decimal | None) -> None:
        """So much may have been spent; None where the price is not known."""
        if amount_usd is None:
            self.unpriced_calls += 1
        else:
            self.unsettled_usd += amount_usd
            self.open_usd -= amount_usd

    def report(self) -> LeaseReport:
        """Its sums so far."""
        return LeaseReport(
            budget=self.budget.name,
            period=self.period,
            settled_usd=self.settled_usd,
            unsettled_usd=self.unsettled_usd,
            unpriced_calls=self.unpriced_calls,
        )

    def _telling(self) -> Told:
        return self.settled_usd, self.unsettled_usd, self.unpriced_calls, self.held_usd

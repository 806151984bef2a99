"""What budgets need from outside: a bank that all gateways share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.period import Period

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseReport:
    """What a holder has done with its lease of one budget and period so far, in sums that only grow.

    Told again, it changes nothing.
    """

    budget: str
    period: Period
    settled_usd: Decimal = ZERO
    unsettled_usd: Decimal = ZERO
    """Of calls whose cost will never be known: held to the period's end."""
    unpriced_calls: int = 0
    """Calls that cost something nobody knows, for their price is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRequest:
    """A report, with what the holder keeps of its lease and what more it needs."""

    budget: Budget
    report: LeaseReport
    held_usd: Decimal = ZERO
    """Of calls in flight."""
    keep_usd: Decimal = ZERO
    """The most it may spend until it is answered, all it ever spent included; the rest it gives back."""
    need_usd: Decimal = ZERO
    """More that calls wait for, in all."""
    least_usd: Decimal = ZERO
    """The smallest single amount that would help; less is not granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGrant:
    """What the bank answers to a request."""

    granted_usd: Decimal
    """The most the holder may spend of this lease, all it ever spent included."""
    idle_usd: Decimal
    """What it may keep unused; more goes back with its next request."""
    unspent_usd: Decimal
    """Limit less what is settled, unsettled or entered, by anyone: what could be left at best."""
    used_usd: Decimal
    """Settled, unsettled or entered, by anyone."""
    closed: bool = False
    """The lease was closed: its journal was taken for a dead gateway's, and nothing of it may be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLease:
    """What one holder has of a budget and period, as the bank knows it."""

    holder: str
    granted_usd: Decimal
    settled_usd: Decimal
    unsettled_usd: Decimal
    held_usd: Decimal
    unpriced_calls: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A level that was reached; once a period."""

    budget: str
    period_start: datetime
    percent: Decimal
    used_usd: Decimal
    limit_usd: Decimal
    reached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enabled:
    """A person opened again what a level had refused, until the period ends."""

    budget: str
    period_start: datetime
    percent: Decimal
    by: str
    reason: str
    enabled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A cost that no call made, entered by hand, such as infrastructure."""

    entry_id: str
    """Entered again under the same id, it counts once."""
    budget: str
    """The budget it was entered for."""
    usd: Decimal
    what: str
    by: str | None
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All the bank knows of one budget and period."""

    budget: str
    period: Period
    closed_settled_usd: Decimal = ZERO
    """Settled in leases that are closed."""
    closed_unsettled_usd: Decimal = ZERO
    closed_unpriced_calls: int = 0
    entered_usd: Decimal = ZERO
    leases: tuple[OpenLease, ...] = ()
    reached: tuple[Reached, ...] = ()
    enabled: tuple[Enabled, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def settled_usd(self) -> Decimal:
        """What calls are known to have cost."""
        return self.closed_settled_usd + sum((lease.settled_usd for lease in self.leases), ZERO)

    @property
    def unsettled_usd(self) -> Decimal:
        """What calls with unknown cost may have cost, as their holders told."""
        return self.closed_unsettled_usd + sum((lease.unsettled_usd for lease in self.leases), ZERO)

    @property
    def used_usd(self) -> Decimal:
        """Settled, unsettled and entered: what levels and forecasts go by."""
        return self.settled_usd + self.unsettled_usd + self.entered_usd


class Bank(Protocol):
    """Lends the money of budgets; called from many threads and processes at once.

    The law it keeps, of every budget and period: what was granted and not given back, settled, unsettled
    or entered is never more than the limit, but by what was entered, by a limit that was lowered, or by
    calls that cost more than their bound.
    """

    def exchange(
        self, holder: str, seq: int, requests: Sequence[LeaseRequest], *, now: datetime, lease_s: float
    ) -> tuple[LeaseGrant, ...]:
        """Take a holder's reports and what it gives back, and grant what it needs; all or nothing.

        Args:
            holder: Who asks; unique over all gateways and their lives.
            seq: Grows with each exchange of a holder; one that is overtaken changes nothing.
            requests: One per budget and period.
            now: When it was asked.
            lease_s: How long the holder will spend without asking again, in seconds.

        Returns:
            One per request, in their order.

        Raises:
            UnavailableError: It may or may not have happened.
        """
        ...

    def close(self, holder: str, reports: Sequence[LeaseReport], *, now: datetime) -> None:
        """End every lease of a holder: what it settled and left unsettled counts, the rest goes back.

        Repeating it changes nothing, nor does what the holder might still send.

        Args:
            holder: Whose leases.
            reports: Its last word, also of budgets the bank has never heard of from it.
            now: When.

        Raises:
            UnavailableError: It may or may not have happened.
        """
        ...

    def accounts(self, wanted: Sequence[tuple[str, Period]]) -> tuple[Account, ...]:
        """All that is known of these budgets and periods at one moment, in the order asked for.

        Raises:
            UnavailableError: The bank cannot be reached.
        """
        ...

    def enter(self, entry: Entry, into: Sequence[tuple[Budget, Period]]) -> None:
        """Count an entered cost in these budgets, once, whether or not there is room.

        Raises:
            UnavailableError: It may or may not have happened; enter it again under the same id.
        """
        ...

    def enable(self, enabled: Enabled) -> None:
        """Keep, for ever, that a person opened again what a level had refused."""
        ...

    def raise_levels(self, wanted: Sequence[tuple[Budget, Period]], *, now: datetime) -> None:
        """Raise the events of levels that are reached and were not raised, such as by a recovery.

        Raises:
            UnavailableError: It may or may not have happened.
        """
        ...

    def events(self, *, since: datetime) -> tuple[Reached, ...]:
        """The levels reached from an instant on, oldest first."""
        ...

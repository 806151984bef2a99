"""A bank of budgets in memory; it keeps the same laws as the one in PostgreSQL (one contract suite)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TypeVar

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.lending import (
    closed_grant,
    is_scarce,
    lend,
    levels_passed,
    with_lease_closed,
)
from watchkeeper.costs.budgets.period import Period
from watchkeeper.costs.budgets.ports import (
    Account,
    Enabled,
    Entry,
    LeaseGrant,
    LeaseReport,
    LeaseRequest,
    OpenLease,
    Reached,
)
from watchkeeper.domain.errors import ConflictError, UnavailableError

T = TypeVar("T")
_Key = tuple[str, datetime]


@dataclass(slots=True)
class _Row:
    account: Account
    seqs: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    scarce_at: datetime | None = None


class InMemoryBank:
    """A `Bank` in memory, shared by every purse of the process.

    Set `away` and it cannot be reached; with `loses_replies` it does what is asked and fails after it.
    """

    def __init__(self) -> None:
        self.away = False
        self.loses_replies = False
        self._rows: dict[_Key, _Row] = {}
        self._lock = Lock()

    def exchange(
        self, holder: str, seq: int, requests: Sequence[LeaseRequest], *, now: datetime, lease_s: float
    ) -> tuple[LeaseGrant, ...]:
        """See `Bank.exchange`."""
        return self._reached(
            lambda: tuple(self._lend(holder, seq, one, now=now, lease_s=lease_s) for one in requests)
        )

    def close(self, holder: str, reports: Sequence[LeaseReport], *, now: datetime) -> None:  # noqa: ARG002 - the port's
        """See `Bank.close`."""
        self._reached(lambda: self._close(holder, reports))

    def accounts(self, wanted: Sequence[tuple[str, Period]]) -> tuple[Account, ...]:
        """See `Bank.accounts`."""
        return self._reached(lambda: tuple(self._row(*one).account for one in wanted))

    def enter(self, entry: Entry, into: Sequence[tuple[Budget, Period]]) -> None:
        """See `Bank.enter`."""
        self._reached(lambda: self._enter(entry, into))

    def enable(self, enabled: Enabled) -> None:
        """See `Bank.enable`."""

        def keep() -> None:
            row = self._rows[enabled.budget, enabled.period_start]
            row.account = replace(row.account, enabled=(*row.account.enabled, enabled))

        self._reached(keep)

    def raise_levels(self, wanted: Sequence[tuple[Budget, Period]], *, now: datetime) -> None:
        """See `Bank.raise_levels`."""

        def look() -> None:
            for budget, period in wanted:
                self._raise_levels(self._row(budget.name, period), budget, now)

        self._reached(look)

    def events(self, *, since: datetime) -> tuple[Reached, ...]:
        """See `Bank.events`."""
        every = [one for row in self._rows.values() for one in row.account.reached if one.reached_at >= since]
        return tuple(sorted(every, key=lambda one: (one.reached_at, one.budget, one.percent)))

    def _reached(self, act: Callable[[], T]) -> T:
        with self._lock:
            if self.away:
                raise _unreachable()
            done = act()
            if self.loses_replies:
                raise _unreachable()
            return done

    def _row(self, budget: str, period: Period) -> _Row:
        fresh = _Row(Account(budget=budget, period=period))
        return self._rows.setdefault((budget, period.start), fresh)

    def _lend(
        self, holder: str, seq: int, request: LeaseRequest, *, now: datetime, lease_s: float
    ) -> LeaseGrant:
        row = self._row(request.report.budget, request.report.period)
        if holder in row.closed:
            return closed_grant(request, row.account)
        if seq <= row.seqs.get(holder, -1):
            raise ConflictError(f"exchange {seq} of {holder} was overtaken", action="ask again")
        row.seqs[holder] = seq
        lent = lend(
            row.account, holder, request, now=now, lease_s=lease_s, scarce=is_scarce(row.scarce_at, now)
        )
        if lent.in_vain:
            row.scarce_at = now
        others = tuple(lease for lease in row.account.leases if lease.holder != holder)
        row.account = replace(row.account, leases=(*others, lent.lease))
        self._raise_levels(row, request.budget, now)
        return lent.grant

    def _close(self, holder: str, reports: Sequence[LeaseReport]) -> None:
        last_words = {(one.budget, one.period.start): one for one in reports}
        for one in reports:
            self._row(one.budget, one.period)
        for key, row in self._rows.items():
            kept, word = _lease_of(row.account, holder), last_words.get(key)
            if holder in row.closed or (kept is None and word is None):
                continue
            row.closed.add(holder)
            row.account = with_lease_closed(row.account, holder, kept, word)

    def _enter(self, entry: Entry, into: Sequence[tuple[Budget, Period]]) -> None:
        for budget, period in into:
            row = self._row(budget.name, period)
            if entry.entry_id in {one.entry_id for one in row.account.entries}:
                continue
            row.account = replace(
                row.account,
                entered_usd=row.account.entered_usd + entry.usd,
                entries=(*row.account.entries, entry),
            )
            self._raise_levels(row, budget, entry.entered_at)

    def _raise_levels(self, row: _Row, budget: Budget, now: datetime) -> None:
        passed = levels_passed(budget, row.account, row.account.used_usd, now=now)
        row.account = replace(row.account, reached=(*row.account.reached, *passed))


def _lease_of(account: Account, holder: str) -> OpenLease | None:
    return next((lease for lease in account.leases if lease.holder == holder), None)


def _unreachable() -> UnavailableError:
    return UnavailableError("the bank does not answer", action="see that PostgreSQL runs")

"""The purse of one gateway process: it spends what the bank lent it, in memory, journalled (law 3)."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from watchkeeper.costs.budgets import refusals
from watchkeeper.costs.budgets.budget import Budget, rounded_up
from watchkeeper.costs.budgets.hold import NO_HOLD, LeasedHold, NoHold
from watchkeeper.costs.budgets.journal_files import claim_journal, journal_files, unwritable
from watchkeeper.costs.budgets.lease import Lease
from watchkeeper.costs.budgets.period import period_of
from watchkeeper.costs.budgets.ports import Bank
from watchkeeper.costs.budgets.purse_journal import PurseJournal
from watchkeeper.costs.budgets.recovery import Recovered, recover_files, recover_journals
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import ConflictError, UnavailableError, WatchkeeperError
from watchkeeper.domain.money import Spender

LEASE_S = 300.0
"""How long a gateway goes on spending what it was lent while the bank is away, in seconds."""
ASK_AGAIN_S = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
"""Pauses before the bank is asked again, some two seconds in all: others give back idle money at each
sync, twice a second, and calls in flight end."""
ASK_WITHIN_S = 3.0
"""How long a call waits for one answer of the bank, in seconds."""
RECOVER_EVERY = 2
"""Syncs from one look at the journals of dead gateways to the next: what a dead one was lent comes back while
calls still wait for it."""
_MOST_PATHS = 10_000
"""Spenders remembered with their leases; workloads come from clients, so there may be any number."""


@dataclass(frozen=True, slots=True)
class _Path:
    """The leases of one spender, good while its periods last."""

    leases: tuple[Lease, ...]
    hard: tuple[Lease, ...]
    accounts: str
    start: datetime
    end: datetime


class LeasedPurse:
    """A `Purse`: holds are taken from leases in memory; `sync` keeps lease and bank in step.

    Thread-safe, for one process and one event loop. Whoever owns it calls `sync` twice a second in a
    thread, and `close` at the end.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        bank: Bank,
        budgets: Sequence[Budget],
        zone: ZoneInfo,
        clock: Clock,
        ids: IdSource,
        lease_s: float = LEASE_S,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Claim a journal; the bank is not asked yet, so a gateway starts while it is away.

        Args:
            folder: The journals', `<data>/budget`.
            name: The gateway's, such as `gateway`; of several at once each gets a number.
            bank: The money all gateways share.
            budgets: As configured.
            zone: Where days and months are counted.
            clock: Time.
            ids: A new id names this holder at the bank.
            lease_s: How long it spends without hearing of the bank, in seconds.
            pause: Waits so many seconds.

        Raises:
            StorageFullError: The journal cannot be written.
        """
        self._folder = folder
        self._bank = bank
        self._zone = zone
        self._clock = clock
        self._lease_s = lease_s
        self._pause = pause
        self._holder = ids.trace_id()
        self._budgets = tuple(budgets)
        self._leases: dict[tuple[str, datetime], Lease] = {}
        self._paths: dict[Spender, _Path] = {}
        self._lock = threading.Lock()
        self._exchanging = threading.Lock()
        self._syncing = threading.Lock()
        self._seq = 0
        self._syncs = 0
        self._asked: Future[None] | None = None
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="budget-ask")
        self._closed = False
        self._claim = claim_journal(folder, name)
        try:
            self._journal = PurseJournal(folder, self._claim.writer, self._holder)
        except OSError as problem:
            self._claim.release()
            raise unwritable(folder, problem) from problem
        self.recovered: Recovered = Recovered()
        """What the last look at dead gateways' journals found."""

    @property
    def name(self) -> str:
        """What its journal files begin with."""
        return self._claim.writer

    def holds_in_flight(self) -> tuple[LeasedHold, ...]:
        """What is set aside and has not ended."""
        with self._lock:
            return tuple(self._journal.open_holds.values())

    async def hold(self, spender: Spender, bound_usd: Decimal | None) -> LeasedHold | NoHold:
        """Set money aside in every budget the spender falls under; see `Purse.hold`.

        Raises:
            BudgetSpentError: A hard limit leaves no room.
            PriceUnknownError: A hard limit applies and the price is not known.
            UnavailableError: The lease is spent or over, and the bank cannot be reached.
            StorageFullError: It cannot be journalled.
        """
        amount = None if bound_usd is None else rounded_up(bound_usd)
        with self._lock:
            found = self._try(spender, amount)
        if not isinstance(found, Lease):
            return found
        assert amount is not None
        return await self._wait_for(spender, amount, found)

    def use(self, budgets: Sequence[Budget], *, zone: ZoneInfo | None = None) -> None:
        """Go on with other budgets, and in another zone if given; holds in flight end where they began."""
        by_name = {budget.name: budget for budget in budgets}
        with self._lock:
            self._budgets = tuple(budgets)
            self._zone = zone or self._zone
            self._paths.clear()
            for lease in self._leases.values():
                lease.budget = by_name.get(lease.budget.name, lease.budget)

    def sync(self) -> None:
        """Bring the journal to disk, report to the bank, give back what is idle, recover the dead.

        Blocks for as long as disk and bank take; call it in a thread twice a second.

        Raises:
            UnavailableError: The bank cannot be reached; what was lent is spent on.
            StorageFullError: The journal cannot be synced.
        """
        with self._syncing:
            if self._closed:
                return
            try:
                self._journal.flush(self._lock, self._leases.values)
            except OSError as problem:
                raise unwritable(self._folder, problem) from problem
            # A second time at once, for what the first answer said is scarce.
            if self._exchange(gives_back=True):
                self._exchange(gives_back=True)
            if self._syncs % RECOVER_EVERY == 0:
                self._recover()
            self._syncs += 1

    def close(self) -> None:
        """Give everything back; what is still in flight counts as unsettled. Closing twice does nothing.

        With the bank away the journal stays, and whoever comes next brings it to the bank.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._asker.shutdown()
        # A sync that has begun ends first: it uses the journal's file.
        with self._syncing:
            try:
                self._journal.close()
                recover_files(journal_files(self._folder)[self.name], self._bank, clock=self._clock)
            except (WatchkeeperError, OSError):
                pass  # the journal stays, and is recovered later
            finally:
                self._claim.release()

    def abandon(self) -> None:
        """Let go of the journal as a process that dies does: nothing is given back or reported."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._asker.shutdown()
        with self._syncing:
            self._journal.close()
            self._claim.release()

    # The fast path: under the lock, in memory, one line written.

    def _try(self, spender: Spender, amount: Decimal | None) -> LeasedHold | NoHold | Lease:
        """A hold, or the lease that lacks room."""
        if self._closed:
            raise ConflictError("the purse is closed", action="open a new one")
        now = self._clock.now()
        path = self._paths.get(spender)
        if path is None or not path.start <= now < path.end:
            path = self._path(spender, now)
        if path.hard:
            if amount is None:
                raise refusals.unpriced(path.hard[0].budget)
            at_s = self._clock.monotonic()
            for lease in path.hard:
                if not lease.has_room(amount, at_s):
                    return lease
        elif not path.leases:
            return NO_HOLD
        return self._take(path, amount)

    def _take(self, path: _Path, amount: Decimal | None) -> LeasedHold:
        try:
            number = self._journal.hold(amount, path.accounts)
        except OSError as problem:
            raise unwritable(self._folder, problem) from problem
        if amount:
            for lease in path.leases:
                lease.held_usd += amount
        hold = LeasedHold(number, path.leases, path.accounts, amount, self._end)
        self._journal.open_holds[number] = hold
        return hold

    def _end(self, hold: LeasedHold, line: bytes, cost: Decimal, unsettled: bool) -> None:
        with self._lock:
            if hold.ended or self._closed:
                return
            hold.ended = True
            amount = hold.amount_usd
            for lease in hold.leases:
                if amount:
                    lease.held_usd -= amount
                if unsettled:
                    lease.leave_unsettled(amount)
                elif cost:
                    lease.settle(cost)
            del self._journal.open_holds[hold.number]
            # Unwritten, a crash would count the hold as unsettled: never less than it cost.
            with suppress(OSError):
                self._journal.end(line)

    def _path(self, spender: Spender, now: datetime) -> _Path:
        leases = tuple(self._lease(budget, now) for budget in self._budgets if budget.covers(spender))
        path = _Path(
            leases=leases,
            hard=tuple(lease for lease in leases if lease.budget.hard),
            accounts=",".join(str(lease.number) for lease in leases),
            start=max((lease.period.start for lease in leases), default=now),
            end=min((lease.period.end for lease in leases), default=datetime.max.replace(tzinfo=now.tzinfo)),
        )
        if len(self._paths) >= _MOST_PATHS:
            self._paths.clear()
        self._paths[spender] = path
        return path

    def _lease(self, budget: Budget, now: datetime) -> Lease:
        period = period_of(budget.per, now, self._zone)
        key = (budget.name, period.start)
        lease = self._leases.get(key)
        if lease is None:
            lease = Lease(number=len(self._leases) + 1, budget=budget, period=period)
            try:
                self._journal.account(lease)
            except OSError as problem:
                raise unwritable(self._folder, problem) from problem
            self._leases[key] = lease
        return lease

    # The slow path: the bank is asked, in a thread, once for all calls that wait.

    async def _wait_for(self, spender: Spender, amount: Decimal, lacking: Lease) -> LeasedHold | NoHold:
        for pause_s in (0.0, *ASK_AGAIN_S):
            if lacking.is_spent_for(amount):
                break
            if pause_s:
                await self._pause(pause_s)
            found = await self._ask_for(spender, amount, lacking)
            if not isinstance(found, Lease):
                return found
            lacking = found
        lacking.refused = True
        raise refusals.spent(lacking, amount, self._zone)

    async def _ask_for(
        self, spender: Spender, amount: Decimal, lacking: Lease
    ) -> LeasedHold | NoHold | Lease:
        """Ask the bank for what the call needs, then try again."""
        with self._lock:
            found = self._try(spender, amount)
            if not isinstance(found, Lease):
                return found
            short = [
                lease for lease in self._paths[spender].hard if not lease.has_room(amount, self._now_s())
            ]
            for lease in short:
                lease.wanted.append(amount)
            if self._asked is None:
                self._asked = self._asker.submit(self._ask)
            asked = self._asked
        try:
            await self._answer(asked, lacking)
        finally:
            with self._lock:
                for lease in short:
                    lease.wanted.remove(amount)
        with self._lock:
            return self._try(spender, amount)

    async def _answer(self, asked: "Future[None]", lacking: Lease) -> None:
        # Shielded: a caller that hangs up must not take the answer from the others.
        waiting = asyncio.ensure_future(asyncio.shield(asyncio.wrap_future(asked)))
        try:
            await asyncio.wait_for(waiting, ASK_WITHIN_S)
        except TimeoutError:
            late = UnavailableError(f"the bank did not answer within {ASK_WITHIN_S:g} s")
            raise refusals.out_of_reach(lacking, late) from None
        except UnavailableError as problem:
            raise refusals.out_of_reach(lacking, problem) from problem

    def _ask(self) -> None:
        with self._exchanging:
            with self._lock:
                # Who comes from here on is not in this question and asks the next.
                self._asked = None
            self._exchange_locked(gives_back=False)

    def _exchange(self, *, gives_back: bool) -> bool:
        with self._exchanging:
            return self._exchange_locked(gives_back=gives_back)

    def _exchange_locked(self, *, gives_back: bool) -> bool:
        """Tell the bank, and take what it grants; whether idle money should go back at once."""
        with self._lock:
            if self._closed:
                return False
            leases = [
                one for one in self._leases.values() if (not one.is_quiet if gives_back else one.wanted)
            ]
            asked = [lease.request(gives_back=gives_back) for lease in leases]
            self._seq += 1
            seq, began_s, now = self._seq, self._clock.monotonic(), self._clock.now()
        if not asked:
            return False
        requests = [request for request, _ in asked]
        grants = self._bank.exchange(self._holder, seq, requests, now=now, lease_s=self._lease_s)
        with self._lock:
            for lease, (_, told), grant in zip(leases, asked, grants, strict=True):
                lease.take(grant, told=told, ends_s=began_s + self._lease_s)
            return any(lease.budget.hard and lease.free_usd > 0 and not lease.idle_usd for lease in leases)

    def _recover(self) -> None:
        # The file that is written is left unread: at its longest that would take half a second, each second.
        before = [
            file
            for file in journal_files(self._folder).get(self.name, ())
            if file.number < self._journal.number
        ]
        mine = recover_files(
            before,
            self._bank,
            clock=self._clock,
            living=self._holder,
        )
        others = recover_journals(self._folder, self._bank, clock=self._clock)
        self.recovered = Recovered((*mine.holders, *others.holders), (*mine.damaged, *others.damaged))

    def _now_s(self) -> float:
        return self._clock.monotonic()

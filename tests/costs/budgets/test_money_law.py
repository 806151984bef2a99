"""Law 3 under anything that can happen: the sum never passes the limit, and no cent is lost."""

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.hold import LeasedHold, NoHold
from watchkeeper.costs.budgets.period import Per, period_of
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.costs.budgets.recovery import recover_journals
from watchkeeper.domain.errors import BudgetSpentError, UnavailableError
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.budget_scene import STOCKHOLM, BudgetScene

MONTH = Budget(name="month", per=Per.MONTH, limit_usd=Decimal(5), hard=True)
DAY = Budget(name="day", per=Per.DAY, limit_usd=Decimal(2), workload="search", hard=True)
SOFT = Budget(name="soft", per=Per.DAY, limit_usd=Decimal(1))
BUDGETS = (MONTH, DAY, SOFT)
amounts = st.integers(min_value=0, max_value=300).map(lambda cents: Decimal(cents) / 100)


class MoneyUnderFire(RuleBasedStateMachine):
    """Purses, their deaths, a bank that goes away or loses replies, and time that jumps."""

    holds = Bundle("holds")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.scene = BudgetScene(self.folder, BUDGETS)
        assert isinstance(self.scene.bank, InMemoryBank)
        self.bank = self.scene.bank
        self.periods: set[tuple[str, object]] = set()
        self.true_settled: dict[tuple[str, object], Decimal] = {}
        self.true_unsettled: dict[tuple[str, object], Decimal] = {}
        self.scene.while_waiting = self.tick

    def tick(self) -> None:
        for purse in self.scene.purses:
            try:
                purse.sync()
            except UnavailableError:
                assert self.bank.away or self.bank.loses_replies

    @rule()
    def a_gateway_starts(self) -> None:
        if len(self.scene.purses) < 4:
            self.scene.purse()

    @rule(target=holds, which=st.integers(0, 3), usd=amounts)
    def a_call_begins(self, which: int, usd: Decimal) -> object:
        if not self.scene.purses:
            return None
        purse = self.scene.purses[which % len(self.scene.purses)]
        try:
            held = self.scene.hold(purse, usd)
        except (BudgetSpentError, UnavailableError):
            return None
        return purse, held, usd

    @rule(one=consumes(holds), share=st.integers(0, 100))
    def a_call_ends(self, one: tuple[LeasedPurse, LeasedHold, Decimal] | None, share: int) -> None:
        if one is None or one[0] not in self.scene.purses:
            return
        cost = one[2] * share / 100
        one[1].settle(cost)
        self.count(self.true_settled, one[1], cost)

    @rule(one=consumes(holds))
    def nobody_knows_what_a_call_cost(self, one: tuple[LeasedPurse, LeasedHold, Decimal] | None) -> None:
        if one is None or one[0] not in self.scene.purses:
            return
        one[1].leave_unsettled()
        self.count(self.true_unsettled, one[1], one[2])

    @rule(one=consumes(holds))
    def a_call_was_not_sent(self, one: tuple[LeasedPurse, LeasedHold, Decimal] | None) -> None:
        if one is not None and one[0] in self.scene.purses:
            one[1].release()

    @rule(which=st.integers(0, 3))
    def a_gateway_is_killed(self, which: int) -> None:
        if self.scene.purses:
            purse = self.scene.purses[which % len(self.scene.purses)]
            for hold in purse.holds_in_flight():
                self.count(self.true_unsettled, hold, hold.amount_usd or Decimal(0))
            self.scene.kill(purse)

    @rule()
    def the_dead_are_recovered(self) -> None:
        try:
            recover_journals(self.folder, self.bank, clock=self.scene.clock)
        except UnavailableError:
            assert self.bank.away or self.bank.loses_replies

    @rule()
    def gateways_sync(self) -> None:
        self.tick()

    @rule(away=st.booleans(), loses=st.booleans())
    def the_bank_goes_or_comes(self, away: bool, loses: bool) -> None:
        self.bank.away, self.bank.loses_replies = away, loses

    @rule(seconds=st.sampled_from([0.5, 100, 301, 3600 * 5, 86400, 86400 * 20]))
    def time_passes(self, seconds: float) -> None:
        self.scene.clock.advance(seconds)

    @rule(days=st.integers(1, 40))
    def the_wall_clock_is_set_back(self, days: int) -> None:
        from datetime import timedelta

        self.scene.clock.move_to(self.scene.clock.now() - timedelta(days=days))

    def count(self, sums: dict[tuple[str, object], Decimal], hold: LeasedHold | NoHold, usd: Decimal) -> None:
        assert isinstance(hold, LeasedHold)
        for lease in hold.leases:
            key = (lease.budget.name, lease.period)
            sums[key] = sums.get(key, Decimal(0)) + usd

    @invariant()
    def no_hard_limit_is_passed(self) -> None:
        if not hasattr(self, "scene"):
            return
        now = self.scene.clock.now()
        self.periods |= {(budget.name, period_of(budget.per, now, STOCKHOLM)) for budget in BUDGETS}
        open_usd: dict[tuple[str, object], Decimal] = {}
        for purse in self.scene.purses:
            for hold in purse.holds_in_flight():
                self.count(open_usd, hold, hold.amount_usd or Decimal(0))
        for budget in (MONTH, DAY):
            for key in [key for key in self.periods if key[0] == budget.name]:
                known = (self.true_settled, self.true_unsettled, open_usd)
                assert sum(sums.get(key, Decimal(0)) for sums in known) <= budget.limit_usd

    @invariant()
    def no_more_is_lent_than_there_is(self) -> None:
        if not hasattr(self, "scene") or self.bank.away or self.bank.loses_replies:
            return
        for budget in (MONTH, DAY):
            assert self.scene.taken(budget.name, budget.per) <= budget.limit_usd

    def teardown(self) -> None:
        if not hasattr(self, "scene"):
            return
        self.bank.away = self.bank.loses_replies = False
        for purse in self.scene.purses:
            for hold in purse.holds_in_flight():
                self.count(self.true_unsettled, hold, hold.amount_usd or Decimal(0))
        self.scene.end()
        recover_journals(self.folder, self.bank, clock=self.scene.clock)
        assert self.scene.journals() == []
        for name, period in self.periods:
            (account,) = self.bank.accounts([(name, period)])
            assert account.leases == ()
            assert account.settled_usd == self.true_settled.get((name, period), 0)
            assert account.unsettled_usd == self.true_unsettled.get((name, period), 0)
        shutil.rmtree(self.folder)


TestMoneyUnderFire = MoneyUnderFire.TestCase
TestMoneyUnderFire.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

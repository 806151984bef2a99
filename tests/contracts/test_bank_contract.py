"""One contract for the bank of budgets in memory and in PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.adapters.postgres.database import Database
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.lending import taken
from watchkeeper.costs.budgets.period import Per, Period, period_of
from watchkeeper.costs.budgets.ports import (
    Account,
    Bank,
    Enabled,
    Entry,
    LeaseGrant,
    LeaseReport,
    LeaseRequest,
)
from watchkeeper.domain.errors import ConflictError
from watchkeeper.testing.budget_bank import InMemoryBank

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARCH = period_of(Per.MONTH, NOON, ZoneInfo("Europe/Stockholm"))
CENT = Decimal("0.01")
Fresh = Callable[[str], str]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def bank(request: pytest.FixtureRequest) -> Bank:
    if request.param == "in memory":
        return InMemoryBank()
    database: Database = request.getfixturevalue("database")
    return PostgresBank(database)


@pytest.fixture
def budget(fresh: Fresh) -> Budget:
    return Budget(name=fresh("budget"), per=Per.MONTH, limit_usd=Decimal(10), hard=True)


def exchange(
    bank: Bank,
    budget: Budget,
    holder: str,
    seq: int,
    *,
    period: Period = MARCH,
    now: datetime = NOON,
    **of: str,
) -> LeaseGrant:
    sums = {name: Decimal(of.pop(name, "0")) for name in ("settled_usd", "unsettled_usd")}
    report = LeaseReport(budget=budget.name, period=period, **sums)
    rest = {name: Decimal(value) for name, value in of.items()}
    asked = LeaseRequest(budget=budget, report=report, **rest)
    return bank.exchange(holder, seq, [asked], now=now, lease_s=60)[0]


def account(bank: Bank, budget: Budget, period: Period = MARCH) -> Account:
    return bank.accounts([(budget.name, period)])[0]


def lent(bank: Bank, budget: Budget) -> Decimal:
    one = account(bank, budget)
    closed = one.closed_settled_usd + one.closed_unsettled_usd + one.entered_usd
    return closed + sum((taken(lease) for lease in one.leases), Decimal(0))


def test_what_is_needed_is_granted_and_some_to_lie_idle(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    grant = exchange(bank, budget, fresh("a"), 1, need_usd="1", least_usd="1")
    assert 1 <= grant.granted_usd <= 5
    assert lent(bank, budget) == grant.granted_usd


def test_a_report_told_twice_counts_once(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    holder = fresh("a")
    for seq in (1, 2, 3):
        exchange(bank, budget, holder, seq, settled_usd="2.5", keep_usd="2.5")
    assert account(bank, budget).settled_usd == Decimal("2.5")


def test_an_exchange_that_was_overtaken_changes_nothing(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    """A request that was given up may still arrive after the next one."""
    holder = fresh("a")
    exchange(bank, budget, holder, 2, need_usd="8", least_usd="8")
    with pytest.raises(ConflictError):
        exchange(bank, budget, holder, 1)
    assert lent(bank, budget) >= 8


def test_the_last_money_is_lent_though_more_was_asked_for(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    word = LeaseReport(budget=budget.name, period=MARCH, settled_usd=Decimal(9))
    bank.close(fresh("a"), [word], now=NOON)
    grant = exchange(bank, budget, fresh("b"), 1, need_usd="3", least_usd="1")
    assert grant.granted_usd == 1


def test_crumbs_that_help_nobody_are_not_lent(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    first = fresh("a")
    exchange(bank, budget, first, 1, need_usd="9.5", least_usd="9.5")
    grant = exchange(bank, budget, fresh("b"), 1, need_usd="1", least_usd="1")
    assert grant.granted_usd == 0
    assert grant.unspent_usd == 10


def test_after_a_call_waited_in_vain_nobody_may_keep_money_idle_for_a_while(
    bank: Bank, budget: Budget, fresh: Fresh
) -> None:
    first, second = fresh("a"), fresh("b")
    exchange(bank, budget, first, 1, need_usd="9.5", least_usd="9.5")
    exchange(bank, budget, second, 1, need_usd="1", least_usd="1")
    assert exchange(bank, budget, first, 2, keep_usd="5").idle_usd == 0
    assert exchange(bank, budget, first, 3, keep_usd="5", now=NOON + timedelta(seconds=5)).idle_usd > 0


def test_what_an_expired_lease_may_have_spent_is_not_lent_again(
    bank: Bank, budget: Budget, fresh: Fresh
) -> None:
    exchange(bank, budget, fresh("a"), 1, need_usd="9", least_usd="9")
    later = NOON + timedelta(days=3)
    grant = exchange(bank, budget, fresh("b"), 1, need_usd="2", least_usd="1.5", now=later)
    assert grant.granted_usd == 0


def test_closing_counts_once_and_gives_the_rest_back(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    holder = fresh("a")
    exchange(bank, budget, holder, 1, settled_usd="1", keep_usd="1", need_usd="5", least_usd="5")
    word = LeaseReport(
        budget=budget.name,
        period=MARCH,
        settled_usd=Decimal(2),
        unsettled_usd=Decimal(1),
        unpriced_calls=4,
    )
    for _ in range(3):
        bank.close(holder, [word], now=NOON)
    known = account(bank, budget)
    assert (known.settled_usd, known.unsettled_usd, known.closed_unpriced_calls) == (2, 1, 4)
    assert known.leases == ()
    assert lent(bank, budget) == 3


def test_a_closed_holder_gets_no_more(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    holder = fresh("a")
    exchange(bank, budget, holder, 1)
    bank.close(holder, [], now=NOON)
    grant = exchange(bank, budget, holder, 2, settled_usd="1", keep_usd="1", need_usd="1", least_usd="1")
    assert grant.closed
    assert grant.granted_usd == 0
    assert account(bank, budget).settled_usd == 0


def test_closing_counts_what_the_bank_never_heard_of(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    word = LeaseReport(budget=budget.name, period=MARCH, settled_usd=CENT)
    holder = fresh("a")
    bank.close(holder, [word], now=NOON)
    bank.close(holder, [word], now=NOON)
    assert account(bank, budget).settled_usd == CENT


def test_each_level_is_reached_once_a_period_and_not_before(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    holder = fresh("a")
    for seq, usd in enumerate(["4.99", "5", "7.4", "9.99", "9.99", "10"], start=1):
        exchange(bank, budget, holder, seq, settled_usd=usd, keep_usd=usd, now=NOON + timedelta(hours=seq))
    reached = account(bank, budget).reached
    assert [(one.percent, one.used_usd) for one in reached] == [
        (Decimal(50), Decimal(5)),
        (Decimal(75), Decimal("9.99")),
        (Decimal(90), Decimal("9.99")),
        (Decimal(100), Decimal(10)),
    ]
    ours = [one for one in bank.events(since=NOON) if one.budget == budget.name]
    assert ours == list(reached)
    april = period_of(Per.MONTH, NOON + timedelta(days=40), ZoneInfo("Europe/Stockholm"))
    assert account(bank, budget, april).reached == ()


def test_a_level_that_a_closed_lease_reached_is_raised_once(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    word = LeaseReport(budget=budget.name, period=MARCH, settled_usd=Decimal(6))
    bank.close(fresh("a"), [word], now=NOON)
    for hour in range(2):
        bank.raise_levels([(budget, MARCH)], now=NOON + timedelta(hours=hour))
    assert [(one.percent, one.reached_at) for one in account(bank, budget).reached] == [(50, NOON)]


def test_an_entered_cost_counts_once_in_each_of_its_budgets_and_reaches_levels(
    bank: Bank, budget: Budget, fresh: Fresh
) -> None:
    total = replace(budget, name=fresh("total"), limit_usd=Decimal(100))
    entry = Entry(
        entry_id=fresh("entry"), budget=budget.name, usd=Decimal(6), what="servers", by="Ada", entered_at=NOON
    )
    for _ in range(2):
        bank.enter(entry, [(budget, MARCH), (total, MARCH)])
    assert [account(bank, one).entered_usd for one in (budget, total)] == [6, 6]
    assert account(bank, budget).entries == (entry,)
    assert [one.percent for one in account(bank, budget).reached] == [50]
    grant = exchange(bank, budget, fresh("a"), 1, need_usd="4.01", least_usd="4.01")
    assert grant.granted_usd == 0
    assert grant.unspent_usd == 4


def test_who_opened_a_level_again_is_kept(bank: Bank, budget: Budget, fresh: Fresh) -> None:
    exchange(bank, budget, fresh("a"), 1)
    acts = tuple(
        Enabled(
            budget=budget.name,
            period_start=MARCH.start,
            percent=Decimal(100),
            by=by,
            reason="the month's report is due",
            enabled_at=NOON + timedelta(hours=hour),
        )
        for hour, by in enumerate(["Ada", "Linus"])
    )
    for act in acts:
        bank.enable(act)
    assert account(bank, budget).enabled == acts


def test_the_audit_cannot_be_changed_or_removed(database: Database, fresh: Fresh) -> None:
    for change in (
        "update budget_enablings set reason = ''",
        "delete from budget_enablings",
        "truncate budget_enablings",
    ):
        with pytest.raises(psycopg.errors.RaiseException), database.transaction() as connection:
            connection.execute(change)


def test_a_budget_that_is_not_hard_is_counted_and_nothing_is_lent(
    bank: Bank, budget: Budget, fresh: Fresh
) -> None:
    soft = replace(budget, hard=False)
    grant = exchange(bank, soft, fresh("a"), 1, settled_usd="12", held_usd="1")
    assert grant.granted_usd == 0
    assert account(bank, soft).settled_usd == 12
    assert account(bank, soft).leases[0].held_usd == 1


def test_an_unheard_of_budget_has_nothing_on_its_account(bank: Bank, budget: Budget) -> None:
    assert account(bank, budget) == Account(budget=budget.name, period=MARCH)


steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 400), st.integers(0, 300), st.booleans()), max_size=12
)


@settings(max_examples=25, deadline=None)
@given(steps=steps)
def test_never_more_is_lent_than_there_is(
    bank: Bank, fresh: Fresh, steps: list[tuple[int, int, int, bool]]
) -> None:
    budget = Budget(name=fresh("budget"), per=Per.MONTH, limit_usd=Decimal(10), hard=True)
    holders = [fresh("holder") for _ in range(3)]
    granted = dict.fromkeys(holders, Decimal(0))
    settled = dict.fromkeys(holders, Decimal(0))
    for seq, (which, need, spend, gives_back) in enumerate(steps):
        holder = holders[which]
        settled[holder] += min(spend * CENT, granted[holder] - settled[holder])
        keep = settled[holder] if gives_back else granted[holder]
        grant = exchange(
            bank,
            budget,
            holder,
            seq,
            settled_usd=str(settled[holder]),
            keep_usd=str(keep),
            need_usd=str(need * CENT),
            least_usd=str(need * CENT),
        )
        assert grant.granted_usd >= keep
        granted[holder] = grant.granted_usd
        assert lent(bank, budget) == sum(granted.values()) <= 10
    for holder in holders:
        bank.close(holder, [], now=NOON)
    assert lent(bank, budget) == sum(settled.values())


def test_holders_that_ask_at_the_same_moment_never_get_more_than_there_is(bank: Bank, fresh: Fresh) -> None:
    pair = [Budget(name=fresh("both"), per=Per.MONTH, limit_usd=Decimal(10), hard=True) for _ in range(2)]

    def ask_often(n: int) -> None:
        holder = fresh("holder")
        settled, granted = Decimal(0), Decimal(0)
        for seq in range(15):
            # Half of them name the budgets the other way round: nobody may wait for ever.
            ordered = pair if n % 2 else pair[::-1]
            requests = [
                LeaseRequest(
                    budget=one,
                    report=LeaseReport(budget=one.name, period=MARCH, settled_usd=settled),
                    keep_usd=granted,
                    need_usd=CENT * 7,
                    least_usd=CENT * 7,
                )
                for one in ordered
            ]
            grants = bank.exchange(holder, seq, requests, now=NOON, lease_s=60)
            granted = min(grant.granted_usd for grant in grants)
            settled = granted

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask_often, range(6)))
    for one in pair:
        assert lent(bank, one) <= 10

"""What callers of a purse rely on: never past the limit, never refused while there is money."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.hold import NoHold
from watchkeeper.costs.budgets.period import Per, period_of
from watchkeeper.costs.budgets.ports import Entry
from watchkeeper.domain.errors import (
    BudgetSpentError,
    ConflictError,
    PriceUnknownError,
    UnavailableError,
)
from watchkeeper.domain.money import Spender
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.budget_scene import ANYONE, STOCKHOLM, BudgetScene

TOTAL = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(10), hard=True)
Begin = Callable[..., BudgetScene]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    scenes: list[BudgetScene] = []

    def make(*budgets: Budget) -> BudgetScene:
        scenes.append(BudgetScene(tmp_path / "budget", budgets or (TOTAL,)))
        return scenes[-1]

    yield make
    for scene in scenes:
        scene.end()


def test_what_a_call_cost_is_counted_and_the_rest_of_its_hold_is_free_again(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.hold(purse, "9").settle(Decimal("0.25"))
    scene.hold(purse, "9.75").release()
    purse.close()

    assert scene.account("total").settled_usd == Decimal("0.25")
    assert scene.taken("total") == Decimal("0.25")


def test_a_hard_limit_refuses_with_budget_spent_limit_and_reset(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.spend(purse, "9.5")

    with pytest.raises(BudgetSpentError) as refused:
        scene.hold(purse, "0.51")

    assert refused.value.status == 402
    assert refused.value.message == (
        "budget 'total' (total) has spent 9.5 of 10 USD this month, and this call may cost 0.51 USD; "
        "it begins anew at 2026-02-01 00:00 (Europe/Stockholm)"
    )
    scene.spend(purse, "0.5")


def test_money_that_is_spent_for_good_is_not_waited_for(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.spend(purse, "10")
    scene.pauses.clear()
    with pytest.raises(BudgetSpentError):
        scene.hold(purse, "0.01")
    assert scene.pauses == []


def test_a_call_gets_what_lies_idle_with_another_gateway_within_two_seconds(begin: Begin) -> None:
    scene = begin()
    first, second = scene.purse(), scene.purse()
    scene.hold(first, "1").release()

    scene.hold(second, "10").settle(Decimal(10))

    assert 0 < sum(scene.pauses) <= 2.5
    assert scene.taken("total") == 10


def test_a_call_gets_the_last_money_when_a_call_in_flight_ends(begin: Begin) -> None:
    scene = begin()
    first, second = scene.purse(), scene.purse()
    flying = scene.hold(first, "9")

    def ends() -> None:
        flying.settle(Decimal(1))
        scene.sync_all()

    scene.while_waiting = ends
    scene.spend(second, "9")
    assert scene.taken("total") == 10


def test_a_refusal_says_when_the_money_is_set_aside_for_calls_in_flight(begin: Begin) -> None:
    scene = begin()
    first, second = scene.purse(), scene.purse()
    flying = scene.hold(first, "9")
    with pytest.raises(BudgetSpentError, match=r"spent 0 of 10 .* the rest is set aside for calls in flight"):
        scene.hold(second, "2")
    flying.release()


def test_a_gateway_keeps_less_idle_the_less_is_left(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    idle = []
    for _ in range(8):
        scene.spend(purse, "1")
        scene.sync_all()
        lease = scene.account("total").leases[0]
        idle.append(lease.granted_usd - lease.settled_usd)
    assert idle == sorted(idle, reverse=True)
    assert idle[-1] <= Decimal(2)


def test_a_gateway_goes_on_within_its_lease_while_the_bank_is_away_and_stops_when_it_ends(
    begin: Begin,
) -> None:
    scene = begin()
    bank = scene.bank
    assert isinstance(bank, InMemoryBank)
    purse = scene.purse()
    scene.spend(purse, "1")
    bank.away = True

    scene.spend(purse, "1")
    with pytest.raises(UnavailableError):
        purse.sync()
    scene.spend(purse, "0.5")
    with pytest.raises(UnavailableError, match="no more can be had"):
        scene.hold(purse, "7")
    scene.clock.advance(301)
    with pytest.raises(UnavailableError, match="its time is over"):
        scene.hold(purse, "0.01")

    bank.away = False
    scene.spend(purse, "0.01")
    scene.sync_all()
    assert scene.account("total").settled_usd == Decimal("2.51")


def test_setting_the_wall_clock_back_neither_extends_a_lease_nor_frees_money(begin: Begin) -> None:
    scene = begin()
    bank = scene.bank
    assert isinstance(bank, InMemoryBank)
    purse = scene.purse()
    scene.spend(purse, "6")
    january = scene.clock.now()
    scene.clock.move_to(datetime(2026, 2, 3, tzinfo=UTC))
    scene.spend(purse, "6")
    scene.clock.move_to(january)

    with pytest.raises(BudgetSpentError):
        scene.hold(purse, "4.01")
    scene.spend(purse, "3")
    bank.away = True
    scene.clock.advance(301)
    scene.clock.move_to(january)
    with pytest.raises(UnavailableError):
        scene.hold(purse, "0.01")


def test_a_budget_begins_anew_with_its_period_and_a_call_across_it_counts_where_it_began(
    begin: Begin,
) -> None:
    scene = begin(replace(TOTAL, per=Per.DAY))
    purse = scene.purse()
    scene.spend(purse, "9")
    across = scene.hold(purse, "1")
    before = scene.clock.now()
    scene.clock.advance(24 * 3600)
    scene.spend(purse, "10")
    across.settle(Decimal(1))
    scene.sync_all()

    assert scene.account("total", Per.DAY).settled_usd == 10
    scene.clock.move_to(before)
    assert scene.account("total", Per.DAY).settled_usd == 10


def test_money_is_set_aside_in_every_budget_a_call_falls_under_or_in_none(begin: Begin) -> None:
    narrow = Budget(name="team", per=Per.DAY, limit_usd=Decimal(1), key="team-a", hard=True)
    other = Budget(name="other", per=Per.DAY, limit_usd=Decimal(1), workload="other", hard=True)
    scene = begin(TOTAL, narrow, other)
    purse = scene.purse()
    with pytest.raises(BudgetSpentError, match="budget 'team' \\(key team-a\\)"):
        scene.hold(purse, "1.5")
    scene.spend(purse, "1")
    scene.spend(purse, "1.5", replace(ANYONE, key_id="team-b"))
    scene.sync_all()
    assert scene.account("total").settled_usd == Decimal("2.5")
    assert scene.account("team", Per.DAY).settled_usd == 1
    assert scene.account("other", Per.DAY).settled_usd == 0


def test_a_budget_that_is_not_hard_counts_and_refuses_no_call(begin: Begin) -> None:
    scene = begin(replace(TOTAL, hard=False))
    purse = scene.purse()
    for _ in range(3):
        scene.spend(purse, "9")
    flying = scene.hold(purse, "9")
    scene.sync_all()
    account = scene.account("total")
    assert account.settled_usd == 27
    assert account.leases[0].held_usd == 9
    flying.release()


def test_an_unknown_price_under_a_hard_limit_says_what_to_set(begin: Begin) -> None:
    scene = begin()
    with pytest.raises(PriceUnknownError) as refused:
        scene.hold(scene.purse(), None)
    assert "`prices`" in refused.value.action


def test_an_unknown_price_under_no_hard_limit_passes_and_is_counted_as_unknown(begin: Begin) -> None:
    scene = begin(replace(TOTAL, hard=False))
    purse = scene.purse()
    scene.hold(purse, None).leave_unsettled()
    scene.hold(purse, None).settle(Decimal("0.5"))
    purse.close()
    account = scene.account("total")
    assert (account.closed_unpriced_calls, account.settled_usd, account.unsettled_usd) == (
        1,
        Decimal("0.5"),
        0,
    )


def test_what_a_call_cost_above_its_bound_is_counted_too(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.hold(purse, "1").settle(Decimal(12))
    scene.sync_all()
    assert scene.account("total").settled_usd == 12
    with pytest.raises(BudgetSpentError):
        scene.hold(purse, "0.01")


def test_a_call_with_unknown_usage_stays_held_as_unsettled(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.hold(purse, "4").leave_unsettled()
    with pytest.raises(BudgetSpentError):
        scene.hold(purse, "6.01")
    purse.close()
    assert scene.account("total").unsettled_usd == 4


def test_a_hold_ends_once_whatever_comes_after(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    once = scene.hold(purse, "1")
    once.settle(Decimal("0.5"))
    once.settle(Decimal("0.5"))
    once.release()
    once.leave_unsettled()
    purse.close()
    assert scene.account("total").used_usd == Decimal("0.5")


def test_a_call_under_no_budget_needs_no_bank(begin: Begin) -> None:
    scene = begin(replace(TOTAL, workload="another"))
    free = scene.hold(scene.purse(), "1000000")
    assert isinstance(free, NoHold)


def test_a_call_that_costs_nothing_passes_a_spent_budget(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    scene.spend(purse, "10")
    scene.spend(purse, "0")


def test_a_caller_that_hangs_up_while_it_waits_leaves_nothing_behind(begin: Begin) -> None:
    scene = begin()
    first, second = scene.purse(), scene.purse()
    flying = scene.hold(first, "9")

    async def hang_up() -> None:
        waiting = asyncio.ensure_future(second.hold(ANYONE, Decimal(5)))

        def leave() -> None:
            waiting.cancel()

        scene.while_waiting = leave
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(hang_up())
    flying.settle(Decimal(1))
    scene.sync_all()
    scene.while_waiting = scene.sync_all
    scene.spend(first, "9")


def test_many_calls_that_wait_at_once_share_one_question(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()

    async def all_at_once() -> None:
        held = await asyncio.gather(*(purse.hold(ANYONE, Decimal("0.1")) for _ in range(100)))
        for one in held:
            one.settle(Decimal("0.1"))

    asyncio.run(all_at_once())
    scene.sync_all()
    assert scene.account("total").settled_usd == 10


def test_other_budgets_can_be_put_in_place_while_calls_are_in_flight(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    flying = scene.hold(purse, "9")
    purse.use([replace(TOTAL, limit_usd=Decimal(20))])
    scene.spend(purse, "11")
    flying.settle(Decimal(9))
    scene.sync_all()
    assert scene.account("total").settled_usd == 20


def test_a_call_that_was_in_flight_when_the_purse_closed_counts_in_full(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    flying = scene.hold(purse, "3")
    purse.close()
    flying.settle(Decimal(1))
    assert scene.account("total").unsettled_usd == 3
    assert scene.journals() == []


def test_a_gateway_that_ends_while_the_bank_is_away_leaves_its_journal_to_the_next(begin: Begin) -> None:
    scene = begin()
    bank = scene.bank
    assert isinstance(bank, InMemoryBank)
    purse = scene.purse()
    scene.spend(purse, "3")
    bank.away = True
    purse.close()
    bank.away = False
    scene.purse().sync()
    assert scene.account("total").settled_usd == 3
    assert scene.taken("total") == 3


def test_a_cost_that_was_taken_back_lets_calls_through_after_the_next_sync(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    now = scene.clock.now()
    wrong, right = (
        Entry(entry_id=sign, budget="total", usd=Decimal(usd), what="servers", by=None, entered_at=now)
        for sign, usd in (("wrong", 10), ("right", -10))
    )
    scene.bank.enter(wrong, [(TOTAL, period_of(Per.MONTH, now, STOCKHOLM))])
    with pytest.raises(BudgetSpentError):
        scene.hold(purse, "1")
    scene.bank.enter(right, [(TOTAL, period_of(Per.MONTH, now, STOCKHOLM))])
    purse.sync()
    scene.spend(purse, "1")


def test_a_closed_purse_spends_nothing(begin: Begin) -> None:
    scene = begin()
    purse = scene.purse()
    purse.close()
    purse.close()
    purse.sync()
    with pytest.raises(ConflictError):
        scene.hold(purse, "1", Spender(workload="search"))

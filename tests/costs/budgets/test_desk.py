"""What operators and batch engines are told of budgets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.desk import BudgetDesk
from watchkeeper.costs.budgets.period import Per
from watchkeeper.domain.errors import BudgetSpentError, ConflictError, InvalidInputError, NotFoundError
from watchkeeper.domain.money import Spender
from watchkeeper.testing.budget_scene import STOCKHOLM, BudgetScene

TOTAL = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(2000))
BATCH = Budget(name="batch", per=Per.MONTH, limit_usd=Decimal(1200), workload="stock-research")
SERVERS = Budget(name="servers", per=Per.MONTH, limit_usd=Decimal(200), entered_only=True, levels=())
_ids = count()


class Office:
    """A desk, and gateways that spend."""

    def __init__(self, folder: Path, *budgets: Budget) -> None:
        self.scene = BudgetScene(folder, budgets)
        self.desk = BudgetDesk(self.scene.bank, budgets, zone=STOCKHOLM, clock=self.scene.clock)

    def enter(self, usd: str, budget: str = "total", what: str = "servers") -> None:
        self.desk.enter(budget, entry_id=f"entry-{next(_ids)}", usd=Decimal(usd), what=what, by="Ada")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "budget", TOTAL, BATCH, SERVERS)
    yield made
    made.scene.end()


def test_batches_are_refused_at_100_percent_of_the_total_and_not_at_99_9(office: Office) -> None:
    """Defect 24, and the walk of FA: 49 to 101 %."""
    walked = []
    for percent in (49, 50, 74, 75, 89, 90, 99, 100, 101):
        used = office.desk.standing("total").used_usd
        office.enter(str(Decimal(percent) * 20 - used))
        walked.append((percent, office.desk.admission("stock-research").admitted))
    assert [percent for percent, admitted in walked if not admitted] == [100, 101]
    events = office.desk.events(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert [event.percent for event in events] == [50, 75, 90, 100]


def test_99_9_percent_refuses_nothing(office: Office) -> None:
    office.enter("1999.999999999999")
    assert office.desk.admission("stock-research").admitted
    office.enter("0.000000000001")
    refused = office.desk.admission("stock-research")
    assert refused.reason == (
        "no batch item starts: budget 'total' (total) has spent 2000 of 2000 USD this month, which reaches "
        "its level of 100 %; it begins anew at 2026-02-01 00:00 (Europe/Stockholm)"
    )


def test_interactive_calls_go_on_when_batches_are_refused(office: Office) -> None:
    office.enter("2001")
    purse = office.scene.purse()
    office.scene.spend(purse, "3", Spender(workload="stock-research", route="ask"))
    office.scene.sync_all()
    assert not office.desk.admission("stock-research").admitted
    assert office.desk.standing("total").settled_usd == 3


def test_calls_of_gateways_reach_levels_too(office: Office) -> None:
    purse = office.scene.purse()
    office.scene.spend(purse, "1200", Spender(workload="stock-research"))
    office.scene.sync_all()
    refused = office.desk.admission("stock-research")
    assert refused.reason is not None
    assert "budget 'batch' (workload stock-research)" in refused.reason
    assert office.desk.admission("another").admitted


def test_the_next_month_starts_batches_again(office: Office) -> None:
    office.enter("2000")
    office.scene.clock.move_to(datetime(2026, 1, 31, 22, 59, tzinfo=UTC))
    assert not office.desk.admission("stock-research").admitted
    office.scene.clock.advance(60)
    assert office.desk.admission("stock-research").admitted


def test_opening_again_needs_a_person_and_a_reason_lasts_for_the_period_and_is_kept(office: Office) -> None:
    office.enter("2000")
    for by, reason in (("", "due"), ("Ada Berg", "  ")):
        with pytest.raises(InvalidInputError):
            office.desk.enable("total", by=by, reason=reason)
    office.desk.enable("total", by="Ada Berg", reason="the report is due")
    assert office.desk.admission("stock-research").admitted
    (act,) = office.desk.standing("total").audit
    assert (act.by, act.reason, act.percent) == ("Ada Berg", "the report is due", 100)
    with pytest.raises(ConflictError, match="refuses nothing"):
        office.desk.enable("total", by="Ada Berg", reason="again")

    office.scene.clock.move_to(datetime(2026, 2, 10, tzinfo=UTC))
    office.enter("2000")
    assert not office.desk.admission("stock-research").admitted


def test_an_entered_cost_counts_in_its_budget_and_in_total(office: Office) -> None:
    office.enter("150", budget="servers")
    spent = {one.name: one.spent_usd for one in office.desk.standings()}
    assert spent == {"total": 150, "batch": 0, "servers": 150}


def test_an_entered_cost_takes_money_from_a_hard_total(tmp_path: Path) -> None:
    hard = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(10), hard=True)
    office = Office(tmp_path, hard)
    purse = office.scene.purse()
    office.enter("8")
    office.scene.spend(purse, "2")
    with pytest.raises(BudgetSpentError, match="spent 10 of 10"):
        office.scene.hold(purse, "0.01")
    office.scene.end()


def test_a_cost_entered_wrongly_can_be_taken_back(office: Office) -> None:
    office.enter("2000")
    office.enter("-1800")
    assert office.desk.standing("total").spent_usd == 200
    assert office.desk.admission("stock-research").admitted


@pytest.mark.parametrize("usd", ["0", "NaN", "Infinity", "1E+11", "1E-13"])
def test_an_amount_that_is_none_is_not_entered(office: Office, usd: str) -> None:
    with pytest.raises(InvalidInputError):
        office.enter(usd)


def test_an_unknown_budget_is_told_with_the_known_ones(office: Office) -> None:
    with pytest.raises(NotFoundError) as unknown:
        office.desk.standing("nope")
    assert "total, batch, servers" in unknown.value.action


def test_the_forecast_draws_calls_out_to_the_periods_end_and_entered_costs_not(office: Office) -> None:
    office.scene.clock.move_to(datetime(2026, 1, 1, 22, 0, tzinfo=UTC))
    assert office.desk.standing("total").forecast_usd is None
    office.scene.clock.move_to(datetime(2026, 1, 10, 23, 0, tzinfo=UTC))
    office.enter("100")
    office.scene.spend(office.scene.purse(), "310", Spender(workload="w"))
    office.scene.sync_all()
    assert office.desk.standing("total").forecast_usd == 100 + 31 * 31


def test_what_is_held_and_left_is_told_apart_from_what_is_spent(tmp_path: Path) -> None:
    hard = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(10), hard=True)
    office = Office(tmp_path, hard)
    purse = office.scene.purse()
    flying = office.scene.hold(purse, "4")
    office.scene.hold(purse, "1").leave_unsettled()
    office.scene.spend(purse, "2")
    office.scene.sync_all()
    one = office.desk.standing("total")
    assert (one.spent_usd, one.unsettled_usd) == (2, 1)
    assert one.held_usd >= 4
    assert one.left_usd == 10 - one.spent_usd - one.unsettled_usd - one.held_usd
    flying.release()
    office.scene.end()


def test_money_of_a_gateway_not_heard_of_any_more_is_shown_as_unsettled(tmp_path: Path) -> None:
    hard = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(10), hard=True)
    office = Office(tmp_path, hard)
    purse = office.scene.purse()
    office.scene.hold(purse, "4")
    office.scene.sync_all()
    office.scene.kill(purse)
    office.scene.clock.advance(301)
    one = office.desk.standing("total")
    assert one.held_usd == 0
    assert one.unsettled_usd >= 4


def test_a_raised_limit_takes_a_level_back(tmp_path: Path) -> None:
    office = Office(tmp_path, TOTAL)
    office.enter("2000")
    raised = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(3000))
    desk = BudgetDesk(office.scene.bank, [raised], zone=STOCKHOLM, clock=office.scene.clock)
    assert desk.admission("stock-research").admitted

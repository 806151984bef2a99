"""What the bank keeps of times past: costs entered by hand, and how a month's budgets stood."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from watchkeeper.app.budgets import configured_budgets
from watchkeeper.app.services import Services
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.period import Per, Period, period_of
from watchkeeper.costs.budgets.standing import standing
from watchkeeper.costs.spending.cost_table import EnteredCost
from watchkeeper.costs.spending.month_review import BudgetMonth
from watchkeeper.domain.time_range import TimeRange, local_date, month_of


def entered_costs(
    services: Services, during: TimeRange, *, workload: str | None = None
) -> tuple[EnteredCost, ...]:
    """The costs entered in a stretch of time, each once, oldest first; of a workload's budgets or of all."""
    zone = ZoneInfo(services.settings.timezone)
    budgets = {
        one.name: one
        for one in configured_budgets(services.settings)
        if workload is None or one.workload == workload
    }
    accounts = services.budgets.bank.accounts(
        [(one.name, period) for one in budgets.values() for period in _periods(one, during, zone)]
    )
    # An entry stands in the account of every total budget too.
    found = {entry.entry_id: entry for account in accounts for entry in account.entries}
    return tuple(
        EnteredCost(
            budget=entry.budget, entered_at=entry.entered_at, usd=entry.usd, what=entry.what, by=entry.by
        )
        for entry in sorted(found.values(), key=lambda one: (one.entered_at, one.entry_id))
        if entry.budget in budgets and during.since <= entry.entered_at < during.until
    )


def budget_months(services: Services, month: TimeRange, *, now: datetime) -> tuple[BudgetMonth, ...]:
    """How the monthly budgets stood in a month, in the order of the settings."""
    zone = ZoneInfo(services.settings.timezone)
    budgets = [one for one in configured_budgets(services.settings) if one.per is Per.MONTH]
    # Budgets have a zone of their own; asked in another one, it is their month of the same name.
    begins = month_of(local_date(month.since, month.zone), zone).since
    accounts = services.budgets.bank.accounts(
        [(one.name, period_of(Per.MONTH, begins, zone)) for one in budgets]
    )
    stands = [
        standing(budget, account, now=now, zone=zone)
        for budget, account in zip(budgets, accounts, strict=True)
    ]
    return tuple(
        BudgetMonth(
            budget=one.name,
            line=one.line,
            limit_usd=one.limit_usd,
            spent_usd=one.spent_usd,
            entered_usd=one.entered_usd,
            unsettled_usd=one.unsettled_usd,
            unpriced_calls=one.unpriced_calls,
            used_percent=one.used_percent,
        )
        for one in stands
    )


def _periods(budget: Budget, during: TimeRange, zone: ZoneInfo) -> Iterator[Period]:
    """The periods of a budget that a stretch of time touches."""
    period = period_of(budget.per, during.since, zone)
    while period.start < during.until:
        yield period
        period = period_of(budget.per, period.end, zone)

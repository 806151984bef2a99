"""The sentences of a purse that says no: which budget, spent, limit, when it resets, what to do."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.lease import Lease
from watchkeeper.costs.budgets.period import Per, Period
from watchkeeper.domain.errors import BudgetSpentError, PriceUnknownError, UnavailableError
from watchkeeper.domain.money import usd_text


def spent(lease: Lease, amount_usd: Decimal, zone: ZoneInfo) -> BudgetSpentError:
    """A hard limit leaves no room."""
    budget, used = lease.budget, lease.known_used_usd
    used_text = "an unknown part" if used is None else usd_text(used)
    flying = "" if lease.is_spent_for(amount_usd) else ", and the rest is set aside for calls in flight"
    return BudgetSpentError(
        f"budget {budget.name!r} ({budget.line()}) has spent {used_text} of {usd_text(budget.limit_usd)} USD "
        f"this {budget.per}, and this call may cost {usd_text(amount_usd)} USD{flying}; "
        f"it begins anew at {reset_text(lease.period, zone)}",
        action=f"raise `limit_usd` of budget {budget.name!r}, or wait until then",
    )


def unpriced(budget: Budget) -> PriceUnknownError:
    """A hard limit applies to a call that cannot be bounded."""
    return PriceUnknownError(
        f"the price of this call is not known, and budget {budget.name!r} ({budget.line()}) has a hard limit",
        action="set the model's price under `prices`, or set `hard: false` on that budget",
    )


def out_of_reach(lease: Lease, problem: UnavailableError) -> UnavailableError:
    """The lease is spent or over, and the bank cannot be asked."""
    return UnavailableError(
        f"the money lent of budget {lease.budget.name!r} is spent or its time is over, and no more can be "
        f"had: {problem.message}",
        action=problem.action,
    )


def reset_text(period: Period, zone: ZoneInfo) -> str:
    """When a period ends, in the installation's zone.

    >>> from datetime import UTC, datetime
    >>> end = datetime(2026, 3, 31, 22, tzinfo=UTC)
    >>> reset_text(Period(datetime(2026, 2, 28, 23, tzinfo=UTC), end), ZoneInfo("Europe/Stockholm"))
    '2026-04-01 00:00 (Europe/Stockholm)'
    """
    return f"{period.end.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


def period_text(per: Per, period: Period, zone: ZoneInfo) -> str:
    """A period's name: `2026-03`, or `2026-03-29`."""
    start = period.start.astimezone(zone)
    return f"{start:%Y-%m-%d}" if per is Per.DAY else f"{start:%Y-%m}"

"""The review of a month's costs (FA-13): spend against budget, models, units, and where it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.costs.spending.cost_table import CostRow, CostTable
from watchkeeper.costs.spending.forecast import Forecast
from watchkeeper.costs.spending.unit_cost import UnitCost
from watchkeeper.domain.money import usd_text


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetMonth:
    """A monthly budget in the month; amounts in USD."""

    budget: str
    line: str
    """What it is for: `total`, `workload stock-research`, `entered costs`."""
    limit_usd: Decimal
    spent_usd: Decimal
    """By calls through the gateway, and entered."""
    entered_usd: Decimal
    unsettled_usd: Decimal
    """Of calls whose cost will never be known."""
    unpriced_calls: int
    """Calls whose price is not known: in none of the sums."""
    used_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReview:
    """A month's costs in one document."""

    month: str
    timezone: str
    made_at: datetime
    complete: bool
    """Whether the month is over."""
    models: CostTable
    """By model: cost and share of calls, the model distribution; entered costs beside."""
    days: tuple[CostRow, ...]
    budgets: tuple[BudgetMonth, ...]
    units: tuple[UnitCost, ...]
    """Cost per stock, document or query, with its trend by day."""
    forecast: Forecast


CSV_COLUMNS = ("section", "name", "day", "calls", "units", "usd", "unknown_calls", "share", "limit_usd")


def csv_rows(review: MonthReview) -> Iterator[Sequence[str]]:
    """The review as rows of one table; an empty cell is no data or does not apply."""
    yield CSV_COLUMNS
    for budget in review.budgets:
        yield _csv(
            "budget",
            budget.budget,
            usd=budget.spent_usd,
            unknown=budget.unpriced_calls,
            limit=budget.limit_usd,
        )
    total = review.models.total
    yield _csv("total", "calls", calls=total.calls, usd=total.cost_usd, unknown=total.unknown_calls)
    yield _csv("total", "entered", usd=review.models.entered_usd)
    for row in review.models.rows:
        name = row.group.get("model") or ""
        yield _csv(
            "model", name, calls=row.calls, usd=row.cost_usd, unknown=row.unknown_calls, share=row.call_share
        )
    for entry in review.models.entered:
        yield _csv("entered", entry.what, day=entry.entered_at.isoformat(), usd=entry.usd)
    for row in review.days:
        yield _csv(
            "day",
            "",
            day=row.group.get("day") or "",
            calls=row.calls,
            usd=row.cost_usd,
            unknown=row.unknown_calls,
        )
    for unit in review.units:
        name = f"{unit.workload} per {unit.unit}"
        yield _csv(
            "unit",
            name,
            calls=unit.calls,
            units=unit.units,
            usd=unit.usd_per_unit,
            unknown=unit.unknown_calls,
        )
        for one in unit.trend:
            yield _csv("unit trend", name, day=one.day.isoformat(), units=one.units, usd=one.usd_per_unit)
    for name, amount in (
        ("spent", review.forecast.spent_usd),
        ("forecast", review.forecast.forecast_usd),
        ("low", review.forecast.low_usd),
        ("high", review.forecast.high_usd),
    ):
        yield _csv("forecast", name, usd=amount)


def _csv(
    section: str,
    name: str,
    *,
    day: str = "",
    calls: int | None = None,
    units: int | None = None,
    usd: Decimal | None = None,
    unknown: int | None = None,
    share: float | None = None,
    limit: Decimal | None = None,
) -> tuple[str, ...]:
    def text(value: object) -> str:
        return "" if value is None else usd_text(value) if isinstance(value, Decimal) else str(value)

    return section, name, day, *(text(one) for one in (calls, units, usd, unknown, share, limit))

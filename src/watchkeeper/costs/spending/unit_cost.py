"""What one unit of work costs: a stock, a document, a query."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

UnitKind = Literal["item", "query"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDay:
    """One day of a unit's trend; null is no data."""

    day: date
    units: int
    cost_usd: Decimal | None
    usd_per_unit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """What the units of one workload and kind cost; amounts in USD, null is no data."""

    workload: str
    kind: UnitKind
    unit: str
    """What a unit is called there: `stock`, `document`, `query`."""
    units: int
    """Distinct ones with calls in the time asked about; queries as recorded."""
    cost_usd: Decimal | None
    unknown_calls: int
    usd_per_unit: Decimal | None
    """Known costs over units; null without units, and where the cost of any of their calls is not known."""
    at_least_usd_per_unit: Decimal | None
    """The same with calls of unknown cost counted as nothing: it costs that or more."""
    trend: tuple[UnitDay, ...]
    """By day, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCosts:
    """Unit costs of every workload asked about."""

    since: datetime
    until: datetime
    timezone: str
    units: tuple[UnitCost, ...]

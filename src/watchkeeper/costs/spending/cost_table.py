"""What was spent by model, workload, agent or day, with the part nobody knows beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """What the model calls of one group cost; amounts in USD, shares from 0 to 1, null is no data."""

    group: Mapping[str, str | None]
    calls: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None
    """As far as prices are known; null where none is."""
    unknown_calls: int
    """Calls whose cost is not known: in no sum here."""
    share: float | None
    """Of all known costs."""
    call_share: float | None
    """Of all calls: the model distribution, when asked by model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredCost:
    """A cost no call made, entered by hand into a budget."""

    budget: str
    entered_at: datetime
    usd: Decimal
    what: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """What was spent in a stretch of time."""

    since: datetime
    until: datetime
    timezone: str
    by: tuple[str, ...]
    rows: tuple[CostRow, ...]
    """Dearest first; days by date."""
    total: CostRow
    entered: tuple[EnteredCost, ...]
    """Told apart: calls did not make them, and they are in no row and not in `total`."""
    entered_usd: Decimal
    all_usd: Decimal | None
    """Calls, as far as known, and entered costs together."""

"""Where a month will end, told with how it was reckoned and how far it may be off."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Method = Literal["run rate", "weekday pattern"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What calls will have cost by a month's end if they go on as they have; amounts in USD."""

    month: str
    """Such as `2026-11`."""
    as_of: datetime
    ends_at: datetime
    spent_usd: Decimal
    """Of the month so far, as far as prices are known."""
    unknown_calls: int
    """Model calls of the month whose cost is not known: in none of these sums."""
    forecast_usd: Decimal | None
    """Null is no data: too little of it has passed, or nothing was ever spent."""
    low_usd: Decimal | None
    """Nine in ten months that go on like the days behind it end between low and high."""
    high_usd: Decimal | None
    method: Method | None
    history_days: int
    """Whole days it was reckoned from."""
    how: str
    """In a sentence."""

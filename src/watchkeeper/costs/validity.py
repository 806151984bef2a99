"""How long a price that was looked up stays the price: until the next instant one of them changes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from genai_prices.types import ModelInfo, ModelPrice, StartDateConstraint, TimeOfDateConstraint

ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""From and until, where nothing changes."""

Constraint = StartDateConstraint | TimeOfDateConstraint | None


def constraints_of(model: ModelInfo) -> tuple[Constraint, ...]:
    """Every condition on a time among a model's prices."""
    prices = () if isinstance(model.prices, ModelPrice) else tuple(model.prices)
    return (*(one.constraint for one in prices), *(one.constraint for one in model.price_variants or ()))


def window(
    at: datetime, constraints: Iterable[Constraint], edges: Iterable[datetime] = ()
) -> tuple[datetime, datetime]:
    """The instants from and until which everything stands as it does at `at`.

    Args:
        at: An aware instant.
        constraints: Days from which, and hours between which, prices hold.
        edges: Further instants at which something changes.
    """
    instants = list(edges)
    today = at.astimezone(UTC).date()
    for each in constraints:
        if isinstance(each, StartDateConstraint):
            instants.append(datetime.combine(each.start_date, time(), UTC))
        elif isinstance(each, TimeOfDateConstraint):
            for hour in (each.start_time, each.end_time):
                instants.extend(_at_hour(today + timedelta(days=shift), hour) for shift in (-2, -1, 0, 1, 2))
    earliest, latest = ALWAYS
    return (
        max((one for one in instants if one <= at), default=earliest),
        min((one for one in instants if one > at), default=latest),
    )


def _at_hour(day: date, hour: time) -> datetime:
    whole = datetime.combine(day, hour)
    return whole.replace(tzinfo=UTC) if whole.tzinfo is None else whole.astimezone(UTC)

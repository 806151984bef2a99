"""What one unit of work costs: a stock, a document, a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.time_range import TimeRange, local_date

UnitKind = Literal["item", "query"]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCost:
    """What the model calls of one day cost, those for items or those for none."""

    workload: str
    day: date
    items: int | None
    """Different stocks, documents; None for calls that belong to none: those that answer queries."""
    calls: int
    known_usd: Decimal
    unknown_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDay:
    """One day of a unit's trend; null is no data."""

    day: date
    units: int
    cost_usd: Decimal | None
    usd_per_unit: Decimal | None
    at_least_usd_per_unit: Decimal | None
    """With calls of unknown cost counted as nothing: it was that or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """What the units of one workload and kind cost; amounts in USD, null is no data."""

    workload: str
    kind: UnitKind
    unit: str
    """What a unit is called there: `stock`, `document`, `query`."""
    units: int
    """Distinct items with calls in the time asked about; queries as recorded."""
    calls: int
    cost_usd: Decimal | None
    unknown_calls: int
    usd_per_unit: Decimal | None
    """Known costs over units; null without units, and where the cost of any of their calls is not known."""
    at_least_usd_per_unit: Decimal | None
    """The same with calls of unknown cost counted as nothing: it costs that or more."""
    trend: tuple[UnitDay, ...]
    """By day, oldest first; an item worked on on two days is one of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCosts:
    """Unit costs of every workload asked about."""

    since: datetime
    until: datetime
    timezone: str
    units: tuple[UnitCost, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    workload: str
    kind: UnitKind
    unit: str


def unit_costs(
    work: Iterable[WorkCost],
    queries: Mapping[tuple[str, date], int],
    *,
    during: TimeRange,
    items: Mapping[str, int],
    item_names: Mapping[str, str],
) -> UnitCosts:
    """What units cost, by workload: its items, and its queries where it recorded any.

    The costs of a workload's queries are those of its calls that belong to no item.

    Args:
        work: The costs by workload and day.
        queries: How many queries were recorded, by workload and day.
        during: The time both are of.
        items: How many different items each workload had in all that time.
        item_names: What a workload calls its items; `item` if it does not say.
    """
    days = [local_date(day.since, during.zone) for day in during.days()]
    of_items: dict[str, list[WorkCost]] = {}
    of_queries: dict[str, list[WorkCost]] = {name: [] for name, _ in queries}
    for one in work:
        if one.items is not None:
            of_items.setdefault(one.workload, []).append(one)
        elif one.workload in of_queries:
            of_queries[one.workload].append(one)
    found = []
    for name in sorted({*of_items, *of_queries}):
        if name in of_items:
            counts = {one.day: one.items or 0 for one in of_items[name]}
            its_name = _Name(name, "item", item_names.get(name, "item"))
            found.append(_unit(of_items[name], counts, days, name=its_name, units=items[name]))
        if name in of_queries:
            counts = {day: count for (workload, day), count in queries.items() if workload == name}
            its_name = _Name(name, "query", "query")
            found.append(_unit(of_queries[name], counts, days, name=its_name, units=sum(counts.values())))
    return UnitCosts(since=during.since, until=during.until, timezone=during.zone.key, units=tuple(found))


def _unit(
    work: Sequence[WorkCost], counts: Mapping[date, int], days: Sequence[date], *, name: _Name, units: int
) -> UnitCost:
    calls = sum(one.calls for one in work)
    unknown = sum(one.unknown_calls for one in work)
    known = sum((one.known_usd for one in work), _ZERO)
    at_least = known / units if units and calls > unknown else None
    return UnitCost(
        workload=name.workload,
        kind=name.kind,
        unit=name.unit,
        units=units,
        calls=calls,
        cost_usd=plain_usd(known) if calls > unknown else None,
        unknown_calls=unknown,
        usd_per_unit=None if unknown else _rounded(at_least),
        at_least_usd_per_unit=_rounded(at_least),
        trend=tuple(_day(day, [one for one in work if one.day == day], counts.get(day, 0)) for day in days),
    )


def _day(day: date, work: Sequence[WorkCost], units: int) -> UnitDay:
    known = sum((one.known_usd for one in work), _ZERO)
    whole = bool(work) and not any(one.unknown_calls for one in work)
    priced = any(one.calls > one.unknown_calls for one in work)
    return UnitDay(
        day=day,
        units=units,
        cost_usd=plain_usd(known) if priced else None,
        usd_per_unit=_rounded(known / units) if units and whole else None,
        at_least_usd_per_unit=_rounded(known / units) if units and priced else None,
    )


def _rounded(amount: Decimal | None) -> Decimal | None:
    """To twelve decimals, as costs are kept."""
    return None if amount is None else plain_usd(amount.quantize(Decimal("1E-12")))

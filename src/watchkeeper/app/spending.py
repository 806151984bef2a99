"""Costs joined: what telemetry knows of calls, what budgets know of money, what serving told of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, cast, runtime_checkable
from zoneinfo import ZoneInfo

from watchkeeper.app.budget_records import budget_months, entered_costs
from watchkeeper.app.query_source import TelemetryQuerySource, query_counts
from watchkeeper.app.services import Services
from watchkeeper.costs.spending.cost_table import CostPart, CostTable, cost_table
from watchkeeper.costs.spending.forecast import LONGEST_HISTORY_DAYS, DayCost, Forecast, forecast
from watchkeeper.costs.spending.month_review import MonthReview
from watchkeeper.costs.spending.unit_cost import UnitCosts, WorkCost, unit_costs
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_range import TimeRange, local_date, midnight
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import Dimension, check_dimensions
from watchkeeper.telemetry.item_question import ItemFigures
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.call_figures import MOST_ROWS, within
from watchkeeper.telemetry.span_filter import SpanFilter

NO_USD = Decimal(0)
DAY = "day"
"""What costs can be told apart by beside the dimensions of calls."""


@runtime_checkable
class NamesItsItems(Protocol):
    """A workload that says what one of its items is called."""

    @property
    def item_name(self) -> str:
        """Such as `document` or `stock`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What was spent, asked in every way; each model call counts once (law 2)."""

    services: Services
    telemetry: TelemetryStore
    workloads: Mapping[str, object]
    """The workloads that are installed, by id."""

    def table(self, which: SpanFilter, *, during: TimeRange, by: Sequence[str]) -> CostTable:
        """What groups of calls cost, with the costs entered in the same time beside.

        Raises:
            InvalidInputError: `by` names what costs cannot be told apart by, or there are too many rows.
        """
        dimensions = tuple(name for name in by if name != DAY)
        check_dimensions(dimensions)
        known = cast("tuple[Dimension, ...]", dimensions)
        found = self._figures(which, during, known, by_day=DAY in by)
        if len(found) > MOST_ROWS:
            raise InvalidInputError(
                f"there are {len(found)} rows, more than {MOST_ROWS}",
                action="ask by fewer things, or less time",
            )
        parts = [_part(one, during.zone) for one in found]
        if tuple(by) == (DAY,):
            parts += _empty_days(parts, during)
        return cost_table(
            parts, during=during, by=by, entered=entered_costs(self.services, during, workload=which.workload)
        )

    def units(self, *, during: TimeRange, workload: str | None = None) -> UnitCosts:
        """What a stock, a document or a query costs, and the trend by day."""
        which = replace(within(SpanFilter(workload=workload), during), counted_only=True)
        asked = CallQuestion(which=which, by=("workload",), timezone=during.zone.key, latencies=False)
        work = [
            WorkCost(
                workload=one.group["workload"] or "",
                day=_day(one, during.zone),
                items=one.items,
                calls=one.calls,
                known_usd=one.cost_usd.known,
                unknown_calls=one.cost_usd.unknown,
            )
            for one in self.telemetry.items(replace(asked, step="day"))
        ]
        items = {
            one.group["workload"] or "": one.items
            for one in self.telemetry.items(asked)
            if one.items is not None
        }
        names = {
            name: installed.item_name
            for name, installed in self.workloads.items()
            if isinstance(installed, NamesItsItems)
        }
        source = TelemetryQuerySource(self.telemetry)
        counts = query_counts(source, self.services.summaries, during=during, workload=workload)
        return unit_costs(work, counts, during=during, items=items, item_names=names)

    def forecast(self, month: TimeRange, *, now: datetime, workload: str | None = None) -> Forecast:
        """Where a month ends that has begun.

        Raises:
            InvalidInputError: The month has not begun.
        """
        if month.since > now:
            raise InvalidInputError(
                f"the month that begins at {month.since.isoformat()} has not begun",
                action="ask about this month",
            )
        zone = month.zone
        first = midnight(local_date(now, zone) - timedelta(days=LONGEST_HISTORY_DAYS), zone)
        during = TimeRange(min(first, month.since), min(now, month.until) + timedelta(seconds=1), zone)
        found = {
            _day(one, zone): one
            for one in self._figures(SpanFilter(workload=workload), during, (), by_day=True)
        }
        days: list[DayCost] = []
        for day in during.days():
            one = found.get(local_date(day.since, zone))
            if one is None and not days:
                continue  # before the first call there was nothing to spend on
            days.append(
                DayCost(
                    begins=day.since,
                    known_usd=one.cost_usd.known if one else NO_USD,
                    unknown_calls=one.cost_usd.unknown if one else 0,
                )
            )
        return forecast(days, month=month, now=now)

    def month(self, month: TimeRange, *, now: datetime) -> MonthReview:
        """The review of a month (FA-13); of one that is not over, as far as it has come.

        Raises:
            InvalidInputError: The month has not begun.
        """
        foreseen = self.forecast(month, now=now)
        during = TimeRange(month.since, min(now, month.until), month.zone)
        units = self.units(during=during)
        return MonthReview(
            month=foreseen.month,
            timezone=month.zone.key,
            made_at=now,
            complete=now >= month.until,
            models=self.table(SpanFilter(), during=during, by=("model",)),
            days=self.table(SpanFilter(), during=during, by=(DAY,)).rows,
            budgets=budget_months(self.services, month, now=now),
            units=units.units,
            forecast=foreseen,
        )

    def _figures(
        self, which: SpanFilter, during: TimeRange, by: tuple[Dimension, ...], *, by_day: bool
    ) -> tuple[CallFigures, ...]:
        return self.telemetry.figures(
            CallQuestion(
                which=replace(within(which, during), counted_only=True),
                by=by,
                step="day" if by_day else None,
                timezone=during.zone.key,
                latencies=False,
            )
        )


def _part(figures: CallFigures, zone: ZoneInfo) -> CostPart:
    group: dict[str, str | None] = {} if figures.begins is None else {DAY: _day(figures, zone).isoformat()}
    group.update({str(name): value for name, value in figures.group.items()})
    return CostPart(
        group=group,
        calls=figures.calls,
        input_tokens=figures.input_tokens.known if figures.input_tokens.counted else None,
        output_tokens=figures.output_tokens.known if figures.output_tokens.counted else None,
        known_usd=figures.cost_usd.known,
        unknown_calls=figures.cost_usd.unknown,
    )


def _empty_days(parts: Sequence[CostPart], during: TimeRange) -> list[CostPart]:
    """The days without calls, so that a trend has no gaps."""
    there = {part.group[DAY] for part in parts}
    days = (local_date(day.since, during.zone).isoformat() for day in during.days())
    return [
        CostPart(
            group={DAY: day},
            calls=0,
            input_tokens=None,
            output_tokens=None,
            known_usd=NO_USD,
            unknown_calls=0,
        )
        for day in days
        if day not in there
    ]


def _day(figures: CallFigures | ItemFigures, zone: ZoneInfo) -> date:
    assert figures.begins is not None
    return local_date(figures.begins, zone)

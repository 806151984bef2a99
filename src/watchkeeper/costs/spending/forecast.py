"""Where a month will end, told with how it was reckoned and how far it may be off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.time_range import TimeRange, day_of, local_date

Method = Literal["run rate", "weekday pattern"]
LONGEST_HISTORY_DAYS = 56
"""Whole days looked back on: eight of each weekday; what is older tells less of the next weeks."""
WEEKDAYS_FROM_DAYS = 28
"""Whole days from which on weekdays are told apart: four of each."""
NINE_IN_TEN = 1.645
"""Standard deviations to both sides that hold 90 % of a normal distribution."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost:
    """What the calls of one day cost; a day without calls cost 0 and is given too."""

    begins: datetime
    """Its first instant, in UTC."""
    known_usd: Decimal
    unknown_calls: int


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


def forecast(days: Sequence[DayCost], *, month: TimeRange, now: datetime) -> Forecast:
    """Where a month will end.

    The rest of it is reckoned day by day: what a day of its weekday cost on average over the last eight
    weeks, once there are four of each; before, what a day cost on average. Of today the larger of what was
    spent and what such a day costs counts. The range is that of a sum of so many days as different from
    their average as the days looked back on were.

    Args:
        days: From the first day with calls on, at most `LONGEST_HISTORY_DAYS` before today, and all of the
            month up to today; each once, days without calls too, oldest first.
        month: Which month.
        now: When it is reckoned.
    """
    zone = month.zone
    today = day_of(local_date(now, zone), zone)
    of_month = [day for day in days if month.since <= day.begins < month.until]
    spent = plain_usd(sum((day.known_usd for day in of_month), Decimal(0)))
    past = [day for day in days if day.begins < today.since][-LONGEST_HISTORY_DAYS:]
    told = _Told(month=month, now=now, spent=spent, unknown=sum(day.unknown_calls for day in of_month))
    if now >= month.until:
        return told.as_it_was(len(past))
    if not past:
        return told.nothing("no whole day with calls has passed yet")
    weekdays = len(past) >= WEEKDAYS_FROM_DAYS
    average = _Average(past, month, weekdays=weekdays)
    spent_today = sum((day.known_usd for day in days if day.begins == today.since), Decimal(0))
    expected = max(average.of(today) - float(spent_today), 0.0)
    rest = [day for day in TimeRange(now, month.until, zone).days() if day.since > today.since]
    expected += sum(average.of(day) for day in rest)
    # Today counts as one more uncertain day; its part that is over is known, which the range overstates.
    spread = average.spread(len(rest) + 1)
    ends = spent + _usd(expected)
    return Forecast(
        month=_name(month),
        as_of=now,
        ends_at=month.until,
        spent_usd=spent,
        unknown_calls=told.unknown,
        forecast_usd=ends.quantize(_CENT),
        low_usd=None if spread is None else max(spent, ends - _usd(spread)).quantize(_CENT),
        high_usd=None if spread is None else (ends + _usd(spread)).quantize(_CENT),
        method="weekday pattern" if weekdays else "run rate",
        history_days=len(past),
        how=_how(len(past), len(rest), weekdays=weekdays, ranged=spread is not None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is the same however a month is reckoned."""

    month: TimeRange
    now: datetime
    spent: Decimal
    unknown: int

    def as_it_was(self, history_days: int) -> Forecast:
        """The month is over: nothing is reckoned."""
        return self._forecast(self.spent, history_days, "the month is over; this is what was spent")

    def nothing(self, why: str) -> Forecast:
        """There is too little to go by."""
        return self._forecast(None, 0, f"no forecast: {why}")

    def _forecast(self, amount: Decimal | None, history_days: int, how: str) -> Forecast:
        return Forecast(
            month=_name(self.month),
            as_of=self.now,
            ends_at=self.month.until,
            spent_usd=self.spent,
            unknown_calls=self.unknown,
            forecast_usd=amount,
            low_usd=amount,
            high_usd=amount,
            method=None,
            history_days=history_days,
            how=how,
        )


class _Average:
    """What days cost on average, and how far single days were from it."""

    def __init__(self, past: Sequence[DayCost], month: TimeRange, *, weekdays: bool) -> None:
        self._zone = month.zone
        self._weekdays = weekdays
        groups: dict[int, list[float]] = {}
        for day in past:
            groups.setdefault(self._kind(day.begins), []).append(float(day.known_usd))
        self._means = {kind: sum(costs) / len(costs) for kind, costs in groups.items()}
        self._free = len(past) - len(groups)
        self._squares = sum(
            (cost - self._means[kind]) ** 2 for kind, costs in groups.items() for cost in costs
        )
        self._days = len(past)

    def of(self, day: TimeRange) -> float:
        """What a day costs, in USD."""
        return self._means[self._kind(day.since)]

    def spread(self, days: int) -> float | None:
        """How far the sum of so many days may be off to either side, nine times in ten; None of one day."""
        if not self._free:
            return None
        # Each day differs from the average, which itself is only known as well as so many days tell it.
        return NINE_IN_TEN * math.sqrt(self._squares / self._free * (days + days**2 / self._days))

    def _kind(self, begins: datetime) -> int:
        return local_date(begins, self._zone).weekday() if self._weekdays else 0


def _how(history_days: int, rest_days: int, *, weekdays: bool, ranged: bool) -> str:
    by = "the average of each weekday" if weekdays else "the average day"
    told = (
        f"spent so far, and {by} of the last {history_days} whole days for the rest of today and "
        f"{rest_days} more days"
    )
    return told + ("; nine in ten such months end within the range" if ranged else "; one day tells no range")


def _name(month: TimeRange) -> str:
    return f"{local_date(month.since, month.zone):%Y-%m}"


def _usd(amount: float) -> Decimal:
    return Decimal(str(round(amount, 6)))

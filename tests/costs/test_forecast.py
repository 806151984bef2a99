"""A forecast says what it can, with a range that holds, and nothing where nothing is known."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.costs.spending.forecast import DayCost, forecast
from watchkeeper.domain.time_range import TimeRange, local_date, month_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOVEMBER = month_of(date(2026, 11, 1), STOCKHOLM)
NOON_16TH = datetime(2026, 11, 16, 11, tzinfo=UTC)


def days(costs: list[float], *, until: datetime = NOON_16TH) -> list[DayCost]:
    """Days that end with the one `until` is in, oldest first."""
    today = local_date(until, STOCKHOLM)
    whole = TimeRange(until - timedelta(days=len(costs) + 1), until, STOCKHOLM)
    last = [day for day in whole.days() if local_date(day.since, STOCKHOLM) <= today][-len(costs) :]
    return [
        DayCost(begins=day.since, known_usd=Decimal(str(cost)), unknown_calls=0)
        for day, cost in zip(last, costs, strict=True)
    ]


def test_a_steady_month_ends_where_it_leads_with_no_doubt() -> None:
    found = forecast(days([2.0] * 15 + [1.0]), month=NOVEMBER, now=NOON_16TH)
    # 31 so far, 1 more today, 14 days of 2.
    assert (found.spent_usd, found.forecast_usd) == (Decimal(31), Decimal("60.00"))
    assert (found.low_usd, found.high_usd) == (Decimal("60.00"), Decimal("60.00"))
    assert (found.method, found.history_days) == ("run rate", 15)
    assert "average day of the last 15 whole days" in found.how and "14 more days" in found.how


def test_weekends_count_as_weekends_once_there_are_four_weeks() -> None:
    begins = NOON_16TH - timedelta(days=35)
    pattern = [10.0 if (begins + timedelta(days=at)).weekday() < 5 else 0.0 for at in range(35)]
    found = forecast(days([*pattern, 0.0]), month=NOVEMBER, now=NOON_16TH)
    # Ten working days are over (2 to 13 November), eleven are left (16 to 30).
    assert found.method == "weekday pattern"
    assert (found.spent_usd, found.forecast_usd) == (Decimal(100), Decimal("210.00"))
    assert found.low_usd == found.high_usd == Decimal("210.00")


def test_without_a_whole_day_there_is_no_forecast() -> None:
    for known in ([], days([3.0])):
        found = forecast(known, month=NOVEMBER, now=NOON_16TH)
        assert (found.forecast_usd, found.low_usd, found.method) == (None, None, None)
        assert found.how.startswith("no forecast")


def test_one_day_tells_no_range() -> None:
    found = forecast(days([3.0, 1.0]), month=NOVEMBER, now=NOON_16TH)
    assert (found.forecast_usd, found.low_usd, found.high_usd) == (Decimal("48.00"), None, None)


def test_a_month_that_is_over_is_told_as_it_was() -> None:
    found = forecast(days([2.0] * 40), month=month_of(date(2026, 10, 1), STOCKHOLM), now=NOON_16TH)
    assert found.forecast_usd == found.spent_usd == found.high_usd == Decimal(48)
    assert "the month is over" in found.how


def test_calls_of_unknown_cost_are_counted_and_not_guessed() -> None:
    known = [DayCost(begins=day.begins, known_usd=Decimal(1), unknown_calls=2) for day in days([0.0] * 4)]
    assert forecast(known, month=NOVEMBER, now=NOON_16TH).unknown_calls == 8


@pytest.mark.parametrize("weeks", [2, 8])
def test_nine_in_ten_months_end_within_the_range(weeks: int) -> None:
    chance = random.Random(7)
    inside = 0
    trials = 400
    for _ in range(trials):
        past = [chance.gauss(100, 20) for _ in range(weeks * 7)]
        today, rest = chance.gauss(100, 20), [chance.gauss(100, 20) for _ in range(14)]
        found = forecast(days([*past, today * 0.5]), month=NOVEMBER, now=NOON_16TH)
        ends = float(found.spent_usd) + today * 0.5 + sum(rest)
        assert found.low_usd is not None and found.high_usd is not None
        inside += float(found.low_usd) <= ends <= float(found.high_usd)
    assert 0.86 <= inside / trials <= 0.97


@given(costs=st.lists(st.floats(0, 1e6), min_size=1, max_size=80))
def test_a_forecast_is_never_below_what_was_spent_and_lies_in_its_range(costs: list[float]) -> None:
    found = forecast(days(costs), month=NOVEMBER, now=NOON_16TH)
    if found.forecast_usd is not None:
        assert found.forecast_usd >= found.spent_usd.quantize(Decimal("0.01"))
        if found.low_usd is not None and found.high_usd is not None:
            assert found.low_usd <= found.forecast_usd <= found.high_usd

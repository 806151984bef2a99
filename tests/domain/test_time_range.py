"""Days and months of a zone, across its clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_range import TimeRange, day_of, local_date, month_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 28), 24)])
def test_a_day_has_the_hours_the_clocks_give_it(day: tuple[int, int, int], hours: int) -> None:
    one = day_of(date(*day), STOCKHOLM)
    assert one.until - one.since == timedelta(hours=hours)


def test_a_day_that_never_was_is_left_out() -> None:
    apia = ZoneInfo("Pacific/Apia")  # 30 December 2011 was skipped
    found = [local_date(day.since, apia).day for day in month_of(date(2011, 12, 1), apia).days()]
    assert found == [*range(1, 30), 31]


@given(
    since_h=st.integers(-4 * 366 * 24, 30 * 366 * 24),
    hours=st.integers(1, 24 * 40),
    zone=st.sampled_from(["Europe/Stockholm", "UTC", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_days_follow_each_other_without_a_gap_and_cover_the_range(
    since_h: int, hours: int, zone: str
) -> None:
    begins = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=since_h)
    asked = TimeRange(begins, begins + timedelta(hours=hours), ZoneInfo(zone))
    days = list(asked.days())
    assert days[0].since <= asked.since and days[-1].until >= asked.until
    assert all(one.until == other.since for one, other in pairwise(days))


def test_the_period_before_has_as_many_months_days_or_seconds() -> None:
    november = month_of(date(2026, 11, 1), STOCKHOLM)
    assert november.before() == month_of(date(2026, 10, 1), STOCKHOLM)
    monday = day_of(date(2026, 3, 30), STOCKHOLM)
    assert monday.before() == day_of(date(2026, 3, 29), STOCKHOLM)
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert TimeRange(noon, noon + timedelta(hours=2), STOCKHOLM).before().since == noon - timedelta(hours=2)


def test_an_end_that_is_not_later_is_refused() -> None:
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    with pytest.raises(InvalidInputError, match="not after it begins"):
        TimeRange(noon, noon, STOCKHOLM)

"""Days and months of a zone, across its clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.costs.budgets.period import Per, period_of

ZONES = [
    "UTC",
    "Europe/Stockholm",
    "America/Sao_Paulo",  # its clocks used to skip midnight
    "America/Havana",  # its midnight comes twice in autumn
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Kathmandu",
]
instants = st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2037, 1, 1))  # noqa: DTZ001 - made aware below


@given(instant=instants, zone=st.sampled_from(ZONES), per=st.sampled_from(Per))
def test_every_instant_is_in_one_period_and_the_next_begins_where_it_ends(
    instant: datetime, zone: str, per: Per
) -> None:
    named, now = ZoneInfo(zone), instant.replace(tzinfo=UTC)
    period = period_of(per, now, named)
    assert period.start <= now < period.end
    assert period_of(per, period.start, named) == period
    assert period_of(per, period.end - timedelta(microseconds=1), named) == period
    assert period_of(per, period.end, named).start == period.end
    if per is Per.DAY:
        # Apia's 29 December 2011 ended a day early for the calendar, not for the clock.
        assert timedelta(hours=22) <= period.end - period.start <= timedelta(hours=26)
    else:
        assert timedelta(days=27) < period.end - period.start < timedelta(days=32)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_has_the_hours_its_zone_gives_it(day: str, hours: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    period = period_of(Per.DAY, noon, ZoneInfo("Europe/Stockholm"))
    assert period.end - period.start == timedelta(hours=hours)


def test_a_month_begins_at_midnight_of_the_named_zone() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    still_march = datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)
    assert period_of(Per.MONTH, still_march, stockholm).end == still_march + timedelta(seconds=1)
    assert period_of(Per.MONTH, still_march, ZoneInfo("UTC")).end == datetime(2026, 4, 1, tzinfo=UTC)

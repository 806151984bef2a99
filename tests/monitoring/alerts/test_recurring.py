"""Maintenance that comes again holds by the clocks of its place, also on the nights these are changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.alerts.recurring import RecurringMaintenance, holding

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SUNDAY = frozenset({6})


def maintenance(begins: str, ends: str, days: frozenset[int] = SUNDAY) -> RecurringMaintenance:
    return RecurringMaintenance(
        name="backups",
        workload="shop",
        days=days,
        begins=time.fromisoformat(begins),
        ends=time.fromisoformat(ends),
        zone=STOCKHOLM,
        reason="backups",
    )


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_holds_from_its_beginning_up_to_its_end_on_its_days_alone() -> None:
    sundays = maintenance("02:00", "04:00")
    held = {
        text: sundays.at(local(text)) is not None
        for text in ("2026-12-06 01:59", "2026-12-06 02:00", "2026-12-06 03:59", "2026-12-06 04:00")
    }
    assert list(held.values()) == [False, True, True, False]
    assert sundays.at(local("2026-12-07 02:30")) is None, "a Monday"
    assert sundays.told == "sunday 02:00 to 04:00 Europe/Stockholm"


def test_hours_past_midnight_belong_to_the_day_they_begin_on() -> None:
    nights = maintenance("23:00", "01:00")
    mute = nights.at(local("2026-12-07 00:30"))
    assert mute is not None
    assert mute.mute_id == "backups@2026-12-06"
    assert nights.at(local("2026-12-06 00:30")) is None


@pytest.mark.parametrize(
    ("day", "begins", "ends", "since", "until"),
    [
        # Clocks go forward from 02:00 to 03:00 on 2026-03-29, and back from 03:00 to 02:00 on 2026-10-25.
        ("2026-03-29", "01:00", "04:00", "2026-03-29 00:00", "2026-03-29 02:00"),
        ("2026-03-29", "02:00", "04:00", "2026-03-29 01:00", "2026-03-29 02:00"),
        ("2026-03-29", "02:00", "02:30", "2026-03-29 01:00", "2026-03-29 01:30"),
        ("2026-10-25", "02:00", "04:00", "2026-10-25 00:00", "2026-10-25 03:00"),
        ("2026-10-25", "01:00", "02:30", "2026-10-24 23:00", "2026-10-25 01:30"),
        ("2026-10-25", "02:30", "03:30", "2026-10-25 00:30", "2026-10-25 02:30"),
    ],
)
def test_on_nights_clocks_are_changed_no_hour_is_missed_that_people_think_is_held(
    day: str, begins: str, ends: str, since: str, until: str
) -> None:
    one = maintenance(begins, ends)
    window = one.next(local(f"{day} 00:00"))
    assert (window.begins_at, window.until) == (utc(since), utc(until))


@given(
    days=st.frozensets(st.integers(0, 6), min_size=1),
    begins=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    now=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware
)
def test_what_holds_is_the_next_one_and_the_next_one_comes_within_a_week_and_a_day(
    days: frozenset[int], begins: time, ends: time, now: datetime
) -> None:
    if begins == ends:
        return
    instant = now.replace(tzinfo=UTC)
    one = maintenance(begins.isoformat(), ends.isoformat(), days)
    following = one.next(instant)
    assert following.until > instant
    assert following.begins_at <= instant + timedelta(days=8)
    held = one.at(instant)
    assert (held is not None) == following.holds(instant)
    assert holding([one], instant) == (() if held is None else (held,))

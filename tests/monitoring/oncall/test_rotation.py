"""Who is on call: by week parity, by day, over clock changes, with overrides."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.oncall.response_time import respond_by, response_of
from watchkeeper.monitoring.oncall.rotation import Override, Rotation, Turns, duty_at, next_duty

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BY_WEEK = Rotation(people=("ida", "jonas"), zone=STOCKHOLM)


# Naive, as hypothesis takes bounds.
FIRST, LAST = (datetime(year, 1, 1) for year in (2020, 2035))  # noqa: DTZ001


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def test_two_people_swap_by_the_parity_of_the_iso_week() -> None:
    odd, even = local("2026-11-25T12:00"), local("2026-12-02T12:00")  # weeks 48 and 49
    assert (duty_at(BY_WEEK, odd).primary, duty_at(BY_WEEK, odd).secondary) == ("jonas", "ida")
    assert (duty_at(BY_WEEK, even).primary, duty_at(BY_WEEK, even).secondary) == ("ida", "jonas")
    assert next_duty(BY_WEEK, odd).primary == "ida"


def test_a_turn_begins_on_monday_at_the_handover_by_local_clocks() -> None:
    at_nine = Rotation(people=("ida", "jonas"), zone=STOCKHOLM, handover=time(9))
    assert duty_at(at_nine, local("2026-11-30T08:59")).primary == "jonas"
    assert duty_at(at_nine, local("2026-11-30T09:00")).primary == "ida"


@pytest.mark.parametrize(
    ("sunday", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25)],
    ids=["clocks go forward", "clocks go back"],
)
@pytest.mark.parametrize("handover", [time(0), time(2, 30), time(9)])
def test_a_day_whose_clocks_change_is_one_turn(sunday: str, hours: int, handover: time) -> None:
    daily = Rotation(people=("ida", "jonas", "kim"), zone=STOCKHOLM, turns="day", handover=time(0))
    day = duty_at(daily, local(f"{sunday}T12:00"))
    assert day.ends_at - day.begins_at == timedelta(hours=hours)
    # A handover in the hour that is skipped, or that comes twice, happens once.
    odd = Rotation(people=("ida", "jonas", "kim"), zone=STOCKHOLM, turns="day", handover=handover)
    midnight = local(f"{sunday}T00:00")
    seen = [duty_at(odd, midnight + timedelta(minutes=10 * step)).primary for step in range(6 * hours)]
    changes = sum(one != other for one, other in pairwise(seen))
    assert changes == (0 if handover == time(0) else 1)


@given(
    people=st.integers(min_value=1, max_value=7),
    turns=st.sampled_from(["week", "day"]),
    handover=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    instant=st.datetimes(timezones=st.just(UTC), min_value=FIRST, max_value=LAST),
)
def test_somebody_is_always_on_call_and_turns_follow_without_a_gap(
    people: int, turns: Turns, handover: time, instant: datetime
) -> None:
    rotation = Rotation(
        people=tuple(f"p{number}" for number in range(people)),
        zone=STOCKHOLM,
        turns=turns,
        handover=handover,
    )
    duty = duty_at(rotation, instant)
    assert duty.begins_at <= instant < duty.ends_at
    assert next_duty(rotation, instant).begins_at == duty.ends_at
    assert duty.secondary != duty.primary


def test_the_override_made_last_holds_while_it_lasts() -> None:
    noon = local("2026-11-25T12:00")

    def stands_in(person: str, *, made_after_s: float) -> Override:
        return Override(
            override_id=person,
            role="primary",
            person=person,
            begins_at=noon,
            until=noon + timedelta(hours=1),
            by="Ida",
            reason="ill",
            created_at=noon + timedelta(seconds=made_after_s),
        )

    both = [stands_in("robin", made_after_s=2), stands_in("kim", made_after_s=1)]
    during = duty_at(BY_WEEK, noon, both)
    assert (during.primary, during.secondary, during.overridden) == ("robin", "ida", ("primary",))
    assert duty_at(BY_WEEK, noon + timedelta(hours=1), both).primary == "jonas"


@pytest.mark.parametrize(
    ("workload", "severity", "response"),
    [
        ("stock-research", "P0", 900),
        ("stock-research", "P1", 3600),
        ("stock-research", "P2", 14_400),
        ("stock-research", "P3", "next_day"),
        ("explainer", "P0", 0),
        ("explainer", "P1", 900),
        ("explainer", "P2", 3600),
        ("explainer", "P3", 86_400),
        ("recommender", "P1", 900),
        ("recommender", "P2", 3600),
        ("recommender", "P3", 14_400),
        ("recommender", "P4", "next_day"),
        ("explainer", "P4", None),
    ],
)
def test_each_workload_answers_as_soon_as_its_source_says(
    workload: str, severity: str, response: object
) -> None:
    """X1."""
    assert response_of(workload, severity, {}) == response  # type: ignore[arg-type] # a severity


def test_the_next_day_skips_weekends_and_holidays() -> None:
    friday = local("2026-12-18T15:00")
    christmas = frozenset({date(2026, 12, 21), date(2026, 12, 22)})
    assert respond_by(friday, "next_day", STOCKHOLM, christmas) == local("2026-12-24T00:00")
    assert respond_by(friday, 900.0, STOCKHOLM, christmas) == friday + timedelta(minutes=15)

"""Times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.questions.asked_range import (
    asked_instant,
    asked_month,
    asked_range,
    asked_zone,
)

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("now", "2026-11-28T12:30:00+00:00", "2026-11-28T12:30:00+00:00"),
        ("-24h", "2026-11-27T12:30:00+00:00", "2026-11-27T12:30:00+00:00"),
        ("-90s", "2026-11-28T12:28:30+00:00", "2026-11-28T12:28:30+00:00"),
        ("-2w", "2026-11-14T12:30:00+00:00", "2026-11-14T12:30:00+00:00"),
        ("today", "2026-11-27T23:00:00+00:00", "2026-11-28T23:00:00+00:00"),
        ("yesterday", "2026-11-26T23:00:00+00:00", "2026-11-27T23:00:00+00:00"),
        ("2026-11", "2026-10-31T23:00:00+00:00", "2026-11-30T23:00:00+00:00"),
        ("2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),
        ("2026-11-28T09:00:00Z", "2026-11-28T09:00:00+00:00", "2026-11-28T09:00:00+00:00"),
        ("2026-11-28T09:00:00", "2026-11-28T08:00:00+00:00", "2026-11-28T08:00:00+00:00"),
        ("2026-11-28T09:00:00-05:00", "2026-11-28T14:00:00+00:00", "2026-11-28T14:00:00+00:00"),
    ],
)
def test_a_time_is_read_as_it_is_meant_in_stockholm(text: str, begins: str, ends: str) -> None:
    found = [asked_instant(text, now=NOW, zone=STOCKHOLM, ends=end).isoformat() for end in (False, True)]
    assert found == [begins, ends]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "24h",
        "-24",
        "-1,5h",
        "2026",
        "2026-13",
        "2026-02-30",
        "20261128",
        "2026-W48",
        "-999999999w",
    ],
)
def test_what_is_no_time_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(InvalidInputError) as told:
        asked_instant(text, now=NOW, zone=STOCKHOLM)
    assert "-24h" in told.value.action


def test_far_off_times_are_refused() -> None:
    for text in ("1969-12-31T00:00:00Z", "2300-01-01", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(InvalidInputError):
            asked_instant(text, now=NOW, zone=STOCKHOLM)


def test_a_range_ends_now_unless_it_is_told_and_a_named_day_is_inside() -> None:
    assert asked_range("today", None, now=NOW, zone=STOCKHOLM).until == NOW
    assert asked_range("2026-11-01", "2026-11-02", now=NOW, zone=STOCKHOLM).seconds == 48 * 3600
    with pytest.raises(InvalidInputError, match="not in the past"):
        asked_range("2027-01", None, now=NOW, zone=STOCKHOLM)


def test_a_month_and_a_zone_are_named_or_refused() -> None:
    assert asked_month("2026-10", STOCKHOLM).seconds == 31 * 86400 + 3600
    for bad in ("2026", "today", "2026-00"):
        with pytest.raises(InvalidInputError):
            asked_month(bad, STOCKHOLM)
    assert asked_zone(None, "UTC").key == "UTC"
    for bad in ("Mars/Olympus", "../etc/passwd", "x\x00"):
        with pytest.raises(InvalidInputError, match="no timezone"):
            asked_zone(bad, "UTC")


@given(text=st.text(max_size=30), ends=st.booleans())
def test_no_text_breaks_the_reading(text: str, ends: bool) -> None:
    try:
        found = asked_instant(text, now=NOW, zone=STOCKHOLM, ends=ends)
    except InvalidInputError:
        return
    assert found.tzinfo is UTC

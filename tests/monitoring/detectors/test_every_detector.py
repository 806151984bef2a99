"""The suite every detector of the registry is put through."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from math import pi, sin
from random import Random
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.detectors.detector import ALERT_SCORE, Detector, Verdict
from watchkeeper.monitoring.detectors.registry import DETECTORS, detector

START = datetime(2026, 3, 2, tzinfo=UTC)
values = st.lists(st.floats(min_value=-1e9, max_value=1e9), max_size=120)
every_detector = pytest.mark.parametrize("make", DETECTORS.values(), ids=DETECTORS.keys())


def judged(watching: Detector, series: Sequence[float]) -> list[Verdict]:
    return [watching.judge(START + timedelta(minutes=5 * n), value) for n, value in enumerate(series)]


def alerts(watching: Detector, series: Sequence[float]) -> list[int]:
    return [n for n, verdict in enumerate(judged(watching, series)) if verdict.alert]


def noise(count: int, *, seed: int = 1, level: float = 100.0, spread: float = 5.0) -> list[float]:
    chance = Random(seed)
    return [chance.gauss(level, spread) for _ in range(count)]


@every_detector
@given(past=values, future=values)
def test_a_verdict_never_depends_on_the_future(
    make: Callable[[tzinfo], Detector], past: list[float], future: list[float]
) -> None:
    assert judged(make(UTC), past + future)[: len(past)] == judged(make(UTC), past)


@every_detector
@given(series=values)
def test_a_score_is_a_share_and_an_alert_has_an_unusual_one(
    make: Callable[[tzinfo], Detector], series: list[float]
) -> None:
    for verdict in judged(make(UTC), series):
        assert verdict.score is None or 0 <= verdict.score <= 1
        assert not verdict.alert or (verdict.score is not None and verdict.score >= ALERT_SCORE)


@every_detector
def test_nothing_is_said_of_the_first_points(make: Callable[[tzinfo], Detector]) -> None:
    assert {verdict.score for verdict in judged(make(UTC), noise(20))} == {None}


@every_detector
def test_a_change_that_stays_is_told(make: Callable[[tzinfo], Detector]) -> None:
    series = [*noise(1000), *noise(30, seed=2, level=160.0)]
    assert [at for at in alerts(make(UTC), series) if 1000 <= at < 1030]


@every_detector
def test_a_flat_series_that_jumps_is_told_and_says_nothing_before(
    make: Callable[[tzinfo], Detector],
) -> None:
    found = alerts(make(UTC), [*[5.0] * 400, *[8.0] * 10])
    assert found and min(found) >= 400


@every_detector
def test_the_scale_of_a_series_does_not_matter(make: Callable[[tzinfo], Detector]) -> None:
    series = [*noise(600), *noise(20, seed=2, level=150.0)]
    assert alerts(make(UTC), series) == alerts(make(UTC), [value * 1024 for value in series])


def test_a_detector_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InvalidInputError) as refused:
        detector("crystal-ball")
    assert "nearest-past" in str(refused.value.action)


@pytest.mark.requirement("HE-28")
def test_a_spike_in_the_past_does_not_hide_the_next() -> None:
    series = [*noise(100), 900.0, *noise(40, seed=3), 900.0, *noise(5, seed=4)]
    assert {100, 141} <= set(alerts(detector("median-deviation"), series))


def test_a_level_that_stays_new_becomes_the_ordinary_one() -> None:
    series = [*noise(100), *noise(200, seed=3, level=400.0)]
    assert not [at for at in alerts(detector("z-score"), series) if at > 200 and at % 50 == 0]


def test_a_busy_morning_is_usual_and_a_busy_night_is_not() -> None:
    chance = Random(5)

    def load(n: int) -> float:
        hour = (START + timedelta(minutes=5 * n)).hour
        return chance.gauss(900.0 if 8 <= hour < 17 else 50.0, 10.0)

    four_weeks = [load(n) for n in range(4 * 7 * 288)]
    night = len(four_weeks) + 3 * 12
    found = alerts(
        detector("seasonal"), [*four_weeks, *[load(len(four_weeks) + n) for n in range(36)], 900.0]
    )
    assert night in found
    mornings = [n for n in found if 8 <= (START + timedelta(minutes=5 * n)).hour < 17 and n > 288 * 7]
    assert len(mornings) < 0.005 * 3 * 7 * 9 * 12


def test_hours_are_those_of_the_timezone_also_when_summer_time_begins() -> None:
    from zoneinfo import ZoneInfo

    stockholm = ZoneInfo("Europe/Stockholm")
    start = datetime(2026, 3, 1, tzinfo=UTC)
    watching = detector("seasonal", timezone=stockholm)
    chance = Random(6)
    late: list[datetime] = []
    for n in range(35 * 24 * 4):  # summer time begins on March 29
        at = start + timedelta(minutes=15 * n)
        busy = at.astimezone(stockholm).hour == 9
        if watching.judge(at, chance.gauss(500.0 if busy else 20.0, 1.0)).alert and n > 21 * 24 * 4:
            late.append(at)
    assert len(late) < 20


def test_a_small_shift_that_stays_is_found_by_the_cumulative_sums() -> None:
    series = [*noise(400), *noise(60, seed=9, level=107.0)]
    found = alerts(detector("page-hinkley"), series)
    assert [at for at in found if 400 <= at < 440]
    assert not [at for at in found if at < 400]


def test_a_missing_beat_of_a_regular_series_is_found_though_no_value_is_new() -> None:
    beat = [100 * sin(2 * pi * n / 48) for n in range(48 * 30)]
    beat[48 * 25 : 48 * 25 + 24] = [100.0] * 24
    found = alerts(detector("nearest-past"), beat)
    assert found and all(48 * 25 <= at < 48 * 27 for at in found)


@pytest.mark.requirement("HE-75")
@pytest.mark.parametrize("name", list(DETECTORS))
def test_twenty_metrics_are_judged_within_twenty_milliseconds(name: str) -> None:
    """Of this thread's own time; measured at 0.03 to 0.9 ms (`benchmarks/drift_verdicts.py`)."""
    watching = [detector(name) for _ in range(20)]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for step in range(300):
        for number, one in enumerate(watching):
            one.judge(at + timedelta(minutes=step), float((step * 7 + number) % 13))
    took = []
    for step in range(5):
        began = thread_time()
        for one in watching:
            one.judge(at + timedelta(minutes=300 + step), 5.0)
        took.append(thread_time() - began)
    assert min(took) < 0.020

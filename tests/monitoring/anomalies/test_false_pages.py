"""False alarms are held over all watched series together, and what is really odd is still found."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from watchkeeper.app.settings_anomalies import AnomalySettings
from watchkeeper.monitoring.anomalies.series_watch import SeriesWatch
from watchkeeper.monitoring.detectors.registry import detector

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = 2016
"""Points of five minutes."""
LAWS = ("normal", "lognormal", "heavy", "correlated", "counts", "daily")


def series(law: str, count: int, seed: int) -> list[float]:
    chance = np.random.default_rng([seed, LAWS.index(law)])
    noise = chance.standard_normal(count)
    match law:
        case "normal":
            found = 100 + 5 * noise
        case "lognormal":
            found = 100 * np.exp(0.4 * noise)
        case "heavy":
            found = 100 + 5 * chance.standard_t(4, count)
        case "correlated":
            found = np.empty(count)
            level = 0.0
            for at in range(count):
                level = 0.8 * level + noise[at]
                found[at] = 100 + 5 * level
        case "counts":
            found = chance.poisson(5, count).astype(float)
        case _:
            found = 100 + 30 * np.sin(np.arange(count) * 2 * np.pi / 288) + 5 * noise
    return [float(value) for value in found]


def settings(*, series_count: int, false_pages_a_week: float) -> AnomalySettings:
    return AnomalySettings.model_validate(
        {
            "false_pages_a_week": false_pages_a_week,
            "series": [{"name": f"s{at}", "calls": "p95_ms"} for at in range(series_count)],
        }
    )


def pages(values: list[float], name: str, chance: float, *, after: int) -> int:
    """Times somebody is told: points told in a row are one alert."""
    watch = SeriesWatch(detector(name), chance=chance)
    for at, value in enumerate(values):
        watch.see(BEGIN + timedelta(minutes=5 * at), value)
    told = [point.at for point in watch.told if point.at >= BEGIN + timedelta(minutes=5 * after)]
    return sum(at == 0 or one - told[at - 1] > timedelta(minutes=15) for at, one in enumerate(told))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["median-deviation", "z-score", "seasonal", "page-hinkley"])
def test_series_without_anomalies_make_no_more_false_pages_together_than_accepted(name: str) -> None:
    """36 series of six laws over three weeks: at 4 a week, 12 are accepted; 95 % of all Poisson ones stay
    at or below 18."""
    chance = settings(series_count=36, false_pages_a_week=4).chance()
    assert chance == pytest.approx(4 / (36 * WEEK))
    found = sum(
        pages(series(law, 4 * WEEK, seed), name, chance, after=WEEK) for law in LAWS for seed in range(6)
    )
    assert found <= 18


def test_twice_as_many_series_are_each_told_half_as_easily() -> None:
    few, many = (settings(series_count=count, false_pages_a_week=1).chance() for count in (10, 20))
    assert few == pytest.approx(2 * many)
    [rule, *_] = settings(series_count=10, false_pages_a_week=1).rules()
    assert rule.threshold.warning == pytest.approx(np.log10(10 * WEEK))


@pytest.mark.requirement("HE-29")
@pytest.mark.parametrize("law", ["normal", "lognormal", "counts"])
def test_a_spike_is_told_however_many_series_are_watched(law: str) -> None:
    values = series(law, 2 * WEEK, 1)
    values[-1] = max(values) * 8
    watch = SeriesWatch(detector("median-deviation"), chance=1 / (200 * WEEK))
    for at, value in enumerate(values):
        watch.see(BEGIN + timedelta(minutes=5 * at), value)
    assert watch.told
    assert watch.told[-1].at == BEGIN + timedelta(minutes=5 * (2 * WEEK - 1))


def test_a_spike_that_was_told_does_not_hide_the_next_one() -> None:
    """HE-28: the baseline is learnt without what was unusual."""
    values = series("normal", 2 * WEEK, 2)
    for at in (WEEK, WEEK + 500, WEEK + 1000):
        values[at] = 400.0
    watch = SeriesWatch(detector("z-score"), chance=1 / (100 * WEEK))
    for at, value in enumerate(values):
        watch.see(BEGIN + timedelta(minutes=5 * at), value)
    assert [point.value for point in watch.told] == [400.0] * 3

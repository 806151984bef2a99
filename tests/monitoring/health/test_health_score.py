"""The health score and its deductions."""

from datetime import UTC, datetime

import pytest

from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.health.health_score import Reading, health
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedCalls

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULE = Rule(
    name="errors",
    workload="shop",
    watched=WatchedCalls(figure="error_rate"),
    window_s=300,
    threshold=Threshold(direction="above", warning=0.005, breach=0.01, critical=0.05),
)


def reading(value: float | None) -> Reading:
    return Reading(rule=RULE, value=value, band=RULE.threshold.band(value))


def alert(band: Band) -> Alert:
    return Alert(
        alert_id="a",
        rule=RULE.key,
        workload="shop",
        about="error_rate of calls",
        state="firing",
        band=band,
        severity="P1",
        value=0.2,
        level=0.05,
        unit="",
        begun_at=NOON,
        seen_at=NOON,
    )


def test_nothing_known_is_unknown_and_not_well() -> None:
    found = health([reading(None)], [])
    assert (found.score, found.state, found.unknown) == (None, "unknown", 1)


@pytest.mark.requirement("HE-43")
def test_a_critical_figure_costs_45_with_its_alert_and_both_are_named() -> None:
    found = health([reading(0.2)], [alert(Band.CRITICAL)])
    assert (found.score, found.state) == (55.0, "degraded")
    assert [deduction.points for deduction in found.deductions] == [30.0, 15.0]
    assert found.deductions[0].why == "error_rate of calls is 0.20, critical"


def test_a_warning_costs_ten_and_its_alert_nothing_more() -> None:
    found = health([reading(0.007), reading(0.001)], [alert(Band.WARNING)])
    assert (found.score, found.state) == (90.0, "healthy")


def test_recovery_brings_back_the_whole_score() -> None:
    assert health([reading(0.001)], []).score == 100.0


def test_the_score_never_falls_below_zero() -> None:
    assert health([reading(0.2)] * 9, []).score == 0.0

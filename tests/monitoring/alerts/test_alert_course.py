"""The course of alerts, minute by minute: what is told, held back, repeated and ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert
from watchkeeper.monitoring.alerts.alert_course import Told, next_turn, repeats_at
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedCalls

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SLOW = Rule(
    name="slow",
    workload="shop",
    watched=WatchedCalls(figure="p95_ms"),
    window_s=300,
    threshold=Threshold(direction="above", warning=1800, breach=2000, critical=3000),
    unit="ms",
)


class Watch:
    """One rule looked at again and again."""

    def __init__(self, rule: Rule = SLOW) -> None:
        self.rule = rule
        self.alert: Alert | None = None
        self.told: list[tuple[int, Told, str]] = []

    def sees(self, minute: int, value: float | None) -> "Watch":
        turn = next_turn(
            self.rule,
            self.alert,
            value=value,
            now=NOON + timedelta(minutes=minute),
            new_id=lambda: f"alert-{minute}",
        )
        self.alert = turn.alert or self.alert
        if turn.told is not None and turn.alert is not None:
            self.told.append((minute, turn.told, str(turn.alert.band)))
        return self

    def state(self) -> str | None:
        return None if self.alert is None else self.alert.state


@pytest.mark.requirement("HE-34")
def test_a_second_breach_within_the_cool_down_is_told_to_nobody() -> None:
    watch = Watch().sees(0, 1900).sees(5, 1900).sees(14, 1900)
    assert watch.told == [(0, "fired", "warning")]
    watch.sees(15, 1900)
    assert watch.told[-1] == (15, "repeated", "warning")


@pytest.mark.requirement("HE-34")
def test_a_rise_in_level_is_not_held_back_by_the_milder_one() -> None:
    watch = Watch().sees(0, 1900).sees(1, 3500)
    assert watch.told == [(0, "fired", "warning"), (1, "raised", "critical")]


def test_a_figure_that_came_and_went_within_the_cool_down_is_told_once_each_way() -> None:
    watch = Watch().sees(0, 1900).sees(2, 100).sees(4, 1900).sees(6, 100)
    assert watch.told == [(0, "fired", "warning"), (2, "resolved", "warning")]
    watch.sees(20, 1900)
    assert watch.told[-1] == (20, "fired", "warning")


@pytest.mark.requirement("HE-42")
def test_an_alert_ends_by_itself_when_the_figure_recovers() -> None:
    watch = Watch().sees(0, 5000)
    assert watch.state() == "firing"
    watch.sees(1, 1700)
    assert watch.state() == "resolved"
    assert watch.alert is not None and watch.alert.resolved_at == NOON + timedelta(minutes=1)


def test_a_figure_has_to_stay_past_its_level_before_anybody_is_told() -> None:
    watch = Watch(replace(SLOW, for_s=120)).sees(0, 1900).sees(1, 1900)
    assert (watch.state(), watch.told) == ("pending", [])
    watch.sees(2, 1900)
    assert watch.told == [(2, "fired", "warning")]


def test_a_figure_that_recovers_in_time_was_no_alert() -> None:
    watch = Watch(replace(SLOW, for_s=120)).sees(0, 1900).sees(1, 100)
    assert (watch.state(), watch.told) == ("resolved", [])


def test_who_took_an_alert_on_is_told_again_only_of_a_rise() -> None:
    watch = Watch().sees(0, 1900)
    assert watch.alert is not None
    watch.alert = replace(watch.alert, acknowledgement=Acknowledgement(by="Ida", at=NOON))
    watch.sees(15, 1900).sees(30, 1900)
    assert len(watch.told) == 1
    watch.sees(31, 3100)
    assert watch.told[-1] == (31, "raised", "critical")


@pytest.mark.parametrize(
    ("no_data", "state", "told"),
    [("keep", "firing", 1), ("normal", "resolved", 2), ("alert", "firing", 1)],
)
def test_no_data_does_what_the_rule_says(no_data: str, state: str, told: int) -> None:
    watch = Watch(replace(SLOW, no_data=no_data)).sees(0, 1900).sees(1, None)  # type: ignore[arg-type]
    assert (watch.state(), len(watch.told)) == (state, told)


@pytest.mark.requirement("GF-35")
def test_an_empty_window_is_no_data_and_starts_no_alert() -> None:
    """Defect 7: neither a crash nor an alarm storm."""
    watch = Watch().sees(0, None).sees(1, None)
    assert (watch.state(), watch.told) == (None, [])


def test_silence_of_a_service_is_an_alert_where_the_rule_says_so() -> None:
    watch = Watch(replace(SLOW, no_data="alert")).sees(0, None)
    assert watch.told == [(0, "fired", "no data")]
    assert watch.alert is not None and watch.alert.message == "shop: no data for p95_ms of calls"


@pytest.mark.requirement("HE-41")
def test_an_alert_tells_level_figure_value_and_threshold_with_two_decimals() -> None:
    watch = Watch().sees(0, 3000.456)
    assert watch.alert is not None
    assert watch.alert.at_level == "CRITICAL"
    assert watch.alert.message == "shop: p95_ms of calls is 3000.46 ms (level 3000.00 ms), critical"


def test_the_next_possible_repeat_is_told() -> None:
    watch = Watch().sees(0, 1900)
    assert watch.alert is not None
    assert repeats_at(SLOW, watch.alert) == NOON + timedelta(minutes=15)


@pytest.mark.requirement("HE-37", "HE-38", "HE-39", "HE-40")
@pytest.mark.parametrize(
    ("direction", "levels", "figure", "band"),
    [
        ("above", (1800, 2000, 3000), 1800, Band.NORMAL),
        ("above", (1800, 2000, 3000), 1801, Band.WARNING),
        ("above", (1800, 2000, 3000), 3001, Band.CRITICAL),
        ("below", (0.65, 0.6, 0.5), 0.649, Band.WARNING),
        ("below", (0.65, 0.6, 0.5), 0.59, Band.BREACH),
        ("below", (0.65, 0.6, 0.5), 0.499, Band.CRITICAL),
        ("below", (0.65, 0.6, 0.5), 0.99, Band.NORMAL),
        ("above", (0.005, 0.01, 0.05), 0.007, Band.WARNING),
        ("above", (0.005, 0.01, 0.05), 0.02, Band.BREACH),
        ("above", (0.005, 0.01, 0.05), 0.06, Band.CRITICAL),
    ],
)
def test_each_band_begins_past_its_level(
    direction: str, levels: tuple[float, float, float], figure: float, band: Band
) -> None:
    warning, breach, critical = levels
    threshold = Threshold(
        direction=direction,  # type: ignore[arg-type]
        warning=warning,
        breach=breach,
        critical=critical,
    )
    assert threshold.band(figure) is band


@pytest.mark.parametrize("levels", [{}, {"warning": 5, "critical": 3}, {"critical": float("nan")}])
def test_levels_that_make_no_sense_are_refused(levels: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        Threshold(direction="above", **levels)


figures = st.lists(st.one_of(st.none(), st.sampled_from([100.0, 1900.0, 2500.0, 5000.0])), max_size=60)


@given(seen=figures)
def test_notices_of_one_level_never_come_within_the_cool_down(seen: list[float | None]) -> None:
    watch = Watch()
    for minute, value in enumerate(seen):
        watch.sees(minute, value)
    last: dict[str, int] = {}
    for minute, why, band in watch.told:
        if why == "resolved":
            continue
        assert band not in last or minute - last[band] >= 15 or why == "raised"
        last[band] = minute
    assert not seen or seen[-1] != 100.0 or watch.state() in {None, "resolved"}

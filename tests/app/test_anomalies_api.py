"""A watched series is learnt from what was stored, and its first odd step is an alert that says anomaly."""

import random
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.app.conftest import Shop
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import StartOnMovedClock

LATENCY = {"name": "latency", "workload": "shop", "calls": "average_ms", "every_s": 60}


def watched_by(detector: str) -> MonitoringSettings:
    anomalies = {"false_pages_a_week": 5, "series": [{**LATENCY, "detector": detector}]}
    return MonitoringSettings.model_validate({"anomalies": anomalies})


def ten_hours(store: InMemoryTelemetry, clock: MovedClock) -> None:
    chance = random.Random(7)
    shop = Shop(None, store, clock)  # type: ignore[arg-type]  # nobody is asked anything yet
    for _ in range(600):
        shop.serves(1, ms=100 + chance.gauss(0, 5))
        clock.advance(60)


@pytest.fixture
def detector() -> str:
    return "median-deviation"


@pytest.fixture
def shop(start_on_moved_clock: "StartOnMovedClock", detector: str) -> Shop:
    made = Shop(*start_on_moved_clock(ten_hours, monitoring=watched_by(detector)))
    made._calls = 10_000
    return made


@pytest.mark.requirement("HE-27", "HE-28", "HE-29", "HE-71", "HE-50")
@pytest.mark.parametrize("detector", ["median-deviation", "z-score"])
def test_an_odd_step_after_what_was_learnt_is_an_alert_that_names_anomaly_and_method(
    shop: Shop, detector: str
) -> None:
    shop.waits_for(lambda: shop.client.get("/anomalies")["series"][0]["points"] > 500)
    [series] = shop.client.get("/anomalies")["series"]
    assert (series["series"], series["detector"], series["told"]) == ("shop/latency", detector, [])
    assert series["learnt_since"] is not None
    assert shop.alerts() == []

    shop.serves(3, ms=900)
    shop.clock.advance(120)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert alert["rule"] == "shop/anomaly-latency"
    assert f"anomaly of average_ms of calls by {detector} is {alert['value']:.2f}" in alert["message"]
    told = CliRunner().invoke(app, ["--server", shop.client.url, "anomalies", "watched"])
    assert (told.exit_code, f"anomaly of average_ms of calls by {detector}: 900" in told.stdout) == (
        1,
        True,
    )

    for _ in range(3):
        shop.serves(3, ms=101)
        shop.clock.advance(60)
    shop.clock.advance(60)
    shop.waits_for(lambda: not shop.alerts())


def test_the_past_of_a_watched_series_can_be_run_again(shop: Shop) -> None:
    shop.serves(3, ms=900)
    shop.clock.advance(120)
    found = shop.client.get("/rules/shop/anomaly-latency/backtest", {"since": "-30m"})
    assert [one["why"] for one in found["result"]["told"]] == ["fired"]


def a_day_of_costs(store: InMemoryTelemetry, clock: MovedClock) -> None:
    chance = random.Random(3)
    shop = Shop(None, store, clock)  # type: ignore[arg-type]  # nobody is asked anything yet
    for _ in range(600):
        shop.serves(1, ms=100, cost_usd=Decimal(f"{0.05 + chance.random() * 0.01:.4f}"))
        clock.advance(60)


@pytest.mark.requirement("FA-35")
def test_an_unexpected_spike_of_cost_is_an_alert_without_any_limit_set(
    start_on_moved_clock: "StartOnMovedClock",
) -> None:
    series = {"name": "cost", "workload": "shop", "calls": "cost_usd", "detector": "median-deviation"}
    anomalies = {"false_pages_a_week": 5, "series": [{**series, "every_s": 60}]}
    watched = MonitoringSettings.model_validate({"anomalies": anomalies})
    shop = Shop(*start_on_moved_clock(a_day_of_costs, monitoring=watched))
    shop._calls = 10_000
    shop.waits_for(lambda: shop.client.get("/anomalies")["series"][0]["points"] > 500)
    assert shop.alerts() == []

    # Far below what a day may cost, and ten times what a minute did.
    shop.serves(1, ms=100, cost_usd=Decimal("0.60"))
    shop.clock.advance(120)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert "anomaly of cost_usd of calls" in alert["message"]

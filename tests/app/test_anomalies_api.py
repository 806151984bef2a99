"""A watched series is learnt from what was stored, and its first odd step is an alert that says anomaly."""

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.app.conftest import Shop, wait_until
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import OpenInMemory, StartServer

WATCHED = MonitoringSettings.model_validate(
    {
        "anomalies": {
            "false_pages_a_week": 5,
            "series": [{"name": "latency", "workload": "shop", "calls": "average_ms", "every_s": 60}],
        }
    }
)


@pytest.fixture
def shop(start_server: "StartServer", open_in_memory: "OpenInMemory") -> Iterator[Shop]:
    clock = MovedClock()
    stores: list[InMemoryTelemetry] = []
    chance = random.Random(7)

    def opened(state: ServerState) -> OpenEngines:
        engines = open_in_memory(state)
        store = engines.services.telemetry
        assert isinstance(store, InMemoryTelemetry)
        history = Shop(None, store, clock)  # type: ignore[arg-type]
        for _ in range(600):
            history.serves(1, ms=100 + chance.gauss(0, 5))
            clock.advance(60)
        stores.append(store)
        return engines

    handle = start_server(monitoring=WATCHED, clock=clock, open_engines=opened)
    with ApiClient(handle.address) as client:
        wait_until(lambda: stores)
        made = Shop(client, stores[0], clock)
        made._calls = 10_000
        yield made


@pytest.mark.requirement("HE-27", "HE-29", "HE-71")
def test_an_odd_step_after_what_was_learnt_is_an_alert_that_names_anomaly_and_method(shop: Shop) -> None:
    shop.waits_for(lambda: shop.client.get("/anomalies")["series"][0]["points"] > 500)
    [series] = shop.client.get("/anomalies")["series"]
    assert (series["series"], series["detector"], series["told"]) == ("shop/latency", "median-deviation", [])
    assert series["learnt_since"] is not None
    assert shop.alerts() == []

    shop.serves(3, ms=900)
    shop.clock.advance(120)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert alert["rule"] == "shop/anomaly-latency"
    assert "anomaly of average_ms of calls by median-deviation is" in alert["message"]
    told = CliRunner().invoke(app, ["--server", shop.client.url, "anomalies", "watched"])
    assert (told.exit_code, "anomaly of average_ms of calls by median-deviation: 900" in told.stdout) == (
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

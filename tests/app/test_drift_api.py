"""A model swapped behind its name becomes an alert of the monitor, and `wk drift models` says by what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.app.test_alerts_api import CALL, wait_until
from tests.monitoring.drift.test_model_behaviour import answers
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import OpenInMemory, StartServer

WATCHED = MonitoringSettings.model_validate(
    {"drift": {"models": [{"workload": "shop", "model": name} for name in ("steady", "swapped", "silent")]}}
)


def history(store: InMemoryTelemetry, clock: MovedClock) -> None:
    """Two models for eight days; behind the name of one, another answers since yesterday."""
    spans = []
    for model in ("steady", "swapped"):
        for day in range(8):
            style = "lists" if model == "swapped" and day == 0 else "plain"
            for number, one in enumerate(answers(160, seed=day + 10 * len(model), style=style)):
                at = clock.now() - timedelta(days=day, minutes=8 * number + 1)
                spans.append(
                    replace(
                        CALL,
                        span_id=f"{len(spans) + 1:016x}",
                        model=model,
                        start_ns=ns_of(at),
                        duration_ns=int(one.duration_ms * 1e6),
                        output_tokens=one.output_tokens,
                        prompt_preview=one.prompt,
                        reply_preview=one.reply,
                        finish_reason=one.finish_reason,
                    )
                )
    store.append(TelemetryBatch(spans=tuple(spans)), received_at=clock.now())


@pytest.fixture
def shop(start_server: "StartServer", open_in_memory: "OpenInMemory") -> Iterator[ApiClient]:
    clock = MovedClock()
    opened_once: list[bool] = []

    def opened(state: ServerState) -> OpenEngines:
        engines = open_in_memory(state)
        store = engines.services.telemetry
        assert isinstance(store, InMemoryTelemetry)
        history(store, clock)
        opened_once.append(True)
        return engines

    handle = start_server(monitoring=WATCHED, clock=clock, open_engines=opened)
    with ApiClient(handle.address) as client:
        wait_until(lambda: opened_once)
        yield client


def test_a_model_swapped_behind_its_name_is_an_alert_and_a_steady_one_is_none(shop: ApiClient) -> None:
    wait_until(lambda: shop.get("/alerts")["alerts"])
    wait_until(lambda: shop.get("/health")["looked_at"])
    [alert] = shop.get("/alerts")["alerts"]
    assert alert["rule"] == "shop/silent-change-swapped"
    assert "silent change of model swapped" in alert["message"]

    told = CliRunner().invoke(app, ["--server", shop.url, "drift", "models", "--workload", "shop"])
    assert told.exit_code == 1
    assert "shop, steady: unchanged; answers are as before" in told.stdout
    assert "shop, swapped: changed; other answers to like questions: length" in told.stdout
    assert "silent" not in told.stdout, "a model nobody called is not compared"

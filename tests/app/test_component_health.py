"""Health is told for each component that rules are about, beside its workload's."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.app.conftest import CALL
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

if TYPE_CHECKING:
    from conftest import OpenShop

WATCHED = MonitoringSettings.model_validate(
    {
        "rules": [
            {
                "name": f"{component}-errors",
                "workload": "shop",
                "calls": "error_rate",
                "only": {"component": component},
                "above": {"warning": 0.05, "critical": 0.5},
            }
            for component in ("ranker", "index", "embedder")
        ]
    }
)


@pytest.mark.requirement("HE-43")
def test_a_dead_component_is_critical_itself_and_takes_from_its_workload(open_shop: "OpenShop") -> None:
    shop = open_shop(monitoring=WATCHED)
    spans = tuple(
        replace(
            CALL,
            span_id=f"{number:016x}",
            operation="execute_tool",
            component="ranker" if number % 2 else "index",
            start_ns=ns_of(shop.clock.now()) - 1_000_000_000,
            ok=number % 2 == 0,
        )
        for number in range(1, 41)
    )
    shop.telemetry.append(TelemetryBatch(spans=spans), received_at=shop.clock.now())

    def components() -> dict[str, Any]:
        [one] = shop.client.get("/health", {"workload": "shop"})["workloads"]
        return {each["component"]: (each["score"], each["state"]) for each in one["components"]}

    shop.waits_for(lambda: components()["ranker"][0] == 55.0)
    assert components() == {
        "ranker": (55.0, "degraded"),
        "index": (100.0, "healthy"),
        "embedder": (None, "unknown"),
    }
    told = CliRunner().invoke(app, ["--server", shop.client.url, "health"])
    assert "component ranker: degraded (55 of 100)" in told.stdout
    assert "component embedder: unknown (no data)" in told.stdout

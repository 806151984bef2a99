"""What a score is called: healthy from 80, degraded from 50, critical below, unknown without data (HE-44)."""

from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.app.conftest import Shop
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.monitoring.health.health_score import state_of

if TYPE_CHECKING:
    from conftest import OpenShop

HOUR_S = 3600
WARNED = {"above": {"warning": 50}}
CRITICAL = {"above": {"critical": 50}}
PENDING = {**CRITICAL, "for_s": HOUR_S}
"""A critical figure, and not yet an alert: 30 points, not 45."""
SCORES = {
    "eighty": [WARNED, WARNED],
    "seventy": [PENDING],
    "fifty": [PENDING, WARNED, WARNED],
    "forty-five": [CRITICAL, WARNED],
}
WATCHED = MonitoringSettings.model_validate(
    {
        "rules": [
            {"name": f"slow-{number}", "workload": workload, "calls": "average_ms", **levels}
            for workload, rules in {**SCORES, "nothing": [WARNED]}.items()
            for number, levels in enumerate(rules)
        ]
    }
)


@pytest.mark.requirement("HE-44")
def test_80_is_healthy_50_is_degraded_what_is_below_is_worse_and_no_data_is_unknown(
    open_shop: "OpenShop",
) -> None:
    first = open_shop(monitoring=WATCHED)
    for workload in SCORES:
        shop = Shop(first.client, first.telemetry, first.clock, workload=workload)
        shop._calls = 1000 * len(workload)
        shop.serves(3, ms=100)

    def told() -> dict[str, Any]:
        found = first.client.get("/health")["workloads"]
        return {one["workload"]: (one["score"], one["state"]) for one in found}

    first.waits_for(lambda: told()["forty-five"][0] == 45.0)
    assert told() == {
        "eighty": (80.0, "healthy"),
        "seventy": (70.0, "degraded"),
        "fifty": (50.0, "degraded"),
        "forty-five": (45.0, "critical"),
        "nothing": (None, "unknown"),
    }
    said = CliRunner().invoke(app, ["--server", first.client.url, "health"])
    assert said.exit_code == 1
    for line in ("eighty: healthy (80 of 100)", "forty-five: critical (45 of 100)", "nothing: unknown"):
        assert line in said.stdout


@pytest.mark.requirement("HE-44")
@pytest.mark.parametrize(
    ("score", "state"), [(80.0, "healthy"), (79.9, "degraded"), (50.0, "degraded"), (49.9, "critical")]
)
def test_a_tenth_below_a_bound_is_the_band_below(score: float, state: str) -> None:
    assert state_of(score) == state

"""What is told without a rule: a target whose calls fail, and failing calls nobody wrote a rule about."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.conftest import wait_until
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.gateway.orders.worker_report import BreakerTold, WorkerReport
from watchkeeper.testing.clock import MovedClock

if TYPE_CHECKING:
    from conftest import OpenInMemory, OpenShop, StartServer

NO_RULES = MonitoringSettings()


def test_a_workload_nobody_described_is_watched_for_failing_calls_and_pages_nobody(
    open_shop: "OpenShop",
) -> None:
    shop = open_shop(NO_RULES)
    shop.serves(16, ms=100, ok=False)
    shop.serves(8, ms=100)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert (alert["rule"], alert["severity"]) == ("shop/calls-failing", "P2")
    assert alert["message"].startswith("shop: error_rate of calls is 66")

    shop.clock.advance(301)  # The failures have left the window, and nothing else came.
    shop.waits_for(lambda: not shop.alerts())


OWN_RULE = {"name": "mine", "workload": "shop", "calls": "error_rate", "above": {"warning": 2}}
TURNED_OFF = {**OWN_RULE, "name": "calls-failing", "enabled": False}


@pytest.mark.parametrize(
    ("rules", "calls"),
    [([], 19), ([OWN_RULE], 40), ([TURNED_OFF], 40)],
    ids=["few calls", "a rule of one's own", "turned off"],
)
def test_what_is_too_few_or_spoken_of_by_the_settings_is_not_told(
    open_shop: "OpenShop", rules: list[dict[str, object]], calls: int
) -> None:
    shop = open_shop(MonitoringSettings.model_validate({"rules": rules}))
    shop.serves(calls, ms=100, ok=False)
    looked = shop.client.get("/health")["looked_at"]
    shop.clock.advance(1)
    shop.waits_for(lambda: shop.client.get("/health")["looked_at"] != looked)
    assert shop.alerts() == []


def report(now: datetime, **states: str) -> WorkerReport:
    told = {
        target: BreakerTold(state=state, forced=state == "held", failures=5, for_s=1.0, retry_in_s=None)
        for target, state in states.items()
    }
    return WorkerReport(
        worker_id="1", gateway="here", pid=1, started_at=now, seen_at=now, breakers=told
    )  # fmt: skip


def test_a_target_whose_breaker_opened_is_an_alert_until_a_call_came_back(
    start_server: "StartServer", open_in_memory: "OpenInMemory"
) -> None:
    clock = MovedClock()
    opened: list[Services] = []

    def engines(state: ServerState) -> OpenEngines:
        found = open_in_memory(state)
        opened.append(found.services)
        return found

    handle = start_server(clock=clock, open_engines=engines)
    with ApiClient(handle.address) as client:
        wait_until(lambda: opened)

        def alerts() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = client.get("/alerts")["alerts"]
            return found

        workers = opened[0].orders.workers
        workers.tell(report(clock.now(), large="open", small="closed", spare="held"))
        wait_until(alerts)
        [alert] = alerts()
        assert (alert["rule"], alert["severity"]) == ("watchkeeper/target-large", "P2")
        assert "target large alone, as its calls failed" in alert["message"]

        workers.tell(report(clock.now(), large="half_open", small="closed"))
        looked = client.get("/health")["looked_at"]
        clock.advance(1)
        wait_until(lambda: client.get("/health")["looked_at"] != looked)
        assert len(alerts()) == 1, "half-open is not known to be well"

        workers.tell(report(clock.now(), large="closed", small="closed"))
        wait_until(lambda: not alerts())

"""A real server on stores in memory, for tests of what stands around the stores."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app import start
from watchkeeper.app.budgets import budget_desk
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.handle import Handle
from watchkeeper.app.ingest_loading import IngestLoading
from watchkeeper.app.loops import Loop, loop_counters
from watchkeeper.app.monitoring.anomaly_readings import AnomalyWatch
from watchkeeper.app.monitoring.heartbeat import Heartbeat
from watchkeeper.app.monitoring.model_readings import ModelWatch
from watchkeeper.app.monitoring.server_monitor import ALERT_LOG, look, server_monitor
from watchkeeper.app.monitoring.telling import courier
from watchkeeper.app.receipt_heads import ReceiptHeads
from watchkeeper.app.receipt_shipping import ReceiptShipping
from watchkeeper.app.releases import canary_watch
from watchkeeper.app.server_log import ServerLog
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.settings import ServerSettings, Settings
from watchkeeper.app.settings_host import HostSettings
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.gateway.keys.desk import KeyDesk
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.releases.desk import ReleaseDesk
from watchkeeper.testing.alerts import InMemoryAlerts, InMemoryMutes, InMemoryOverrides
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.daily_summaries import InMemoryDailySummaries
from watchkeeper.testing.keys_and_orders import InMemoryGatewayWorkers, InMemoryKeys, InMemoryOrders
from watchkeeper.testing.outbox import InMemoryOutbox
from watchkeeper.testing.releases import InMemoryReleases
from watchkeeper.testing.state import (
    InMemoryCanaries,
    InMemoryDocuments,
    InMemoryLearning,
    InMemoryReceiptHeads,
    InMemoryResults,
    InMemoryRuns,
    InMemoryScores,
)
from watchkeeper.testing.telemetry import InMemoryTelemetry


def in_memory_services(state: ServerState) -> Services:
    keys = InMemoryKeys()
    content = InMemoryContent(clock=state.clock)
    telemetry = InMemoryTelemetry()
    outbox = InMemoryOutbox()
    return Services(
        documents=InMemoryDocuments(),
        runs=InMemoryRuns(),
        results=InMemoryResults(),
        scores=InMemoryScores(),
        canaries=InMemoryCanaries(),
        releases=ReleaseDesk(InMemoryReleases(), clock=state.clock),
        alerts=InMemoryAlerts(outbox),
        outbox=outbox,
        mutes=InMemoryMutes(),
        overrides=InMemoryOverrides(),
        heads=InMemoryReceiptHeads(),
        learning=InMemoryLearning(),
        keys=KeyDesk(keys, clock=state.clock, ids=state.ids, draw=secrets.token_bytes),
        key_refresh=KeyRefresh(state.ring, keys),
        orders=OrderDesk(InMemoryOrders(), InMemoryGatewayWorkers(), clock=state.clock),
        budgets=budget_desk(InMemoryBank(), state.settings, clock=state.clock),
        telemetry=telemetry,
        summaries=InMemoryDailySummaries(),
        content=content,
        content_search=content,
        sandbox=ProcessSandbox(),
        anomalies=AnomalyWatch(telemetry, timezone=state.settings.timezone),
        models=ModelWatch(telemetry),
        clock=state.clock,
        ids=state.ids,
        data_dir=state.data_dir,
        settings=state.settings,
    )


def _open(state: ServerState) -> OpenEngines:
    services = in_memory_services(state)
    services.key_refresh.turn()
    counters = loop_counters(state.metrics)
    alert_log = ServerLog(state.data_dir, state.clock, file_name=ALERT_LOG)
    monitor = state.monitor = server_monitor(services, state.workloads.values(), alert_log=alert_log.log)
    beat = Heartbeat(state.data_dir, state.clock)
    letters = courier(services.settings, services.outbox, clock=state.clock)
    turns = {
        "shipping": ReceiptShipping(services, state).turn,
        "loading": IngestLoading(services, state).turn,
        "heads": ReceiptHeads(services).turn,
        "releases": canary_watch(services).turn,
        "monitor": lambda: look(monitor, beat),
        "courier": letters.turn,
    }
    loops = tuple(
        Loop(
            name,
            turn,
            every_s=0.02,
            readiness=state.readiness,
            counters=counters,
            log=state.log,
            needed=name not in {"monitor", "courier"},
        )
        for name, turn in turns.items()
    )

    def close() -> None:
        services.telemetry.close()
        services.sandbox.close()
        alert_log.close()

    return OpenEngines(services, loops, close)


StartServer = Callable[..., Handle]
OpenInMemory = Callable[[ServerState], OpenEngines]


@pytest.fixture
def open_in_memory() -> OpenInMemory:
    """Opens stores in memory, with the loops that ship receipts and load telemetry."""
    return _open


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers on any free port that are stopped when the test ends."""
    started: list[Handle] = []

    def begin(keys: Sequence[str] = (), monitoring: MonitoringSettings | None = None, **more: Any) -> Handle:
        said = {name: more.pop(name) for name in ("notification", "oncall", "budgets") if name in more}
        settings = Settings(
            server=ServerSettings.model_validate({"port": 0, "keys": list(keys)}),
            # The machine that tests run on is nobody's subject, except where a test says so.
            monitoring=(monitoring or MonitoringSettings()).model_copy(
                update={"host": HostSettings(enabled=False)}
            ),
            **said,
        )
        more = {"data_dir": tmp_path / "data", "installed": (), "open_engines": _open, **more}
        started.append(start(settings, **more))
        return started[-1]

    yield begin
    for handle in started:
        handle.stop()

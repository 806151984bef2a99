"""A real server on stores in memory, for tests of what stands around the stores."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app import start
from watchkeeper.app.budgets import budget_desk
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.handle import Handle
from watchkeeper.app.ingest_loading import IngestLoading
from watchkeeper.app.ingest_preparing import preparer_of, preparing_plan
from watchkeeper.app.loops import Loop, loop_counters
from watchkeeper.app.monitoring.anomaly_readings import AnomalyWatch
from watchkeeper.app.monitoring.call_texts import CallTexts
from watchkeeper.app.monitoring.heartbeat import Heartbeat
from watchkeeper.app.monitoring.model_readings import ModelWatch
from watchkeeper.app.monitoring.reference_drift import ReferenceWatch
from watchkeeper.app.monitoring.server_monitor import ALERT_LOG, look, server_monitor
from watchkeeper.app.monitoring.status_lines import STATUS_LOG, StatusLines
from watchkeeper.app.monitoring.telling import courier
from watchkeeper.app.receipt_heads import ReceiptHeads
from watchkeeper.app.receipt_shipping import ReceiptShipping
from watchkeeper.app.releases import canary_watch, desks, experiment_watch
from watchkeeper.app.server_log import ServerLog
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_host import HostSettings
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.app.settings_server import ServerSettings
from watchkeeper.domain.span import Span
from watchkeeper.evaluation.desk import EvaluationDesk
from watchkeeper.gateway.keys.desk import KeyDesk
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.alerts import InMemoryAlerts, InMemoryMutes, InMemoryOverrides
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.coaching import InMemoryCoaching
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.daily_summaries import InMemoryDailySummaries
from watchkeeper.testing.drift_references import InMemoryReferences
from watchkeeper.testing.evaluation import InMemoryEvaluations
from watchkeeper.testing.experiments import InMemoryExperiments
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


def _no_backup(target: Path) -> Path:
    """Stands for a dump of a database that is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"in memory")
    return target


def in_memory_services(state: ServerState) -> Services:
    keys = InMemoryKeys()
    content = InMemoryContent(clock=state.clock)
    telemetry = InMemoryTelemetry()
    references = InMemoryReferences()
    outbox = InMemoryOutbox()
    orders = OrderDesk(InMemoryOrders(), InMemoryGatewayWorkers(), clock=state.clock)
    releases, experiments = desks(
        InMemoryReleases(), InMemoryExperiments(), state.settings, orders=orders, clock=state.clock
    )
    return Services(
        documents=InMemoryDocuments(),
        runs=InMemoryRuns(),
        results=InMemoryResults(),
        scores=InMemoryScores(),
        canaries=InMemoryCanaries(),
        releases=releases,
        experiments=experiments,
        alerts=InMemoryAlerts(outbox),
        outbox=outbox,
        mutes=InMemoryMutes(),
        overrides=InMemoryOverrides(),
        heads=InMemoryReceiptHeads(),
        learning=InMemoryLearning(),
        coaching=InMemoryCoaching(),
        evaluations=EvaluationDesk(InMemoryEvaluations()),
        back_up=_no_backup,
        keys=KeyDesk(keys, clock=state.clock, ids=state.ids, draw=secrets.token_bytes),
        key_refresh=KeyRefresh(state.ring, keys),
        orders=orders,
        budgets=budget_desk(InMemoryBank(), state.settings, clock=state.clock),
        telemetry=telemetry,
        summaries=InMemoryDailySummaries(),
        content=content,
        content_search=content,
        references=references,
        sandbox=ProcessSandbox(),
        anomalies=AnomalyWatch(telemetry, timezone=state.settings.timezone),
        models=ModelWatch(telemetry, CallTexts(content)),
        reference_watch=ReferenceWatch(telemetry, references, CallTexts(content)),
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
    status_log = ServerLog(state.data_dir, state.clock, file_name=STATUS_LOG)
    beat = Heartbeat(state.data_dir, state.clock)
    letters = courier(services.settings, services.outbox, clock=state.clock)
    turns = {
        "shipping": ReceiptShipping(services, state).turn,
        "loading": IngestLoading(
            services, state, preparer_of(preparing_plan(state.data_dir, state.settings), services.content)
        ).turn,
        "heads": ReceiptHeads(services).turn,
        "releases": canary_watch(services).turn,
        "experiments": experiment_watch(services).turn,
        "monitor": lambda: look(monitor, beat),
        "courier": letters.turn,
        "status lines": StatusLines(services, monitor, status_log.log).turn,
    }
    loops = tuple(
        Loop(
            name,
            turn,
            every_s=0.02,
            readiness=state.readiness,
            counters=counters,
            log=state.log,
            needed=name not in {"monitor", "courier", "status lines"},
        )
        for name, turn in turns.items()
    )

    def close() -> None:
        services.telemetry.close()
        services.sandbox.close()
        alert_log.close()
        status_log.close()

    return OpenEngines(services, loops, close)


StartServer = Callable[..., Handle]
OpenInMemory = Callable[[ServerState], OpenEngines]


@pytest.fixture
def open_in_memory() -> OpenInMemory:
    """Opens stores in memory, with the loops that ship receipts and load telemetry."""
    return _open


_SECTIONS = ("notification", "oncall", "budgets", "routes", "targets", "coaching", "releases", "content")
"""What a test may say of the settings, as settings have it."""


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers on any free port that are stopped when the test ends."""
    started: list[Handle] = []

    def begin(keys: Sequence[str] = (), monitoring: MonitoringSettings | None = None, **more: Any) -> Handle:
        said = {name: more.pop(name) for name in _SECTIONS if name in more}
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


SHOP_RULES = MonitoringSettings.model_validate(
    {
        "rules": [
            {
                "name": "slow",
                "workload": "shop",
                "calls": "p95_ms",
                "above": {"warning": 1800, "breach": 2000, "critical": 3000},
                "unit": "ms",
            },
            {
                "name": "errors",
                "workload": "shop",
                "calls": "error_rate",
                "above": {"warning": 0.005, "critical": 0.05},
            },
        ]
    }
)
CALL = Span(
    trace_id="a" * 32,
    span_id="b" * 16,
    name="chat m",
    operation="chat",
    workload="shop",
    start_ns=1,
    duration_ns=1,
    ok=True,
)


def wait_until(what: Callable[[], object]) -> None:
    """Looks until it is so: the server's monitor turns fifty times a second here."""
    deadline_s = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline_s, "it never came to be"
        time.sleep(0.02)


class Shop:
    """A server that watches a shop, and the shop's calls."""

    def __init__(
        self, client: ApiClient, telemetry: InMemoryTelemetry, clock: MovedClock, *, workload: str = "shop"
    ) -> None:
        self.client = client
        self.telemetry = telemetry
        self.clock = clock
        self._calls = 0
        self._workload = workload

    def serves(self, count: int, *, ms: float, ok: bool = True, **more: Any) -> None:
        spans = []
        for _ in range(count):
            self._calls += 1
            spans.append(
                replace(
                    CALL,
                    workload=self._workload,
                    span_id=f"{self._calls:016x}",
                    start_ns=ns_of(self.clock.now()) - 1_000_000_000,
                    duration_ns=int(ms * 1e6),
                    ok=ok,
                    **more,
                )
            )
        self.telemetry.append(TelemetryBatch(spans=tuple(spans)), received_at=self.clock.now())

    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/alerts")["alerts"]
        return found

    def waits_for(self, what: Callable[[], object]) -> None:
        wait_until(what)


class OnMovedClock(NamedTuple):
    """A server on stores in memory, and what a test moves about it."""

    client: ApiClient
    telemetry: InMemoryTelemetry
    clock: MovedClock


StartOnMovedClock = Callable[..., OnMovedClock]
Past = Callable[[InMemoryTelemetry, MovedClock], None]


@pytest.fixture
def start_on_moved_clock(start_server: StartServer) -> Iterator[StartOnMovedClock]:
    """Starts servers on a moved clock; `past` fills the telemetry before any loop looks at it."""
    clients: list[ApiClient] = []

    def begin(
        past: Callable[[InMemoryTelemetry, MovedClock], None] | None = None, **more: Any
    ) -> OnMovedClock:
        clock = MovedClock()
        stores: list[InMemoryTelemetry] = []

        def opened(state: ServerState) -> OpenEngines:
            engines = _open(state)
            store = engines.services.telemetry
            assert isinstance(store, InMemoryTelemetry)
            if past is not None:
                past(store, clock)
            stores.append(store)
            return engines

        handle = start_server(clock=clock, open_engines=opened, **more)
        clients.append(ApiClient(handle.address))
        # The stores are opened beside the answering server.
        wait_until(lambda: stores)
        return OnMovedClock(clients[-1], stores[0], clock)

    yield begin
    for client in clients:
        client.close()


OpenShop = Callable[..., Shop]


@pytest.fixture
def open_shop(start_on_moved_clock: StartOnMovedClock) -> OpenShop:
    """Opens a server that watches a shop, on a moved clock; more settings by their section's name."""

    def begin(
        monitoring: MonitoringSettings = SHOP_RULES, *, workload: str = "shop", **settings: Any
    ) -> Shop:
        return Shop(*start_on_moved_clock(monitoring=monitoring, **settings), workload=workload)

    return begin

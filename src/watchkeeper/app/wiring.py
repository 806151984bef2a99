"""Joining ports and adapters: the one place that sees both."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.adapters.host.machine import Machine
from watchkeeper.adapters.postgres.alerts import PostgresAlerts
from watchkeeper.adapters.postgres.backup import back_up
from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.adapters.postgres.canaries import PostgresCanaries
from watchkeeper.adapters.postgres.coaching import PostgresCoaching
from watchkeeper.adapters.postgres.daily_summaries import PostgresDailySummaries
from watchkeeper.adapters.postgres.database import Database, connect
from watchkeeper.adapters.postgres.documents import PostgresDocuments
from watchkeeper.adapters.postgres.drift_references import PostgresReferences
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.adapters.postgres.evaluations import PostgresEvaluations
from watchkeeper.adapters.postgres.experiments import PostgresExperiments
from watchkeeper.adapters.postgres.gateway_workers import PostgresGatewayWorkers
from watchkeeper.adapters.postgres.keys import PostgresKeys
from watchkeeper.adapters.postgres.learning import PostgresLearning
from watchkeeper.adapters.postgres.migrate import migrate
from watchkeeper.adapters.postgres.mutes import PostgresMutes, PostgresOverrides
from watchkeeper.adapters.postgres.orders import PostgresOrders
from watchkeeper.adapters.postgres.outbox import PostgresOutbox
from watchkeeper.adapters.postgres.receipt_heads import PostgresReceiptHeads
from watchkeeper.adapters.postgres.releases import PostgresReleases
from watchkeeper.adapters.postgres.results import PostgresResults
from watchkeeper.adapters.postgres.runs import PostgresRuns
from watchkeeper.adapters.postgres.scores import PostgresScores
from watchkeeper.adapters.postgres.server_connections import server_connections
from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app.budgets import budget_desk
from watchkeeper.app.content_care import open_content
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.ingest_preparing import ChildPreparer, preparing_plan
from watchkeeper.app.key_ring import key_copy
from watchkeeper.app.monitoring.anomaly_readings import AnomalyWatch
from watchkeeper.app.monitoring.call_texts import CallTexts
from watchkeeper.app.monitoring.host_watch import HostWatch, clean_up_action
from watchkeeper.app.monitoring.model_readings import ModelWatch
from watchkeeper.app.monitoring.reference_drift import ReferenceWatch
from watchkeeper.app.monitoring.server_monitor import ALERT_LOG, server_monitor
from watchkeeper.app.monitoring.status_lines import STATUS_LOG, StatusLines
from watchkeeper.app.releases import desks
from watchkeeper.app.server_log import ServerLog
from watchkeeper.app.server_loops import server_loops
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.telemetry_engine import TelemetryEngine, open_telemetry
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.evaluation.desk import EvaluationDesk
from watchkeeper.gateway.keys.desk import KeyDesk
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.monitoring.host.clean_up import CleanUp
from watchkeeper.monitoring.monitor import Monitor
from watchkeeper.monitoring.ports import SqlSandbox

POSTGRES = "postgres"
TELEMETRY = "telemetry"
Opened = TypeVar("Opened")


def open_engines(state: ServerState) -> OpenEngines:
    """Open the engines of a server side by side, and join them to what the API works with.

    Raises:
        WatchkeeperError: One cannot be opened; the others are closed again.
    """
    undo = ExitStack()
    try:
        for name in (POSTGRES, TELEMETRY):
            state.readiness.expect(name, "starting")
        with ThreadPoolExecutor(2, thread_name_prefix="open-engine") as pool:
            telemetry = pool.submit(_told, state, TELEMETRY, lambda: _open_telemetry(state, undo))
            database = pool.submit(_told, state, POSTGRES, lambda: _open_postgres(state, undo))
        content = open_content(state)
        undo.callback(content.close)
        preparer = ChildPreparer(preparing_plan(state.data_dir, state.settings))
        undo.callback(preparer.close)
        sandbox = ProcessSandbox()
        undo.callback(sandbox.close)
        services = _services(state, database.result(), telemetry.result(), content=content, sandbox=sandbox)
        # Before anybody may ask: a key that was made is never told that it is not known.
        services.key_refresh.turn()
        monitor = state.monitor = _monitor(services, state, undo)
        lines = _status_lines(services, monitor, state, undo)
        state.host = _host(services, state, database.result().database)
        return OpenEngines(
            services,
            server_loops(services, content, monitor, state, preparer=preparer, lines=lines),
            undo.close,
        )
    except BaseException:
        undo.close()
        raise


def _told(state: ServerState, name: str, open_one: Callable[[], Opened]) -> Opened:
    """Open an engine, telling the readiness how it went."""
    try:
        opened = open_one()
    except WatchkeeperError as failure:
        state.readiness.failed(name, failure.message)
        raise
    state.readiness.ready(name)
    return opened


def _open_telemetry(state: ServerState, undo: ExitStack) -> TelemetryEngine:
    telemetry = open_telemetry(state.settings.telemetry, state.data_dir)
    undo.callback(telemetry.close)
    return telemetry


def _open_postgres(state: ServerState, undo: ExitStack) -> "_State":
    url = state.settings.postgres.url
    # The stack closes in reverse: connections first, then the hold on the embedded server.
    conninfo = undo.enter_context(EmbeddedPostgres(state.data_dir)) if url is None else url.get_secret_value()
    migrate(conninfo, clock=state.clock, backup_dir=state.data_dir / "backups")
    return _State(undo.enter_context(connect(conninfo)), partial(back_up, conninfo))


@dataclass(frozen=True, slots=True)
class _State:
    database: Database
    back_up: Callable[[Path], Path]


def _services(
    state: ServerState,
    kept: _State,
    telemetry: TelemetryEngine,
    *,
    content: ContentPacks,
    sandbox: SqlSandbox,
) -> Services:
    database = kept.database
    keys, references = PostgresKeys(database), PostgresReferences(database)
    orders = OrderDesk(PostgresOrders(database), PostgresGatewayWorkers(database), clock=state.clock)
    releases, experiments = desks(
        PostgresReleases(database),
        PostgresExperiments(database),
        state.settings,
        orders=orders,
        clock=state.clock,
    )
    return Services(
        documents=PostgresDocuments(database),
        runs=PostgresRuns(database),
        results=PostgresResults(database),
        scores=PostgresScores(database),
        canaries=PostgresCanaries(database),
        alerts=PostgresAlerts(database),
        outbox=PostgresOutbox(database),
        mutes=PostgresMutes(database),
        overrides=PostgresOverrides(database),
        heads=PostgresReceiptHeads(database),
        releases=releases,
        experiments=experiments,
        learning=PostgresLearning(database),
        coaching=PostgresCoaching(database),
        evaluations=EvaluationDesk(PostgresEvaluations(database)),
        back_up=kept.back_up,
        keys=KeyDesk(keys, clock=state.clock, ids=state.ids, draw=secrets.token_bytes),
        key_refresh=KeyRefresh(state.ring, keys, key_copy(state.data_dir)),
        orders=orders,
        budgets=budget_desk(PostgresBank(database), state.settings, clock=state.clock),
        telemetry=telemetry,
        summaries=PostgresDailySummaries(database),
        content=content,
        content_search=content,
        references=references,
        sandbox=sandbox,
        anomalies=AnomalyWatch(telemetry, timezone=state.settings.timezone),
        models=ModelWatch(telemetry, CallTexts(content)),
        reference_watch=ReferenceWatch(telemetry, references, CallTexts(content)),
        clock=state.clock,
        ids=state.ids,
        data_dir=state.data_dir,
        settings=state.settings,
    )


def _monitor(services: Services, state: ServerState, undo: ExitStack) -> Monitor:
    alert_log = ServerLog(state.data_dir, state.clock, file_name=ALERT_LOG)
    undo.callback(alert_log.close)
    return server_monitor(services, state.workloads.values(), alert_log=alert_log.log)


def _status_lines(services: Services, monitor: Monitor, state: ServerState, undo: ExitStack) -> StatusLines:
    log = ServerLog(state.data_dir, state.clock, file_name=STATUS_LOG)
    undo.callback(log.close)
    return StatusLines(services, monitor, log.log)


def _host(services: Services, state: ServerState, database: Database) -> HostWatch | None:
    settings = services.settings.monitoring.host
    if not settings.enabled:
        return None
    machine = Machine(state.data_dir, connections=lambda: server_connections(database))
    return HostWatch(
        machine,
        services.telemetry,
        clean_up=CleanUp(machine, clean_up_action(settings.clean_up)),
        clock=services.clock,
        log=state.log,
    )

"""The monitor of a server: the rules in force, read from its stores, told to its alert log."""

from collections.abc import Iterable
from functools import partial

from watchkeeper.app.monitoring.gateway_sources import (
    FailingCallsSource,
    TargetSource,
    watched_for_failures,
)
from watchkeeper.app.monitoring.heartbeat import Heartbeat
from watchkeeper.app.monitoring.measurements import NamedFigure, TelemetryMeasurements
from watchkeeper.app.monitoring.own_sources import BudgetSource, ChannelSource
from watchkeeper.app.monitoring.telling import telling_policy
from watchkeeper.app.server_log import Log
from watchkeeper.app.services import Services
from watchkeeper.app.settings_monitoring import rules_in_force
from watchkeeper.app.workload import Workload
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.monitor import Look, Monitor, MonitorStores
from watchkeeper.monitoring.notification.letters import Telling

ALERT_LOG = "alerts.jsonl"
"""A line for everything somebody is told (HE-36)."""


class MonitorBlindError(WatchkeeperError):
    """Figures that rules watch cannot be had: the monitor's own failure."""

    code = "monitor_blind"
    status = 500


def server_monitor(services: Services, workloads: Iterable[Workload], *, alert_log: Log) -> Monitor:
    """The monitor of a server.

    Args:
        services: Its stores.
        workloads: Those that are installed: they ship rules and name figures.
        alert_log: Where everything that is told goes.
    """
    installed = tuple(workloads)
    shipped = [rule for workload in installed for rule in workload.rules()]
    monitoring = services.settings.monitoring
    rules = rules_in_force(monitoring, shipped)
    return Monitor(
        rules,
        measurements=server_measurements(services, installed),
        stores=MonitorStores(alerts=services.alerts, mutes=services.mutes, overrides=services.overrides),
        clock=services.clock,
        ids=services.ids,
        tell=lambda telling: log_telling(alert_log, telling),
        policy=telling_policy(services.settings),
        sources=(
            BudgetSource(
                services.budgets,
                {one.name: one.workload for one in services.settings.budgets if one.workload is not None},
            ),
            ChannelSource(services.outbox, tuple(services.settings.notification.channels)),
            TargetSource(lambda: services.orders.workers),
            FailingCallsSource(services.telemetry, watched_for_failures(monitoring, rules)),
        ),
    )


def server_measurements(services: Services, workloads: Iterable[Workload]) -> TelemetryMeasurements:
    """The figures a server's rules watch."""
    named: dict[tuple[str, str], NamedFigure] = {
        (workload.id, name): partial(figure, services)
        for workload in workloads
        for name, figure in workload.figures().items()
    }
    return TelemetryMeasurements(
        services.telemetry,
        named,
        sandbox=services.sandbox,
        anomalies=services.anomalies,
        models=services.models,
        references=services.reference_watch,
    )


def look(monitor: Monitor, beat: Heartbeat) -> Look:
    """Look once, and leave a sign of it for the watchdog.

    Raises:
        MonitorBlindError: A figure could not be had; all rules were looked at, and this is told as the
            loop's own failure.
    """
    seen = monitor.turn()
    beat.beat()
    if seen.failures:
        raise MonitorBlindError(
            "; ".join(seen.failures), action="mend what is named; a rule in `monitoring.rules`"
        )
    return seen


def log_telling(log: Log, telling: Telling) -> None:
    """Write a line of the alert log."""
    alert = telling.alert
    log.warning(
        alert.message,
        told=telling.why,
        alert_level=alert.at_level,
        band=str(alert.band),
        severity=alert.severity,
        workload=alert.workload,
        metric=alert.about,
        value=alert.value,
        threshold=alert.level,
        rule=alert.rule,
        alert_id=alert.alert_id,
        runbook=alert.runbook,
    )

"""The monitor of a server: the rules in force, read from its stores, told to its alert log."""

from collections.abc import Iterable
from functools import partial

from watchkeeper.app.monitoring.measurements import NamedFigure, TelemetryMeasurements
from watchkeeper.app.server_log import Log
from watchkeeper.app.services import Services
from watchkeeper.app.settings_monitoring import rules_in_force
from watchkeeper.app.workload import Workload
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.monitor import Look, Monitor, Telling

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
    return Monitor(
        rules_in_force(services.settings.monitoring, shipped),
        measurements=server_measurements(services, installed),
        alerts=services.alerts,
        clock=services.clock,
        ids=services.ids,
        tell=lambda telling: _tell(alert_log, telling),
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
    )


def look(monitor: Monitor) -> Look:
    """Look once.

    Raises:
        MonitorBlindError: A figure could not be had; all rules were looked at, and this is told as the
            loop's own failure.
    """
    seen = monitor.turn()
    if seen.failures:
        raise MonitorBlindError(
            "; ".join(seen.failures), action="mend the rules that are named, in `monitoring.rules`"
        )
    return seen


def _tell(log: Log, telling: Telling) -> None:
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

"""A line on how each watched workload goes, every few minutes, in a log of its own (VO-38)."""

from watchkeeper.app.api.status_metrics import status_metrics
from watchkeeper.app.server_log import Log
from watchkeeper.app.services import Services
from watchkeeper.monitoring.monitor import Monitor

STATUS_LOG = "status.jsonl"


class StatusLines:
    """One of the server's loops."""

    def __init__(self, services: Services, monitor: Monitor, log: Log) -> None:
        """Write on what is watched.

        Args:
            services: Where the figures are.
            monitor: Whose rules say which workloads are watched.
            log: Where lines go.
        """
        self._services = services
        self._monitor = monitor
        self._log = log

    def turn(self) -> None:
        """Write a line a workload; what is not known is null."""
        alerts = self._services.alerts.active()
        for workload in sorted({rule.workload for rule in self._monitor.rules}):
            metrics = status_metrics(self._services, workload)
            firing = [one for one in alerts if one.workload == workload and one.state == "firing"]
            self._log.info(
                "status",
                workload=workload,
                error_rate=metrics.errors.error_rate,
                average_s=metrics.response_times.avg,
                success_rate=metrics.requests.success_rate,
                alerts=[one.message for one in firing],
            )

"""Alerts in memory, under one contract with those in PostgreSQL; and figures that are as told."""

from collections.abc import Callable, Sequence
from datetime import datetime

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.ports import Figure
from watchkeeper.monitoring.rules.rule import Rule


class InMemoryAlerts:
    """An `AlertStore` in memory."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}

    def keep(self, alert: Alert) -> None:
        """See `AlertStore.keep`."""
        self._alerts[alert.alert_id] = alert

    def drop(self, alert_id: str) -> None:
        """See `AlertStore.drop`."""
        self._alerts.pop(alert_id, None)

    def get(self, alert_id: str) -> Alert | None:
        """See `AlertStore.get`."""
        return self._alerts.get(alert_id)

    def newest_of(self, rule: str) -> Alert | None:
        """See `AlertStore.newest_of`."""
        of_rule = [alert for alert in self._alerts.values() if alert.rule == rule]
        return max(of_rule, key=lambda alert: (alert.begun_at, alert.alert_id), default=None)

    def active(self) -> tuple[Alert, ...]:
        """See `AlertStore.active`."""
        active = [alert for alert in self._alerts.values() if alert.state != "resolved"]
        return tuple(sorted(active, key=lambda alert: (alert.severity, alert.begun_at, alert.alert_id)))

    def since(self, instant: datetime) -> tuple[Alert, ...]:
        """See `AlertStore.since`."""
        found = [
            alert
            for alert in self._alerts.values()
            if alert.fired_at is not None
            and (alert.fired_at >= instant or alert.resolved_at is None or alert.resolved_at >= instant)
        ]
        return tuple(sorted(found, key=lambda alert: (alert.begun_at, alert.alert_id), reverse=True))


class ToldMeasurements:
    """`Measurements` that are what a function says."""

    def __init__(self, figure: Callable[[Rule, datetime], float | None]) -> None:
        self._figure = figure

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """See `Measurements.figure`."""
        return self._figure(rule, until)

    def figures(self, rules: Sequence[Rule], *, until: datetime) -> dict[str, Figure]:
        """See `Measurements.figures`."""
        found: dict[str, Figure] = {}
        for rule in rules:
            try:
                found[rule.key] = self._figure(rule, until)
            except WatchkeeperError as failure:
                found[rule.key] = failure
        return found

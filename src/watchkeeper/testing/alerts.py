"""What monitoring remembers, in memory, under one contract with PostgreSQL; and figures that are as told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.mute import Mute, MuteKind
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.oncall.rotation import Override
from watchkeeper.monitoring.ports import Figure
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.testing.outbox import InMemoryOutbox


class InMemoryAlerts:
    """An `AlertStore` in memory."""

    def __init__(self, outbox: InMemoryOutbox | None = None) -> None:
        self.outbox = outbox or InMemoryOutbox()
        self._alerts: dict[str, Alert] = {}

    def keep(self, alert: Alert) -> None:
        """See `AlertStore.keep`."""
        was = self._alerts.get(alert.alert_id)
        taken_on = None if was is None else was.acknowledgement
        if alert.acknowledgement is None and taken_on is not None and was is not None:
            told, told_before = alert.notice, was.notice
            if (told and told.band) == (told_before and told_before.band):
                alert = replace(alert, acknowledgement=taken_on)
        self._alerts[alert.alert_id] = alert

    def drop(self, alert_id: str) -> None:
        """See `AlertStore.drop`."""
        self._alerts.pop(alert_id, None)

    def move(self, keep: Sequence[Alert], drop: Sequence[str], letters: Sequence[Letter]) -> None:
        """See `AlertStore.move`."""
        for alert in keep:
            self.keep(alert)
        for alert_id in drop:
            self.drop(alert_id)
        self.outbox.put(letters)

    def acknowledge(self, alert: Alert) -> None:
        """See `AlertStore.acknowledge`."""
        was = self._alerts[alert.alert_id]
        self._alerts[alert.alert_id] = replace(was, acknowledgement=alert.acknowledgement, escalation=None)

    def get(self, alert_id: str) -> Alert | None:
        """See `AlertStore.get`."""
        return self._alerts.get(alert_id)

    def newest_of(self, rule: str) -> Alert | None:
        """See `AlertStore.newest_of`."""
        of_rule = [alert for alert in self._alerts.values() if alert.rule == rule]
        return max(
            of_rule,
            key=lambda alert: (alert.state != "resolved", alert.begun_at, alert.alert_id),
            default=None,
        )

    def newest_of_each(self) -> tuple[Alert, ...]:
        """See `AlertStore.newest_of_each`."""
        rules = sorted({alert.rule for alert in self._alerts.values()})
        return tuple(alert for rule in rules if (alert := self.newest_of(rule)) is not None)

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


class InMemoryMutes:
    """A `MuteStore` in memory."""

    def __init__(self) -> None:
        self._mutes: dict[str, Mute] = {}

    def keep(self, mute: Mute) -> None:
        """See `MuteStore.keep`."""
        was = self._mutes.get(mute.mute_id)
        self._mutes[mute.mute_id] = (
            mute if was is None else replace(was, ended_at=mute.ended_at, ended_by=mute.ended_by)
        )

    def get(self, mute_id: str) -> Mute | None:
        """See `MuteStore.get`."""
        return self._mutes.get(mute_id)

    def not_over(self, now: datetime) -> tuple[Mute, ...]:
        """See `MuteStore.not_over`."""
        found = [mute for mute in self._mutes.values() if mute.state(now) != "over"]
        return tuple(sorted(found, key=lambda mute: (mute.begins_at, mute.mute_id)))

    def newest(self, kind: MuteKind, limit: int) -> tuple[Mute, ...]:
        """See `MuteStore.newest`."""
        found = [mute for mute in self._mutes.values() if mute.kind == kind]
        found.sort(key=lambda mute: (mute.created_at, mute.mute_id), reverse=True)
        return tuple(found[:limit])


class InMemoryOverrides:
    """An `OverrideStore` in memory."""

    def __init__(self) -> None:
        self._overrides: dict[str, Override] = {}

    def keep(self, override: Override) -> None:
        """See `OverrideStore.keep`."""
        self._overrides.setdefault(override.override_id, override)

    def not_over(self, now: datetime) -> tuple[Override, ...]:
        """See `OverrideStore.not_over`."""
        found = [one for one in self._overrides.values() if one.until > now]
        return tuple(sorted(found, key=lambda one: (one.begins_at, one.override_id)))


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

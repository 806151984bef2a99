"""A scenario replayed: calls by the public door into a store of their own, a monitor on a moved clock."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app.monitoring.measurements import TelemetryMeasurements
from watchkeeper.app.monitoring.telling import telling_policy
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_monitoring import rules_in_force
from watchkeeper.app.simulation.arrivals import Arrivals
from watchkeeper.app.simulation.public_door import PublicDoor, public_door
from watchkeeper.app.simulation.replay_told import (
    AlertTold,
    FaultFound,
    HealthTold,
    InTime,
    Page,
    Replay,
    ToldAt,
)
from watchkeeper.app.simulation.scenario import Fault, Scenario
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.health.health_score import Health, health
from watchkeeper.monitoring.monitor import Look, Monitor, MonitorStores
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import WatchedReference
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.testing.alerts import InMemoryAlerts, InMemoryMutes, InMemoryOverrides
from watchkeeper.testing.clock import CountedIds, MovedClock


def replay(scenario: Scenario, settings: Settings, shipped: Sequence[Rule]) -> Replay:
    """Run a scenario; equal arguments give an equal answer.

    Only rules of the scenario's workloads are looked at, and figures that workloads name of their own state
    are no data here: a scenario has calls, and nothing else.

    Args:
        scenario: What happens.
        settings: The rules, channels and people on call.
        shipped: Rules that workloads ship.
    """
    monitoring = settings.monitoring.model_copy(
        update={"rules": (*settings.monitoring.rules, *scenario.rules)}
    )
    streams = {one.workload for one in scenario.traffic}
    rules = [rule for rule in rules_in_force(monitoring, shipped) if rule.workload in streams]
    clock = MovedClock(scenario.start)
    with tempfile.TemporaryDirectory(prefix="wk-simulate-") as folder:
        store = DuckDbTelemetry(Path(folder) / "telemetry.duckdb")
        sandbox = ProcessSandbox()
        try:
            with public_door(store, settings, Path(folder), clock) as door:
                replaying = _Replaying(scenario, settings, rules, clock=clock, store=store, sandbox=sandbox)
                return replaying.run(door)
        finally:
            sandbox.close()
            store.close()


class _Replaying:
    """One replay under way."""

    def __init__(
        self,
        scenario: Scenario,
        settings: Settings,
        rules: Sequence[Rule],
        *,
        clock: MovedClock,
        store: TelemetryStore,
        sandbox: ProcessSandbox,
    ) -> None:
        self._scenario = scenario
        self._clock = clock
        self._alerts = InMemoryAlerts()
        self._worst: dict[str, Alert] = {}
        self._told: list[ToldAt] = []
        self._pages: list[Page] = []
        self._scores: dict[str, list[Health]] = {}
        looked_at = [rule for rule in rules if not isinstance(rule.watched, WatchedReference)]
        # What a scenario cannot have would blind the monitor, and be told as a false alarm of its own.
        self._problems: dict[str, None] = {
            f"rule {rule.key}: a scenario has no references of drift": None
            for rule in rules
            if rule not in looked_at
        }
        self._rules = {rule.key: rule for rule in looked_at}
        self._monitor = Monitor(
            looked_at,
            measurements=TelemetryMeasurements(store, {}, sandbox=sandbox),
            stores=MonitorStores(alerts=self._alerts, mutes=InMemoryMutes(), overrides=InMemoryOverrides()),
            clock=self._clock,
            ids=CountedIds(),
            tell=lambda _: None,
            policy=telling_policy(settings),
        )

    def run(self, door: PublicDoor) -> Replay:
        """Look from the first interval to the last; what ended before a look came in before it."""
        looks = int(self._scenario.length_s // self._scenario.every_s)
        arrivals, calls = Arrivals(self._scenario), 0
        for _ in range(looks):
            self._clock.advance(self._scenario.every_s)
            came = tuple(arrivals.until(ns_of(self._clock.now())))
            door.send(came)
            calls += len(came)
            self._take(self._monitor.turn())
        alerts = tuple(self._alert(one) for one in self._ever_fired())
        faults = tuple(_found(self._scenario, fault, alerts, self._rules) for fault in self._scenario.faults)
        return Replay(
            name=self._scenario.name,
            start=self._scenario.start,
            end=self._clock.now(),
            calls=calls,
            looks=looks,
            rules=len(self._rules),
            alerts=alerts,
            told=tuple(self._told),
            pages=tuple(self._pages),
            faults=faults,
            false_alarms=sum(not one.faults for one in alerts),
            missed=sum(one.alerted_at is None for one in faults),
            late=sum(one.in_time == "late" for one in faults),
            unresolved=sum(one.resolved_at is None for one in alerts),
            health=tuple(_health(workload, scores) for workload, scores in sorted(self._scores.items())),
            problems=tuple(self._problems),
        )

    def _take(self, look: Look) -> None:
        self._problems.update(dict.fromkeys(look.failures))
        for telling in look.told:
            self._told.append(
                ToldAt(
                    at=look.at,
                    why=telling.why,
                    alert_id=telling.alert.alert_id,
                    rule=telling.alert.rule,
                    severity=telling.alert.severity,
                    level=telling.alert.at_level,
                    message=telling.alert.message,
                )
            )
        self._pages += [_page(look.at, letter) for letter in look.letters]
        active = self._alerts.active()
        for alert in active:
            known = self._worst.get(alert.alert_id)
            if alert.state == "firing" and (known is None or alert.band.rank > known.band.rank):
                self._worst[alert.alert_id] = alert
        for workload in {one.workload for one in self._scenario.traffic}:
            readings = [one for one in look.readings if one.rule.workload == workload]
            own = [alert for alert in active if alert.workload == workload]
            self._scores.setdefault(workload, []).append(health(readings, own))

    def _ever_fired(self) -> Iterable[Alert]:
        return sorted(self._worst.values(), key=lambda one: (one.fired_at or one.begun_at, one.rule))

    def _alert(self, worst: Alert) -> AlertTold:
        last = self._alerts.get(worst.alert_id) or worst
        assert worst.fired_at is not None
        return AlertTold(
            alert_id=worst.alert_id,
            rule=worst.rule,
            workload=worst.workload,
            severity=worst.severity,
            level=worst.at_level,
            begun_at=worst.begun_at,
            fired_at=worst.fired_at,
            resolved_at=last.resolved_at,
            message=worst.message,
            faults=_explaining(self._scenario, worst, self._rules.get(worst.rule)),
        )


def _explaining(scenario: Scenario, alert: Alert, rule: Rule | None) -> tuple[str, ...]:
    """The faults of the workload under way when an alert fired; else those its rule's window still held.

    A fault that is over explains nothing another one explains that lasts, and none an alert whose figure was
    past its level before the fault began.
    """
    tail = timedelta(seconds=2 * scenario.every_s)
    if rule is not None:
        tail += timedelta(seconds=rule.window_s + rule.for_s)
    lasting, over = [], []
    for fault in scenario.faults:
        began, ended = _span_of(scenario, fault)
        fired = alert.fired_at
        if fault.workload != alert.workload or fired is None or alert.begun_at < began:
            continue
        if fired <= ended:
            lasting.append(fault.name)
        elif fired <= ended + tail:
            over.append(fault.name)
    return tuple(lasting or over)


def _span_of(scenario: Scenario, fault: Fault) -> tuple[datetime, datetime]:
    began = scenario.start + timedelta(seconds=fault.from_s)
    return began, began + timedelta(seconds=fault.for_s)


def _found(
    scenario: Scenario, fault: Fault, alerts: Sequence[AlertTold], rules: Mapping[str, Rule]
) -> FaultFound:
    began, ended = _span_of(scenario, fault)
    of_it = [alert for alert in alerts if fault.name in alert.faults]
    first = min(of_it, key=lambda alert: alert.fired_at, default=None)
    after_s = None if first is None else (first.fired_at - began).total_seconds()
    rule = None if first is None else rules.get(first.rule)
    return FaultFound(
        name=fault.name,
        kind=fault.kind,
        workload=fault.workload,
        began_at=began,
        ended_at=ended,
        alerted_at=None if first is None else first.fired_at,
        after_s=after_s,
        by=tuple(dict.fromkeys(alert.rule for alert in of_it)),
        for_s=None if rule is None else rule.for_s,
        window_s=None if rule is None else rule.window_s,
        in_time=None if rule is None or after_s is None else _in_time(scenario, rule, after_s),
    )


def _in_time(scenario: Scenario, rule: Rule, after_s: float) -> InTime:
    allowed_s = rule.for_s + 2 * scenario.every_s
    if after_s <= allowed_s:
        return "for"
    return "window" if after_s <= allowed_s + rule.window_s else "late"


def _page(at: datetime, letter: Letter) -> Page:
    return Page(
        at=at,
        channel=letter.channel,
        recipient=letter.recipient,
        why=letter.why,
        severity=letter.severity,
        subject=letter.subject,
        alert_ids=letter.alert_ids,
    )


def _health(workload: str, scores: Sequence[Health]) -> HealthTold:
    known = [one.score for one in scores if one.score is not None]
    return HealthTold(
        workload=workload,
        score=scores[-1].score,
        state=scores[-1].state,
        worst=min(known) if known else None,
    )

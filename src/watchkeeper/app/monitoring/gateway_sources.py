"""What a server looks at although no rule names it: targets that fail, and workloads nobody watches."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.gateway.orders.ports import WorkerStore
from watchkeeper.gateway.orders.worker_report import WorkerReport
from watchkeeper.monitoring.engine import Sighting
from watchkeeper.monitoring.notification.routing import OWN
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedBurn, WatchedCalls, WatchedFigure
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

TARGET_RULE = "target-"
FAILING_RULE = "calls-failing"
FAILING_WINDOW_S = 300.0
FAILING_LEAST_CALLS = 20
"""Fewer calls in the window say nothing of a workload nobody has described."""
FAILING_WARNING = 20.0
FAILING_BREACH = 50.0
"""In per cent. No level pages: an attempt that failed may have been made good by a fallback, and how bad
failures are is for a rule of the settings to say."""
_ABOUT_FAILURES = frozenset({"error_rate", "failed", "success_rate"})
_CLOSED = "closed"


class TargetSource:
    """Circuit breakers: a target that gateways leave alone because it fails is an alert."""

    name = "targets"

    def __init__(self, workers: Callable[[], WorkerStore]) -> None:
        """Watch what gateway workers tell of their breakers.

        Args:
            workers: Where they tell it; asked anew at each look.
        """
        self._workers = workers

    def owns(self, rule_key: str) -> bool:
        """See `SightingSource.owns`."""
        return rule_key.startswith(f"{OWN}/{TARGET_RULE}")

    def sightings(self, now: datetime) -> Sequence[Sighting]:
        """See `SightingSource.sightings`."""
        told = [one for one in self._workers().reports() if not one.silent(now)]
        return [_target(name, told) for name in sorted({name for one in told for name in one.breakers})]


def _target(name: str, told: Sequence[WorkerReport]) -> Sighting:
    # Half-open counts: it is not known to be well before a call has come back. One that an operator holds
    # is no news to anybody.
    away = [
        one
        for one in told
        if name in one.breakers and one.breakers[name].state != _CLOSED and not one.breakers[name].forced
    ]
    return Sighting(
        rule=Rule(
            name=f"{TARGET_RULE}{name}",
            workload=OWN,
            watched=WatchedFigure(
                name=f"gateway workers that leave target {name} alone, as its calls failed"
                f" (`wk breaker list`, `wk receipts errors`)"
            ),
            window_s=1.0,
            threshold=Threshold(direction="above", breach=0.0),
            breach="P2",
        ),
        value=float(len(away)),
    )


class FailingCallsSource:
    """Workloads that make calls and have no rule about failing ones: told from a fifth of them on."""

    name = "failing calls"

    def __init__(self, telemetry: TelemetryStore, watched: Iterable[str]) -> None:
        """Watch the calls of a store.

        Args:
            telemetry: The calls.
            watched: The workloads that rules watch already.
        """
        self._telemetry = telemetry
        self._watched = frozenset(watched)

    def owns(self, rule_key: str) -> bool:
        """See `SightingSource.owns`."""
        return rule_key.endswith(f"/{FAILING_RULE}")

    def sightings(self, now: datetime) -> Sequence[Sighting]:
        """See `SightingSource.sightings`."""
        which = SpanFilter(
            since_ns=ns_of(now - timedelta(seconds=FAILING_WINDOW_S)), until_ns=ns_of(now), counted_only=True
        )
        rows = self._telemetry.figures(CallQuestion(which=which, by=("workload",), latencies=False))
        return [
            Sighting(rule=_failing(workload), value=100 * row.error_rate)
            for row in rows
            if (workload := row.group["workload"]) is not None
            and workload not in self._watched
            and row.calls >= FAILING_LEAST_CALLS
        ]


def _failing(workload: str) -> Rule:
    return Rule(
        name=FAILING_RULE,
        workload=workload,
        watched=WatchedCalls(figure="error_rate"),
        window_s=FAILING_WINDOW_S,
        threshold=Threshold(direction="above", warning=FAILING_WARNING, breach=FAILING_BREACH),
        unit="%",
    )


def watched_for_failures(monitoring: MonitoringSettings, rules: Iterable[Rule]) -> frozenset[str]:
    """The workloads whose failing calls the settings speak of: a rule, a promise, or one turned off."""
    by_rule = {
        rule.workload
        for rule in rules
        if isinstance(rule.watched, WatchedBurn)
        or (isinstance(rule.watched, WatchedCalls) and rule.watched.figure in _ABOUT_FAILURES)
    }
    return frozenset(by_rule | {rule.workload for rule in monitoring.rules if rule.name == FAILING_RULE})

"""The figures that rules watch, read from telemetry, from queries and from what workloads name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.anomaly_readings import AnomalyWatch
from watchkeeper.app.monitoring.call_readings import read_calls
from watchkeeper.app.monitoring.metric_readings import read_metrics
from watchkeeper.app.monitoring.model_readings import ModelWatch
from watchkeeper.app.monitoring.query_rows import query_rows
from watchkeeper.app.monitoring.reference_drift import ReferenceWatch
from watchkeeper.app.monitoring.slo_readings import read_burn
from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.monitoring.ports import Figure, SqlSandbox
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.units import factor
from watchkeeper.monitoring.rules.watched import (
    WatchedAnomaly,
    WatchedBurn,
    WatchedCalls,
    WatchedFigure,
    WatchedMetric,
    WatchedModel,
    WatchedReference,
    WatchedSql,
)
from watchkeeper.telemetry.ports import TelemetryStore

NamedFigure = Callable[[datetime, datetime], float | None]
"""A figure of a window, `since` to before `until`; None is no data."""


class TelemetryMeasurements:
    """`Measurements` by the telemetry store."""

    def __init__(
        self,
        telemetry: TelemetryStore,
        named: Mapping[tuple[str, str], NamedFigure] | None = None,
        *,
        sandbox: SqlSandbox,
        anomalies: AnomalyWatch | None = None,
        models: ModelWatch | None = None,
        references: ReferenceWatch | None = None,
    ) -> None:
        """Read from here.

        Args:
            telemetry: Calls and metrics.
            named: Figures by workload and name.
            sandbox: Runs queries.
            anomalies: Follows watched series; None for one of its own.
            models: Compares models; None for one of its own.
            references: Holds calls against references; None: there are none.
        """
        self._telemetry = telemetry
        self._named = named or {}
        self._sandbox = sandbox
        self._references = references
        self._models = models or ModelWatch(telemetry)
        self._anomalies = anomalies or AnomalyWatch(telemetry, timezone="UTC")

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """See `Measurements.figure`."""
        found = self.figures((rule,), until=until)[rule.key]
        if isinstance(found, WatchkeeperError):
            raise found
        return found

    def figures(self, rules: Sequence[Rule], *, until: datetime) -> dict[str, Figure]:
        """See `Measurements.figures`."""
        calls = [(rule, rule.watched) for rule in rules if isinstance(rule.watched, WatchedCalls)]
        metrics = [(rule, rule.watched) for rule in rules if isinstance(rule.watched, WatchedMetric)]
        found: dict[str, Figure] = {rule.key: None for rule in rules}
        found |= _told(calls, lambda: read_calls(self._telemetry, calls, until=until))
        found |= _told(metrics, lambda: read_metrics(self._telemetry, metrics, until=until))
        for rule in rules:
            if not isinstance(rule.watched, WatchedCalls | WatchedMetric):
                try:
                    found[rule.key] = self._single(rule, until)
                except WatchkeeperError as failure:
                    found[rule.key] = failure
        return found

    def _single(self, rule: Rule, until: datetime) -> float | None:
        match rule.watched:
            case WatchedSql(text=text, unit=unit):
                rows = query_rows(self._telemetry, rule.workload, until=until, window_s=rule.window_s)
                answered = self._sandbox.figure(text, rows)
                return None if answered is None else answered * factor(unit, rule.unit)
            case WatchedAnomaly() as anomaly:
                return self._anomalies.surprise(rule, anomaly, until=until)
            case WatchedModel() as model:
                return self._models.changed(rule.workload, model, until=until)
            case WatchedReference(reference=key):
                if self._references is None:
                    raise InvalidInputError(f"there is no reference {key!r}", action="no references are kept")
                return self._references.drifted(rule.workload, key, window_s=rule.window_s, until=until)
            case WatchedBurn() as burn:
                return read_burn(self._telemetry, rule, burn, until=until)
            case WatchedFigure(name=name):
                since = until - timedelta(seconds=rule.window_s)
                return self._of_name(rule.workload, name)(since, until)
            case _:
                raise AssertionError(f"{rule.key} is read with others of its kind")

    def _of_name(self, workload: str, name: str) -> NamedFigure:
        found = self._named.get((workload, name))
        if found is None:
            known = [each for owner, each in self._named if owner == workload]
            raise InvalidInputError(
                f"workload {workload!r} names no figure {name!r}", action=near_names(name, known)
            )
        return found


def _told(
    rules: Sequence[tuple[Rule, object]], read: Callable[[], Iterator[tuple[Rule, Figure]]]
) -> dict[str, Figure]:
    """What was read; when the engine fails, each of the rules has no figure for that reason."""
    try:
        return {rule.key: figure for rule, figure in read()}
    except WatchkeeperError as failure:
        return {rule.key: failure for rule, _ in rules}

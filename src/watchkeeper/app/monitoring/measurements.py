"""The figures that rules watch, read from telemetry and from what workloads name."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import (
    REQUESTS,
    CallFigure,
    CallFilterName,
    WatchedCalls,
    WatchedFigure,
    WatchedMetric,
)
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.metric_question import MetricFigures, MetricQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

NamedFigure = Callable[[datetime, datetime], float | None]
"""A figure of a window, `since` to before `until`; None is no data."""

_CALLS: Mapping[CallFigure, Callable[[CallFigures], float | None]] = {
    "requests": lambda row: row.calls,
    "failed": lambda row: row.failed,
    "error_rate": lambda row: row.error_rate,
    "success_rate": lambda row: 1 - row.error_rate,
    "degraded_rate": lambda row: row.degraded / row.calls,
    "cached_rate": lambda row: row.cached / row.model_calls if row.model_calls else None,
    "average_ms": lambda row: row.average_duration_ms,
    "p50_ms": lambda row: row.quantile_ms(0.5),
    "p95_ms": lambda row: row.quantile_ms(0.95),
    "p99_ms": lambda row: row.quantile_ms(0.99),
    "cost_usd": lambda row: None if row.cost_usd.total is None else float(row.cost_usd.total),
}
_OTHER_WORK: frozenset[CallFilterName] = frozenset({"operation", "component"})
_STATISTICS: Mapping[str, Callable[[MetricFigures], float | None]] = {
    "count": lambda row: row.count,
    "sum": lambda row: row.sum,
    "mean": lambda row: row.mean,
    "min": lambda row: row.min,
    "max": lambda row: row.max,
    "last": lambda row: row.last,
    "p50": lambda row: row.quantile(0.5),
    "p95": lambda row: row.quantile(0.95),
    "p99": lambda row: row.quantile(0.99),
}


class TelemetryMeasurements:
    """`Measurements` by the telemetry store."""

    def __init__(
        self, telemetry: TelemetryStore, named: Mapping[tuple[str, str], NamedFigure] | None = None
    ) -> None:
        """Read from here.

        Args:
            telemetry: Calls and metrics.
            named: Figures by workload and name.
        """
        self._telemetry = telemetry
        self._named = named or {}

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """See `Measurements.figure`."""
        since = until - timedelta(seconds=rule.window_s)
        match rule.watched:
            case WatchedCalls() as calls:
                return self._of_calls(rule.workload, calls, since, until)
            case WatchedMetric() as metric:
                return self._of_metric(rule.workload, metric, since, until)
            case WatchedFigure(name=name):
                return self._of_name(rule.workload, name)(since, until)

    def _of_calls(self, workload: str, calls: WatchedCalls, since: datetime, until: datetime) -> float | None:
        which = SpanFilter(
            workload=workload,
            since_ns=ns_of(since),
            until_ns=ns_of(until),
            # Calls of models, unless the rule is about other work.
            counted_only=not _OTHER_WORK & set(calls.only),
            route=calls.only.get("route"),
            model=calls.only.get("model"),
            provider=calls.only.get("provider"),
            agent=calls.only.get("agent"),
            operation=calls.only.get("operation"),
            component=calls.only.get("component"),
            release=calls.only.get("release"),
        )
        latencies = calls.figure.startswith("p")
        rows = self._telemetry.figures(CallQuestion(which=which, latencies=latencies))
        if not rows:
            return 0.0 if calls.figure == REQUESTS else None
        return _CALLS[calls.figure](rows[0])

    def _of_metric(
        self, workload: str, metric: WatchedMetric, since: datetime, until: datetime
    ) -> float | None:
        question = MetricQuestion(
            name=metric.name,
            workload=workload,
            tags=metric.tags,
            since_ns=ns_of(since),
            until_ns=ns_of(until),
        )
        rows = self._telemetry.metric_series(question)
        if len(rows) > 1:
            kinds = ", ".join(row.kind for row in rows)
            raise InvalidInputError(
                f"metric {metric.name!r} of {workload!r} is recorded as {kinds}",
                action="record it as one kind, or name the one in the rule",
            )
        return _STATISTICS[metric.statistic](rows[0]) if rows else None

    def _of_name(self, workload: str, name: str) -> NamedFigure:
        found = self._named.get((workload, name))
        if found is None:
            known = ", ".join(each for owner, each in self._named if owner == workload)
            raise InvalidInputError(
                f"workload {workload!r} names no figure {name!r}", action=f"it names {known or 'none'}"
            )
        return found

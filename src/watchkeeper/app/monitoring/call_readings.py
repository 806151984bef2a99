"""Figures of calls for many rules at once: rules over one window and the same names share one question."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.units import CALL_UNITS, factor
from watchkeeper.monitoring.rules.watched import REQUESTS, CallFigure, CallFilterName, WatchedCalls
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import Dimension
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

CallRule = tuple[Rule, WatchedCalls]

_FIGURES: Mapping[CallFigure, Callable[[CallFigures], float | None]] = {
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
_Shared = tuple[float, tuple[Dimension, ...], bool]
"""Rules that one question answers: window, names told apart, and whether only calls of models count."""


def read_calls(
    telemetry: TelemetryStore, rules: Sequence[CallRule], *, until: datetime
) -> Iterator[tuple[Rule, float | None]]:
    """The figure of every rule, in its own unit; None is no data."""
    shared: dict[_Shared, list[CallRule]] = defaultdict(list)
    for rule, calls in rules:
        names: tuple[Dimension, ...] = tuple(sorted(calls.only))
        # Calls of models, unless the rule is about other work.
        shared[rule.window_s, names, not _OTHER_WORK & set(calls.only)].append((rule, calls))
    for (window_s, names, counted_only), together in shared.items():
        latencies = any(calls.figure.startswith("p") for _, calls in together)
        alike = _asked_alike(together, names)
        which = _filter(
            alike,
            since=until - timedelta(seconds=window_s),
            until=until,
            counted_only=counted_only,
        )
        by: tuple[Dimension, ...] = ("workload", *names)
        rows = telemetry.figures(CallQuestion(which=which, by=by, latencies=latencies))
        found = {tuple(row.group.values()): row for row in rows}
        for rule, calls in together:
            row = found.get((rule.workload, *(calls.only[name] for name in sorted(calls.only))))
            yield rule, rule_figure(rule, calls.figure, row)


def call_filter(workload: str, calls: WatchedCalls, *, since: datetime, until: datetime) -> SpanFilter:
    """The calls that a figure is taken of, in a stretch of time."""
    asked = {"workload": workload, **{str(name): value for name, value in calls.only.items()}}
    return _filter(asked, since=since, until=until, counted_only=not _OTHER_WORK & set(calls.only))


def call_figure(figure: CallFigure, row: CallFigures) -> float | None:
    """A figure of calls that were added up; None is no data."""
    return _FIGURES[figure](row)


def _filter(asked: Mapping[str, str], *, since: datetime, until: datetime, counted_only: bool) -> SpanFilter:
    return SpanFilter(
        workload=asked.get("workload"),
        since_ns=ns_of(since),
        until_ns=ns_of(until),
        counted_only=counted_only,
        route=asked.get("route"),
        model=asked.get("model"),
        provider=asked.get("provider"),
        agent=asked.get("agent"),
        operation=asked.get("operation"),
        component=asked.get("component"),
        release=asked.get("release"),
    )


def _asked_alike(together: Sequence[CallRule], names: Sequence[Dimension]) -> dict[str, str]:
    """What all of them ask alike, so that one rule reads no more than its own calls."""
    asked: dict[str, set[str]] = {"workload": {rule.workload for rule, _ in together}}
    for name in names:
        asked[name] = {calls.only[name] for _, calls in together}  # type: ignore[index]  # names of filters
    return {name: values.pop() for name, values in asked.items() if len(values) == 1}


def rule_figure(rule: Rule, figure: CallFigure, row: CallFigures | None) -> float | None:
    """A figure of calls in the unit of its rule; of no calls, that there were none is all that is known."""
    if row is None:
        return 0.0 if figure == REQUESTS else None
    value = _FIGURES[figure](row)
    return None if value is None else value * factor(CALL_UNITS[figure], rule.unit)

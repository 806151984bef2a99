"""Statistics of metrics for rules; a name that is not known is told, with those that are near."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.units import factor
from watchkeeper.monitoring.rules.watched import MetricStatistic, WatchedMetric
from watchkeeper.telemetry.metric_question import MetricFigures, MetricName, MetricQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore

MetricRule = tuple[Rule, WatchedMetric]

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
_SLIP = 2
_Shared = tuple[str, str, float, tuple[str, ...]]
"""Rules that one question answers: workload, name, window, tags told apart."""


def read_metrics(
    telemetry: TelemetryStore, rules: Sequence[MetricRule], *, until: datetime
) -> Iterator[tuple[Rule, float | WatchkeeperError | None]]:
    """The statistic of every rule, in its own unit; None is no data, an error why it cannot be had."""
    if not rules:
        return
    owners = {rule.workload for rule, _ in rules}
    known = telemetry.metric_names(owners.pop() if len(owners) == 1 else None)
    units = _units(known)
    shared: dict[_Shared, list[MetricRule]] = defaultdict(list)
    for rule, metric in rules:
        shared[rule.workload, metric.name, rule.window_s, tuple(sorted(metric.tags))].append((rule, metric))
    for (workload, name, window_s, tags), together in shared.items():
        if (workload, name) not in units:
            yield from ((rule, _unknown(rule, name, known)) for rule, _ in together)
            continue
        same = _asked_alike(together, tags)
        question = MetricQuestion(
            name=name,
            workload=workload,
            tags=same,
            since_ns=ns_of(until - timedelta(seconds=window_s)),
            until_ns=ns_of(until),
            by=tags,
        )
        rows = telemetry.metric_series(question)
        for rule, metric in together:
            wanted = [row for row in rows if all(row.tags[tag] == metric.tags[tag] for tag in tags)]
            yield rule, _statistic(rule, metric, wanted, units[workload, name])


def metric_statistic(statistic: MetricStatistic, row: MetricFigures) -> float | None:
    """A statistic of points that were added up; None is no data."""
    return _STATISTICS[statistic](row)


def _units(known: Sequence[MetricName]) -> dict[tuple[str, str], str]:
    return {(one.workload, one.name): one.unit for one in known}


def _asked_alike(together: Sequence[MetricRule], tags: Sequence[str]) -> dict[str, str]:
    values = {tag: {metric.tags[tag] for _, metric in together} for tag in tags}
    return {tag: found.pop() for tag, found in values.items() if len(found) == 1}


def _unknown(rule: Rule, name: str, known: Sequence[MetricName]) -> WatchkeeperError | None:
    """Why there is no such metric, where it looks misspelled; else it merely has not come yet."""
    # A slip of the pen changes a letter or two; `host.gpu.memory` is no misspelled `host.memory`.
    names = [
        one.name for one in known if one.workload == rule.workload and abs(len(one.name) - len(name)) <= _SLIP
    ]
    said = near_names(name, names, cutoff=0.75)
    if not said.startswith("did you mean"):
        return None
    return InvalidInputError(
        f"workload {rule.workload!r} has recorded no metric {name!r}: {said}", action=said
    )


def _statistic(
    rule: Rule, metric: WatchedMetric, rows: Sequence[MetricFigures], unit: str
) -> float | WatchkeeperError | None:
    if not rows:
        return None
    if len(rows) > 1:
        kinds = ", ".join(row.kind for row in rows)
        return InvalidInputError(
            f"metric {metric.name!r} of {rule.workload!r} is recorded as {kinds}",
            action="record it as one kind, or name the one in the rule",
        )
    value = _STATISTICS[metric.statistic](rows[0])
    if value is None or metric.statistic == "count":
        return value
    try:
        return value * factor(unit, rule.unit)
    except InvalidInputError as unlike:
        return InvalidInputError(f"metric {metric.name!r}: {unlike.message}", action=unlike.action)

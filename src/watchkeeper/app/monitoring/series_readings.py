"""The points of a watched series, step by step; a step without a figure is no data and no point."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.call_readings import call_figure, call_filter
from watchkeeper.app.monitoring.metric_readings import metric_statistic
from watchkeeper.monitoring.rules.watched import WatchedCalls, WatchedMetric
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.telemetry.minutes import instant_of, ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.call_figures import together

_NS = 1_000_000_000


def read_series(
    telemetry: TelemetryStore,
    workload: str,
    watched: WatchedCalls | WatchedMetric,
    *,
    since: datetime,
    until: datetime,
    every_s: int,
) -> list[tuple[datetime, float]]:
    """The points of whole steps between two instants, each by the instant its step ends, oldest first."""
    step_ns = every_s * _NS
    first, last = -(-ns_of(since) // step_ns) * step_ns, ns_of(until) // step_ns * step_ns
    if first >= last:
        return []
    read = _of_calls if isinstance(watched, WatchedCalls) else _of_metric
    points = read(telemetry, workload, watched, first=first, last=last, every_s=every_s)  # type: ignore[arg-type]  # each its own kind
    return [(instant_of(begins + step_ns), value) for begins, value in sorted(points)]


def _of_calls(
    telemetry: TelemetryStore, workload: str, watched: WatchedCalls, *, first: int, last: int, every_s: int
) -> Iterator[tuple[int, float]]:
    which = call_filter(workload, watched, since=instant_of(first), until=instant_of(last))
    latencies = watched.figure.startswith("p")
    rows = telemetry.figures(CallQuestion(which=which, step="minute", latencies=latencies))
    steps: dict[int, list[CallFigures]] = defaultdict(list)
    step_ns = every_s * _NS
    for row in rows:
        assert row.begins is not None
        steps[ns_of(row.begins) // step_ns * step_ns].append(row)
    if watched.figure == "requests":
        # A step without calls has a figure: none came.
        yield from ((at, float(sum(row.calls for row in steps[at]))) for at in range(first, last, step_ns))
        return
    for at, parts in steps.items():
        value = call_figure(watched.figure, together(parts))
        if value is not None:
            yield at, value


def _of_metric(
    telemetry: TelemetryStore, workload: str, watched: WatchedMetric, *, first: int, last: int, every_s: int
) -> Iterator[tuple[int, float]]:
    question = MetricQuestion(
        name=watched.name,
        workload=workload,
        tags=watched.tags,
        since_ns=first,
        until_ns=last,
        step_s=every_s,
    )
    for row in telemetry.metric_series(question):
        value = metric_statistic(watched.statistic, row)
        if value is not None and row.begins is not None:
            yield ns_of(row.begins), value


def settled(until: datetime, *, delay_s: float = 60.0) -> datetime:
    """Up to when steps are whole: what came in the last minute may not all be there."""
    return until - timedelta(seconds=delay_s)

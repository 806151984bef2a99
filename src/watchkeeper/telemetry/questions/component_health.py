"""How the parts of an application do (HE-55): calls, failures, latency, when last seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.call_figures import figure_row, together, within
from watchkeeper.telemetry.span_filter import SpanFilter

State = Literal["ok", "failing", "no data"]
FAILING_FROM = 0.05
"""Error rate from which a component is failing (X2: 5 %)."""
REMEMBERED = timedelta(days=30)
"""How long before the time asked about a component must have been seen to be listed without data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentHealth:
    """One component; a component without calls in the time asked about has no data, and no other state."""

    component: str
    workload: str
    state: State
    """`failing` from the error rate asked about on."""
    calls: int
    failed: int
    error_rate: float | None
    success_rate: float | None
    average_ms: float | None
    p95_ms: float | None
    last_seen: datetime | None
    """When its last call began, of those remembered."""


def component_health(
    store: TelemetryStore,
    *,
    during: TimeRange,
    workload: str | None = None,
    failing_from: float = FAILING_FROM,
) -> tuple[ComponentHealth, ...]:
    """Every component seen in a stretch of time or the thirty days before it, by workload and name."""
    which = SpanFilter(workload=workload)
    now = _by_component(store, which, during, latencies=True)
    earlier = TimeRange(during.since - REMEMBERED, during.since, during.zone)
    known = {**_by_component(store, which, earlier, latencies=False), **now}
    longest = TimeRange(earlier.since, during.until, during.zone)
    found = []
    for key in sorted(known):
        row = figure_row(now.get(key) or together(()), seconds=during.seconds)
        last = store.newest(within(SpanFilter(workload=key[0], component=key[1]), longest), 1)
        found.append(
            ComponentHealth(
                component=key[1],
                workload=key[0],
                state=_state(row.error_rate, failing_from),
                calls=row.calls,
                failed=row.failed,
                error_rate=row.error_rate,
                success_rate=row.success_rate,
                average_ms=row.average_ms,
                p95_ms=row.p95_ms,
                last_seen=instant_of(last[0].start_ns) if last else None,
            )
        )
    return tuple(found)


def _by_component(
    store: TelemetryStore, which: SpanFilter, during: TimeRange, *, latencies: bool
) -> dict[tuple[str, str], CallFigures]:
    question = CallQuestion(which=within(which, during), by=("workload", "component"), latencies=latencies)
    found = {}
    for one in store.figures(question):
        workload, component = one.group["workload"], one.group["component"]
        if workload is not None and component is not None:
            found[workload, component] = one
    return found


def _state(error_rate: float | None, failing_from: float) -> State:
    if error_rate is None:
        return "no data"
    return "failing" if error_rate >= failing_from else "ok"

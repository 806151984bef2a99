"""Calls of an objective counted: how many, and how many of them were bad."""

from datetime import datetime, timedelta

from watchkeeper.app.monitoring.call_readings import call_filter
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import WatchedBurn, WatchedCalls
from watchkeeper.monitoring.slo.budget import Counted, ErrorBudget, burn_rate, error_budget
from watchkeeper.monitoring.slo.objective import Objective
from watchkeeper.statistics.quantile_sketch import share_above
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.ports import TelemetryStore

_HOUR_S = 3600.0


def read_burn(
    telemetry: TelemetryStore, rule: Rule, watched: WatchedBurn, *, until: datetime
) -> float | None:
    """The slower of the burn rates of both windows; None where there were too few calls."""
    rates = []
    for seconds, least in ((rule.window_s, watched.least_calls), (watched.short_s, 1)):
        counted = _counted(telemetry, rule.workload, watched, seconds=seconds, until=until)
        rates.append(burn_rate(counted, watched.allowed) if counted.calls >= least else None)
    known = [rate for rate in rates if rate is not None]
    return min(known) if len(known) == len(rates) else None


def read_budget(telemetry: TelemetryStore, objective: Objective, *, until: datetime) -> ErrorBudget:
    """How an objective stands."""
    window = WatchedBurn(
        objective=objective.name,
        allowed=objective.allowed,
        slower_than_ms=objective.slower_than_ms,
        short_s=_HOUR_S,
        least_calls=1,
        only=objective.only,
    )
    days_s = objective.window_days * 24 * _HOUR_S
    return error_budget(
        objective,
        window=_counted(telemetry, objective.workload, window, seconds=days_s, until=until),
        last_hour=_counted(telemetry, objective.workload, window, seconds=_HOUR_S, until=until),
    )


def _counted(
    telemetry: TelemetryStore, workload: str, watched: WatchedBurn, *, seconds: float, until: datetime
) -> Counted:
    calls = WatchedCalls(figure="failed", only=watched.only)
    which = call_filter(workload, calls, since=until - timedelta(seconds=seconds), until=until)
    limit_ms = watched.slower_than_ms
    if limit_ms is None:
        rows = telemetry.figures(CallQuestion(which=which, latencies=False))
        return Counted(calls=rows[0].calls, bad=rows[0].failed) if rows else Counted(calls=0, bad=0)
    # A failed call is bad however fast it was, so the slow ones are looked for among the others.
    rows = telemetry.figures(CallQuestion(which=which, by=("status",), latencies=True))
    bad = 0.0
    for row in rows:
        good = row.group["status"] == "ok"
        bad += share_above(row.latency, limit_ms) * row.calls if good else row.calls
    return Counted(calls=sum(row.calls for row in rows), bad=bad)

"""`/rules`: what is watched, what it shows, and what it would have told in the past."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchkeeper.app.api.asked import AskedTime
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.monitoring.past_calls import MINUTE_S, PastCalls, whole_minute
from watchkeeper.app.monitoring.server_monitor import server_measurements
from watchkeeper.domain.errors import NotFoundError, WatchkeeperError
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.ports import Figure
from watchkeeper.monitoring.rules.backtest import Backtest, backtest
from watchkeeper.monitoring.rules.rule import NoData, Rule
from watchkeeper.monitoring.rules.suggestion import Suggestion, suggestion
from watchkeeper.monitoring.rules.threshold import Direction
from watchkeeper.monitoring.rules.units import CALL_UNITS
from watchkeeper.monitoring.rules.watched import WatchedCalls, WatchedFigure, WatchedMetric, WatchedSql

router = APIRouter(prefix="/rules", tags=["rules"])

_SUGGESTED = (WatchedCalls, WatchedMetric, WatchedFigure, WatchedSql)
_SUGGESTION_LOOKS = 144
"""Looks over the time asked for: every ten minutes of a day."""
_SHORTEST_STEP = timedelta(minutes=1)


class RuleBody(BaseModel):
    """A rule in force, and its figure now."""

    rule: str
    workload: str
    name: str
    watches: str
    window_s: float
    direction: Direction
    warning: float | None
    breach: float | None
    critical: float | None
    unit: str
    for_s: float
    cool_down_s: float
    no_data: NoData
    severities: dict[str, Severity]
    value: float | None
    """Null is no data."""
    band: str
    problem: str | None
    """Why its figure cannot be had; null when it can, and when there is merely no data."""


class AskedBacktest(AskedTime):
    """Over which time, and how often."""

    every_s: float | None = Field(
        default=None, gt=0, description="As often as the monitor looks, by default."
    )


class BacktestBody(BaseModel):
    """What a rule would have done."""

    rule: str
    since: datetime
    until: datetime
    every_s: float
    result: Backtest


@router.get("")
def list_rules(services: ServicesDep, state: StateDep, workload: str | None = None) -> tuple[RuleBody, ...]:
    """The rules in force, each with its figure now."""
    measurements = server_measurements(services, state.workloads.values())
    rules = [rule for rule in state.rules if workload in {None, rule.workload}]
    figures = measurements.figures(rules, until=services.clock.now())
    return tuple(_body(rule, figures[rule.key]) for rule in rules)


class AskedSuggestions(AskedTime):
    """Over which time, and of which workload."""

    workload: str | None = None


@router.get("/suggestions")
def suggest_levels(
    services: ServicesDep, state: StateDep, asked: Annotated[AskedSuggestions, Query()]
) -> tuple[Suggestion, ...]:
    """Levels that would fit what was observed; over the last 24 hours if nothing else is asked."""
    measurements = server_measurements(services, state.workloads.values())
    rules = [
        rule
        for rule in state.rules
        # Burn rates, surprises and verdicts have levels of their own that no observation moves.
        if isinstance(rule.watched, _SUGGESTED) and asked.workload in {None, rule.workload}
    ]
    during = asked.during(services)
    step = max((during.until - during.since) / _SUGGESTION_LOOKS, _SHORTEST_STEP)
    seen: dict[str, list[float | None]] = {rule.key: [] for rule in rules}
    at = during.since + step
    while at <= during.until:
        for key, figure in measurements.figures(rules, until=at).items():
            seen[key].append(None if isinstance(figure, WatchkeeperError) else figure)
        at += step
    return tuple(suggestion(rule, seen[rule.key], unit=unit_of(rule)) for rule in rules)


@router.get("/{workload}/{name}/backtest")
def run_backtest(
    *,
    workload: str,
    name: str,
    services: ServicesDep,
    state: StateDep,
    asked: Annotated[AskedBacktest, Query()],
) -> BacktestBody:
    """When the rule would have told somebody; over the last 24 hours if nothing else is asked."""
    rule = next((rule for rule in state.rules if rule.key == f"{workload}/{name}"), None)
    if rule is None:
        raise NotFoundError(
            f"there is no rule {name[:60]!r} of workload {workload[:60]!r}",
            action="list them with `wk rules list`",
        )
    during = asked.during(services)
    every_s = asked.every_s or services.settings.monitoring.every_s
    # At whole minutes many looks are answered by one question.
    since = whole_minute(during.since) if every_s % MINUTE_S == 0 else during.since
    measurements = PastCalls(
        services.telemetry,
        rule,
        others=server_measurements(services, state.workloads.values()),
        since=since,
        until=during.until,
    )
    result = backtest(rule, measurements, since=since, until=during.until, every_s=every_s)
    return BacktestBody(rule=rule.key, since=since, until=during.until, every_s=every_s, result=result)


def unit_of(rule: Rule) -> str:
    """The unit a rule's figure is told in; empty where only its metric knows."""
    if rule.unit or not isinstance(rule.watched, WatchedCalls):
        return rule.unit
    return CALL_UNITS[rule.watched.figure]


def _body(rule: Rule, figure: Figure) -> RuleBody:
    value, problem = (None, figure.message) if isinstance(figure, WatchkeeperError) else (figure, None)
    return RuleBody(
        rule=rule.key,
        workload=rule.workload,
        name=rule.name,
        watches=rule.watched.told,
        window_s=rule.window_s,
        direction=rule.threshold.direction,
        warning=rule.threshold.warning,
        breach=rule.threshold.breach,
        critical=rule.threshold.critical,
        unit=rule.unit,
        for_s=rule.for_s,
        cool_down_s=rule.cool_down_s,
        no_data=rule.no_data,
        severities={"warning": rule.warning, "breach": rule.breach, "critical": rule.critical},
        value=value,
        band=str(rule.threshold.band(value)),
        problem=problem,
    )

"""`/alerts`: what is wrong now, what was, and who has taken it on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.severity import Level, Severity
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert, State
from watchkeeper.monitoring.alerts.alert_course import repeats_at
from watchkeeper.monitoring.rules.rule import Rule

router = APIRouter(prefix="/alerts", tags=["alerts"])

HISTORY_HOURS = 24.0
LONGEST_HISTORY_HOURS = 24.0 * 366


class AcknowledgementBody(BaseModel):
    """Who took an alert on."""

    by: str
    at: datetime
    note: str | None


class AlertBody(BaseModel):
    """An alert as people are shown it."""

    alert_id: str
    state: State
    level: Level
    band: str
    severity: Severity
    workload: str
    rule: str
    metric: str
    """What is watched."""
    value: float | None
    """Null is no data."""
    threshold: float | None
    """What the figure passed."""
    unit: str
    message: str
    begun_at: datetime
    fired_at: datetime | None
    resolved_at: datetime | None
    told_at: datetime | None
    repeats_at: datetime | None
    """When somebody may be told again; null once it is taken on or over."""
    acknowledgement: AcknowledgementBody | None
    runbook: str | None


class AlertCounts(BaseModel):
    """How many alerts are active, by level."""

    critical: int
    warning: int
    info: int


class Alerts(BaseModel):
    """Alerts, and how many are active."""

    active: AlertCounts
    alerts: tuple[AlertBody, ...]


class TakeOn(BaseModel):
    """Somebody takes an alert on."""

    model_config = ConfigDict(extra="forbid")
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who; needed where no key of ours tells it."""
    note: str | None = Field(default=None, min_length=1, max_length=1000)


@router.get("")
def list_alerts(
    *,
    services: ServicesDep,
    state: StateDep,
    workload: str | None = None,
    level: Level | None = None,
    severity: Severity | None = None,
) -> Alerts:
    """The alerts that are active, the worst first."""
    active = [alert for alert in services.alerts.active() if workload in {None, alert.workload}]
    shown = [
        _body(state.rules, alert)
        for alert in active
        if level in {None, alert.at_level} and severity in {None, alert.severity}
    ]
    return Alerts(active=_counts(active), alerts=tuple(shown))


@router.get("/history")
def history(
    *, services: ServicesDep, state: StateDep, hours: float = HISTORY_HOURS, workload: str | None = None
) -> tuple[AlertBody, ...]:
    """Alerts of the last hours, the last begun first."""
    since = services.clock.now() - timedelta(hours=min(max(hours, 0.0), LONGEST_HISTORY_HOURS))
    return tuple(
        _body(state.rules, alert)
        for alert in services.alerts.since(since)
        if workload in {None, alert.workload}
    )


@router.get("/{alert_id}")
def show_alert(alert_id: str, services: ServicesDep, state: StateDep) -> AlertBody:
    """One alert."""
    return _body(state.rules, _known(services, alert_id))


@router.post("/{alert_id}/acknowledge")
def acknowledge(
    *, alert_id: str, body: TakeOn, services: ServicesDep, state: StateDep, request: Request
) -> AlertBody:
    """Take an alert on: it is told again only if it gets worse, or comes back."""
    alert = _known(services, alert_id)
    if alert.state == "resolved":
        raise ConflictError(f"alert {alert_id} is over", action="there is nothing left to take on")
    giver = giver_of(request, body.by)
    taken_on = replace(
        alert,
        acknowledgement=Acknowledgement(by=giver.name, at=services.clock.now(), note=body.note),
    )
    services.alerts.keep(taken_on)
    return _body(state.rules, taken_on)


def _known(services: ServicesDep, alert_id: str) -> Alert:
    alert = services.alerts.get(alert_id)
    if alert is None:
        raise NotFoundError(f"there is no alert {alert_id[:60]!r}", action="list them with `wk alerts list`")
    return alert


def _counts(active: list[Alert]) -> AlertCounts:
    levels = [alert.at_level for alert in active if alert.state == "firing"]
    return AlertCounts(
        critical=levels.count("CRITICAL"), warning=levels.count("WARNING"), info=levels.count("INFO")
    )


def _body(rules: Sequence[Rule], alert: Alert) -> AlertBody:
    taken_on = alert.acknowledgement
    rule = next((rule for rule in rules if rule.key == alert.rule), None)
    return AlertBody(
        alert_id=alert.alert_id,
        state=alert.state,
        level=alert.at_level,
        band=str(alert.band),
        severity=alert.severity,
        workload=alert.workload,
        rule=alert.rule,
        metric=alert.about,
        value=alert.value,
        threshold=alert.level,
        unit=alert.unit,
        message=alert.message,
        begun_at=alert.begun_at,
        fired_at=alert.fired_at,
        resolved_at=alert.resolved_at,
        told_at=None if alert.notice is None else alert.notice.at,
        repeats_at=None if rule is None else repeats_at(rule, alert),
        acknowledgement=None
        if taken_on is None
        else AcknowledgementBody(by=taken_on.by, at=taken_on.at, note=taken_on.note),
        runbook=alert.runbook,
    )

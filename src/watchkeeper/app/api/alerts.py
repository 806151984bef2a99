"""`/alerts`: what is wrong now, what was, and who has taken it on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.monitoring.telling import on_call, said_responses
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.severity import Level, Severity
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert, State
from watchkeeper.monitoring.alerts.alert_course import repeats_at
from watchkeeper.monitoring.oncall.escalation import next_page
from watchkeeper.monitoring.oncall.response_time import respond_by, response_of
from watchkeeper.monitoring.rules.rule import Rule

router = APIRouter(prefix="/alerts", tags=["alerts"])

HISTORY_HOURS = 24.0
LONGEST_HISTORY_HOURS = 24.0 * 366
MOST_TREND_HOURS = 24 * 31


class AcknowledgementBody(BaseModel):
    """Who took an alert on."""

    by: str
    at: datetime
    note: str | None


class NextPage(BaseModel):
    """Who is paged next."""

    to: str
    at: datetime


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
    cause: str
    """Alerts of one cause are told in one message."""
    muted: str | None
    """Why nobody is told at the moment; null: somebody is."""
    respond_by: datetime | None
    """Until when somebody has to have taken it on; null: nothing is promised, or somebody has."""
    next_page: NextPage | None
    """Who is paged next if nobody takes it on; null: nobody is."""


class AlertCounts(BaseModel):
    """How many alerts are active, by level."""

    critical: int
    warning: int
    info: int


class Alerts(BaseModel):
    """Alerts, and how many are active."""

    active: AlertCounts
    alerts: tuple[AlertBody, ...]


class AlertsOfHour(BaseModel):
    """The alerts of one hour."""

    since: datetime
    fired: dict[Severity, int]
    """How many fired in it, by severity."""
    stood: int
    """How many stood at some time in it."""


class TakeOn(RequestModel):
    """Somebody takes an alert on."""

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
        _body(services, state.every_rule, alert)
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
        _body(services, state.every_rule, alert)
        for alert in services.alerts.since(since)
        if workload in {None, alert.workload}
    )


@router.get("/trend")
def trend(*, services: ServicesDep, hours: int = 24, workload: str | None = None) -> tuple[AlertsOfHour, ...]:
    """How many alerts fired in each of the last hours, by severity, and how many stood; oldest first."""
    now = services.clock.now()
    count = min(max(hours, 1), MOST_TREND_HOURS)
    found = [
        alert
        for alert in services.alerts.since(now - timedelta(hours=count))
        if workload in {None, alert.workload}
    ]
    return tuple(_of_hour(found, now - timedelta(hours=back), now) for back in range(count, 0, -1))


@router.get("/{alert_id}")
def show_alert(alert_id: str, services: ServicesDep, state: StateDep) -> AlertBody:
    """One alert."""
    return _body(services, state.every_rule, _known(services, alert_id))


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
        escalation=None,
    )
    services.alerts.acknowledge(taken_on)
    return _body(services, state.every_rule, taken_on)


def _known(services: ServicesDep, alert_id: str) -> Alert:
    alert = services.alerts.get(alert_id)
    if alert is None:
        raise NotFoundError(f"there is no alert {alert_id[:60]!r}", action="list them with `wk alerts list`")
    return alert


def _of_hour(alerts: Sequence[Alert], since: datetime, now: datetime) -> AlertsOfHour:
    # What fires at this very instant is of the last hour.
    until = since + timedelta(hours=1) if since + timedelta(hours=1) < now else now + timedelta.resolution
    fired = [one for one in alerts if one.fired_at is not None and since <= one.fired_at < until]
    stood = [
        one
        for one in alerts
        if one.fired_at is not None and one.fired_at < until
        if one.resolved_at is None or one.resolved_at >= since
    ]
    severities: tuple[Severity, ...] = get_args(Severity)
    return AlertsOfHour(
        since=since,
        fired={severity: sum(one.severity == severity for one in fired) for severity in severities},
        stood=len(stood),
    )


def _counts(active: list[Alert]) -> AlertCounts:
    levels = [alert.at_level for alert in active if alert.state == "firing"]
    return AlertCounts(
        critical=levels.count("CRITICAL"), warning=levels.count("WARNING"), info=levels.count("INFO")
    )


def _body(services: Services, rules: Sequence[Rule], alert: Alert) -> AlertBody:
    taken_on = alert.acknowledgement
    rule = next((rule for rule in rules if rule.key == alert.rule), None)
    page = next_page(alert, on_call(services.settings).steps)
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
        cause=alert.cause,
        muted=alert.muted,
        respond_by=_respond_by(services, alert),
        next_page=None if page is None else NextPage(to=page[0].to, at=page[1]),
    )


def _respond_by(services: Services, alert: Alert) -> datetime | None:
    settings = services.settings
    if alert.fired_at is None or alert.acknowledgement is not None or alert.state == "resolved":
        return None
    response = response_of(alert.workload, alert.severity, said_responses(settings))
    if response is None:
        return None
    zone, holidays = ZoneInfo(settings.timezone), frozenset(settings.monitoring.holidays)
    return respond_by(alert.fired_at, response, zone, holidays)

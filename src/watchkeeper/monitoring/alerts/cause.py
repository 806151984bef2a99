"""Grouping by cause: alerts of one cause make one message, and later ones of it wait a little."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.matcher import Matcher

GROUP_INTERVAL_S = 300.0
"""Seconds a milder alert of a cause that was just told waits; Alertmanager's default as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A named cause, and the alerts that come of it."""

    name: str
    matcher: Matcher


def cause_of(alert: Alert, causes: Sequence[Cause]) -> str:
    """The first cause an alert fits; else its workload, whose alerts of one look are told together."""
    return next((cause.name for cause in causes if cause.matcher.fits(alert)), alert.workload)


def waits_for_group(
    alert: Alert,
    others: Iterable[Alert],
    *,
    named: frozenset[str],
    now: datetime,
    interval_s: float = GROUP_INTERVAL_S,
) -> datetime | None:
    """Until when an alert waits because its cause has been told just now; None: it is told at once.

    Only named causes make alerts wait: that two alerts are of one workload does not say that one
    explains the other.

    Args:
        alert: One that nobody has heard of yet.
        others: Alerts that fire, as they stood before this look.
        named: Names of causes that the settings give.
        now: When it is.
        interval_s: How long it waits at most.
    """
    if alert.cause not in named:
        return None
    heard = [
        other
        for other in others
        if other.cause == alert.cause and other.alert_id != alert.alert_id and other.state == "firing"
        if other.notice is not None and other.notice.at >= other.begun_at
    ]
    told_at = max((other.notice.at for other in heard if other.notice is not None), default=None)
    if told_at is None or alert.severity < min(other.severity for other in heard):
        return None
    until = told_at + timedelta(seconds=interval_s)
    return until if now < until else None

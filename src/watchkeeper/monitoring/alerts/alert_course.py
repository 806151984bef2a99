"""The course of one alert: pending, firing, resolved; and when somebody is told (HE-34, HE-42).

A function of what stood, what was seen and when: nothing is remembered elsewhere, so that a server that
starts again goes on where the last one ended.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Alert, Notice
from watchkeeper.monitoring.rules.rule import Rule

Told = Literal["fired", "raised", "repeated", "resolved"]
"""Why somebody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one look at a rule came to."""

    alert: Alert | None
    """As it stands now; None where there is none."""
    told: Told | None = None
    """Why somebody is to be told; None: nobody is."""


def next_turn(
    rule: Rule, before: Alert | None, *, value: float | None, now: datetime, new_id: Callable[[], str]
) -> Turn:
    """What a figure makes of an alert.

    Args:
        rule: The rule.
        before: Its newest alert, also one that has ended: its last notice holds the next one back.
        value: The figure; None is no data.
        now: When it was taken.
        new_id: Makes the id of an alert that begins now.
    """
    before = None if before is None else not_later(before, now)
    active = before if before is not None and before.state != "resolved" else None
    band = rule.threshold.band(value)
    if band is Band.NO_DATA:
        if rule.no_data == "keep":
            return Turn(alert=None if active is None else replace(active, value=None, seen_at=now))
        past = rule.no_data == "alert"
    else:
        past = band.alerts
    if not past:
        return Turn(alert=None) if active is None else ended(active, now, value=value)
    standing = active or _begun(rule, before, band=band, now=now, new_id=new_id)
    seen = replace(
        standing,
        about=rule.watched.told,
        band=band,
        severity=rule.severity(band),
        value=value,
        level=rule.threshold.level(band),
        seen_at=now,
    )
    if seen.state == "pending":
        if now - seen.begun_at < timedelta(seconds=rule.for_s):
            return Turn(alert=seen)
        seen = replace(seen, state="firing", fired_at=now)
    return _told(rule, seen, now)


def not_later(alert: Alert, now: datetime) -> Alert:
    """An alert none of whose times is still to come.

    A clock that was put back would else hold everything back for as long as it was put back.
    """
    notice, escalation = alert.notice, alert.escalation
    if notice is not None and notice.at > now:
        notice = replace(notice, at=now)
    if escalation is not None and escalation.begun_at > now:
        escalation = replace(escalation, begun_at=now)
    begun_at = min(alert.begun_at, now)
    fired_at = None if alert.fired_at is None else min(alert.fired_at, now)
    return replace(alert, begun_at=begun_at, fired_at=fired_at, notice=notice, escalation=escalation)


def ended(active: Alert, now: datetime, *, value: float | None = None) -> Turn:
    """What an alert comes to that is over, because its figure or its rule is gone."""
    over = replace(
        active, state="resolved", value=value, resolved_at=now, seen_at=now, muted=None, escalation=None
    )
    return Turn(alert=over, told="resolved" if _was_told(active) else None)


def unheard(turn: Turn, before: Alert | None, *, why: str) -> Turn:
    """What a turn comes to when nobody is to be told: the alert goes on, and waits to be told.

    Args:
        turn: As it would have been.
        before: The alert as it stood.
        why: Why nobody is told.
    """
    if turn.alert is None:
        return turn
    muted = replace(turn.alert, muted=why)
    if turn.told in {"fired", "raised", "repeated"}:
        # As if nobody had been told, so that the next look asks again.
        same = before is not None and before.alert_id == muted.alert_id
        muted = replace(
            muted,
            notice=None if before is None else before.notice,
            acknowledgement=before.acknowledgement if before is not None and same else None,
        )
    return Turn(alert=muted)


def repeats_at(rule: Rule, alert: Alert) -> datetime | None:
    """When somebody may be told again at the same level; None once it has ended or was taken on."""
    over = alert.state == "resolved" or alert.acknowledgement is not None
    if over or alert.notice is None or not rule.repeats:
        return None
    return alert.notice.at + timedelta(seconds=rule.cool_down_s)


def _begun(
    rule: Rule, before: Alert | None, *, band: Band, now: datetime, new_id: Callable[[], str]
) -> Alert:
    return Alert(
        alert_id=new_id(),
        rule=rule.key,
        workload=rule.workload,
        about=rule.watched.told,
        state="pending",
        band=band,
        severity=rule.severity(band),
        value=None,
        level=None,
        unit=rule.unit,
        begun_at=now,
        seen_at=now,
        notice=None if before is None else before.notice,
        runbook=rule.runbook,
        cause=rule.workload,
    )


def _was_told(alert: Alert) -> bool:
    """Whether somebody heard of this alert, and not only of one before it."""
    return alert.state == "firing" and alert.notice is not None and alert.notice.at >= alert.begun_at


def _told(rule: Rule, alert: Alert, now: datetime) -> Turn:
    last, heard = alert.notice, _was_told(alert)
    risen = last is not None and alert.band.rank > last.band.rank
    cooled = last is None or now - last.at >= timedelta(seconds=rule.cool_down_s)
    if not (risen or cooled):
        return Turn(alert=alert)
    if not heard:
        why: Told = "fired"
    elif risen:
        why = "raised"
    elif alert.acknowledgement is None and rule.repeats:
        why = "repeated"
    else:
        return Turn(alert=alert)
    # Who took it on took on what it was; what it has become is somebody's anew.
    taken_on = None if why == "raised" else alert.acknowledgement
    notice = Notice(band=alert.band, at=now)
    return Turn(alert=replace(alert, notice=notice, acknowledgement=taken_on), told=why)

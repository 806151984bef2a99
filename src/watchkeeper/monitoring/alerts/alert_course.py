"""The course of one alert: pending, firing, resolved; and when somebody is told (HE-34, HE-42).

A function of what stood, what was seen and when: nothing is remembered elsewhere, so that a server that
starts again goes on where the last one ended.
"""

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


def next_turn(rule: Rule, before: Alert | None, *, value: float | None, now: datetime, new_id: str) -> Turn:
    """What a figure makes of an alert.

    Args:
        rule: The rule.
        before: Its newest alert, also one that has ended: its last notice holds the next one back.
        value: The figure; None is no data.
        now: When it was taken.
        new_id: The id of an alert that begins now.
    """
    active = before if before is not None and before.state != "resolved" else None
    band = rule.threshold.band(value)
    if band is Band.NO_DATA:
        if rule.no_data == "keep":
            return Turn(alert=None if active is None else replace(active, value=None, seen_at=now))
        past = rule.no_data == "alert"
    else:
        past = band.alerts
    if not past:
        return _ended(active, value=value, now=now)
    standing = active or _begun(rule, before, band=band, now=now, new_id=new_id)
    seen = replace(
        standing,
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


def repeats_at(rule: Rule, alert: Alert) -> datetime | None:
    """When somebody may be told again at the same level; None once it has ended or was taken on."""
    if alert.state == "resolved" or alert.acknowledgement is not None or alert.notice is None:
        return None
    return alert.notice.at + timedelta(seconds=rule.cool_down_s)


def _begun(rule: Rule, before: Alert | None, *, band: Band, now: datetime, new_id: str) -> Alert:
    return Alert(
        alert_id=new_id,
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
    )


def _ended(active: Alert | None, *, value: float | None, now: datetime) -> Turn:
    if active is None:
        return Turn(alert=None)
    ended = replace(active, state="resolved", value=value, resolved_at=now, seen_at=now)
    return Turn(alert=ended, told="resolved" if _was_told(active) else None)


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
    elif alert.acknowledgement is None:
        why = "repeated"
    else:
        return Turn(alert=alert)
    # Who took it on took on what it was; what it has become is somebody's anew.
    taken_on = None if why == "raised" else alert.acknowledgement
    notice = Notice(band=alert.band, at=now)
    return Turn(alert=replace(alert, notice=notice, acknowledgement=taken_on), told=why)

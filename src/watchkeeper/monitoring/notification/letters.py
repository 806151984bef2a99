"""What is told becomes letters: one a cause and channel, and pages to people on call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.alert_course import Told
from watchkeeper.monitoring.notification.letter import Letter, Why
from watchkeeper.monitoring.notification.rendering import Wording
from watchkeeper.monitoring.notification.routing import Routing
from watchkeeper.monitoring.oncall.escalation import OnCall, Step
from watchkeeper.monitoring.oncall.rotation import Override
from watchkeeper.monitoring.rules.rule import Rule

_PRIORITY: Mapping[Why, int] = {"fired": 0, "raised": 1, "repeated": 2, "resolved": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something somebody is to be told."""

    why: Told
    alert: Alert
    rule: Rule | None
    """None: the rule is no more."""


@dataclass(frozen=True, slots=True)
class _Address:
    channel: str
    cause: str
    passed: bool
    """Whether it tells that alerts passed."""


def letters_of(
    tellings: Sequence[Telling],
    firing: Sequence[Alert],
    *,
    routing: Routing,
    wording: Wording,
    on_call: OnCall,
    overrides: Sequence[Override],
    now: datetime,
) -> tuple[list[Letter], list[str]]:
    """One letter a cause and channel, and who cannot be reached.

    Args:
        tellings: What is told in this look.
        firing: All alerts that fire: those of the same cause are listed.
        routing: Where alerts go.
        wording: The words.
        on_call: The person on call is told of what people are paged for.
        overrides: Who stands in.
        now: When it is.
    """
    problems: list[str] = []
    grouped: dict[_Address, list[Telling]] = {}
    people: dict[_Address, str] = {}
    for telling in tellings:
        alert, passed = telling.alert, telling.why == "resolved"
        for channel in routing.channels_for(alert, telling.rule):
            grouped.setdefault(_Address(channel, alert.cause, passed), []).append(telling)
        if on_call.pages_for(alert) and telling.why in {"fired", "raised"}:
            person = on_call.person("primary", now, overrides)
            channels, missing = _reach(person, "primary", on_call, alert)
            problems += missing
            for channel in channels:
                address = _Address(channel, alert.cause, passed)
                told = grouped.setdefault(address, [])
                people[address] = person or channel
                if telling not in told:
                    told.append(telling)
    letters = [
        _letter(address, told, people.get(address), firing, wording=wording, now=now)
        for address, told in grouped.items()
    ]
    return letters, problems


def page_letters(
    step: Step,
    alert: Alert,
    *,
    wording: Wording,
    on_call: OnCall,
    overrides: Sequence[Override],
    now: datetime,
) -> tuple[list[Letter], list[str]]:
    """The pages of one step of an escalation, and whom they cannot reach."""
    person = on_call.person(step.to, now, overrides)
    channels, problems = _reach(person, step.to, on_call, alert)
    return [
        _written(channel, person or channel, "escalated", [alert], others=(), wording=wording, now=now)
        for channel in channels
    ], problems


def _reach(person: str | None, to: str, on_call: OnCall, alert: Alert) -> tuple[tuple[str, ...], list[str]]:
    channels = () if person is None else on_call.contacts.get(person, ())
    if channels:
        return channels, []
    who = f"nobody is {to}" if person is None else f"{person} ({to}) has no channel"
    return (), [f"{who}, so nobody was paged of: {alert.message}"]


def _letter(
    address: _Address,
    told: Sequence[Telling],
    person: str | None,
    firing: Sequence[Alert],
    *,
    wording: Wording,
    now: datetime,
) -> Letter:
    alerts = sorted((one.alert for one in told), key=lambda alert: (alert.severity, alert.begun_at))
    why = min((one.why for one in told), key=_PRIORITY.__getitem__)
    ids = {alert.alert_id for alert in alerts}
    others = [
        alert
        for alert in firing
        if alert.cause == address.cause and alert.alert_id not in ids and alert.muted is None
    ]
    return _written(
        address.channel, person or address.channel, why, alerts, others=others, wording=wording, now=now
    )


def _written(
    channel: str,
    recipient: str,
    why: Why,
    alerts: Sequence[Alert],
    *,
    others: Sequence[Alert],
    wording: Wording,
    now: datetime,
) -> Letter:
    words = wording.words(channel, why, alerts, others=others, now=now)
    ids = tuple(alert.alert_id for alert in alerts)
    told = "|".join((why, recipient, channel, now.isoformat(), *sorted(ids)))
    worst = alerts[0]
    return Letter(
        key=sha256(told.encode()).hexdigest()[:32],
        channel=channel,
        recipient=recipient,
        why=why,
        workload=worst.workload,
        severity=worst.severity,
        level="CRITICAL" if any(alert.at_level == "CRITICAL" for alert in alerts) else worst.at_level,
        alert_ids=ids,
        subject=words.subject,
        body=words.body,
        created_at=now,
        due_at=now,
    )

"""The way of an alert, whole: figures, courses, mutes, causes, letters and pages, in one pure function.

`step` takes how everything stood, what was seen and when, and says how everything stands and what is to be
told. It reads nothing, waits for nothing and keeps nothing, so the same day comes out the same again:
the monitor calls it on the stores of a server, a replay on stores in memory and a moved clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.alert_course import Told, Turn, ended, next_turn, unheard
from watchkeeper.monitoring.alerts.cause import GROUP_INTERVAL_S, Cause, cause_of, waits_for_group
from watchkeeper.monitoring.alerts.inhibition import Inhibition, inhibited
from watchkeeper.monitoring.alerts.mute import Mute, muted_by
from watchkeeper.monitoring.alerts.recurring import RecurringMaintenance, holding
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.notification.letters import Telling, letters_of, page_letters
from watchkeeper.monitoring.notification.rendering import Wording
from watchkeeper.monitoring.notification.routing import Routing
from watchkeeper.monitoring.oncall.escalation import OnCall, begun, due_steps
from watchkeeper.monitoring.oncall.rotation import Override
from watchkeeper.monitoring.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a rule saw."""

    rule: Rule
    value: float | None
    """None is no data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings say of telling."""

    inhibitions: tuple[Inhibition, ...] = ()
    causes: tuple[Cause, ...] = ()
    group_interval_s: float = GROUP_INTERVAL_S
    routing: Routing = field(default_factory=Routing)
    wording: Wording = field(default_factory=Wording)
    on_call: OnCall = field(default_factory=OnCall)
    maintenance: tuple[RecurringMaintenance, ...] = ()
    """Planned work that comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stood before a look."""

    newest: Mapping[str, Alert] = field(default_factory=dict)
    """The newest alert of each rule, also one that has ended, and every active one."""
    mutes: tuple[Mute, ...] = ()
    overrides: tuple[Override, ...] = ()
    unseen: frozenset[str] = frozenset()
    """Rules that could not be looked at: what they alert of stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How things stand after it."""

    keep: tuple[Alert, ...]
    drop: tuple[str, ...]
    """Ids of alerts that never fired, and passed."""
    tellings: tuple[Telling, ...]
    letters: tuple[Letter, ...]
    problems: tuple[str, ...] = ()
    """Who could not be told, each in a sentence."""


@dataclass(frozen=True, slots=True)
class _Course:
    rule: Rule | None
    """None: the rule is no more."""
    before: Alert | None
    turn: Turn


def step(
    policy: Policy,
    standing: Standing,
    sightings: Sequence[Sighting],
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> Outcome:
    """Move every alert along, and say who is told what.

    Args:
        policy: What the settings say.
        standing: How things stood.
        sightings: What was seen; a rule is there once. Active alerts of other rules end.
        now: When it was seen.
        new_id: Makes the id of an alert that begins.
    """
    courses = _courses(standing, sightings, now, new_id)
    courses = [_with_cause(course, policy) for course in courses]
    planned = holding(policy.maintenance, now)
    courses = _heard(courses, policy, replace(standing, mutes=(*standing.mutes, *planned)), now)
    tellings = [
        Telling(why=course.turn.told, alert=course.turn.alert, rule=course.rule)
        for course in courses
        if course.turn.told is not None and course.turn.alert is not None
    ]
    standing_now = [course.turn.alert for course in courses if course.turn.alert is not None]
    firing = [alert for alert in standing_now if alert.state == "firing"]
    letters, problems = letters_of(
        tellings,
        firing,
        routing=policy.routing,
        wording=policy.wording,
        on_call=policy.on_call,
        overrides=standing.overrides,
        now=now,
    )
    kept, pages, unpaged = _paged(standing_now, tellings, policy, overrides=standing.overrides, now=now)
    never_fired = [alert for alert in kept if alert.state == "resolved" and alert.fired_at is None]
    dropped = {alert.alert_id for alert in never_fired}
    return Outcome(
        keep=tuple(alert for alert in kept if alert.alert_id not in dropped),
        drop=tuple(sorted(dropped)),
        tellings=tuple(tellings),
        letters=(*letters, *pages),
        problems=(*problems, *unpaged),
    )


def _courses(
    standing: Standing, sightings: Sequence[Sighting], now: datetime, new_id: Callable[[], str]
) -> list[_Course]:
    found = []
    for sighting in sightings:
        rule, before = sighting.rule, standing.newest.get(sighting.rule.key)
        turn = next_turn(rule, before, value=sighting.value, now=now, new_id=new_id)
        if turn.alert is not None:
            found.append(_Course(rule, before, turn))
    seen = {sighting.rule.key for sighting in sightings} | standing.unseen
    for key, alert in standing.newest.items():
        if key not in seen and alert.state != "resolved":
            found.append(_Course(None, alert, ended(alert, now)))
    return found


def _with_cause(course: _Course, policy: Policy) -> _Course:
    alert = course.turn.alert
    if alert is None:
        return course
    named = replace(alert, cause=cause_of(alert, policy.causes), muted=None)
    return replace(course, turn=replace(course.turn, alert=named))


def _heard(courses: list[_Course], policy: Policy, standing: Standing, now: datetime) -> list[_Course]:
    """The courses, those of which nobody is told at the moment held back."""
    alerts = [course.turn.alert for course in courses if course.turn.alert is not None]
    firing = [alert for alert in alerts if alert.state == "firing"]
    causes = inhibited(firing, policy.inhibitions)
    named = frozenset(cause.name for cause in policy.causes)
    earlier = [course.before for course in courses if course.before is not None]
    found = []
    for course in courses:
        alert = course.turn.alert
        why = None if alert is None or alert.state == "pending" else muted_by(alert, standing.mutes, now)
        if alert is not None and why is None and alert.alert_id in causes:
            why = f"follows from {causes[alert.alert_id].message}"
        if alert is not None and why is None and course.turn.told == "fired":
            until = waits_for_group(alert, earlier, named=named, now=now, interval_s=policy.group_interval_s)
            why = None if until is None else f"waits until {until.isoformat()}: {alert.cause} was just told"
        found.append(
            course if why is None else replace(course, turn=unheard(course.turn, course.before, why=why))
        )
    return found


def _paged(
    alerts: Sequence[Alert],
    tellings: Sequence[Telling],
    policy: Policy,
    *,
    overrides: Sequence[Override],
    now: datetime,
) -> tuple[list[Alert], list[Letter], list[str]]:
    """The alerts with their escalations moved on, and the pages that are due."""
    on_call = policy.on_call
    begins = {telling.alert.alert_id for telling in tellings if telling.why in _NEW}
    kept, letters, problems = [], [], []
    for alert in alerts:
        if alert.state != "firing" or alert.acknowledgement is not None or not on_call.pages_for(alert):
            kept.append(replace(alert, escalation=None))
            continue
        escalation = alert.escalation
        if alert.alert_id in begins:
            escalation = begun(now)
        elif escalation is not None and alert.muted is None:
            escalation, due = due_steps(escalation, on_call.steps, now)
            for one in due:
                written, missing = page_letters(
                    one, alert, wording=policy.wording, on_call=on_call, overrides=overrides, now=now
                )
                letters += written
                problems += missing
        kept.append(replace(alert, escalation=escalation))
    return kept, letters, problems


_NEW: frozenset[Told] = frozenset({"fired", "raised"})

"""From settings to who is told what: the policy of the engine, and the courier's channels."""

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_oncall import ROLES
from watchkeeper.domain.clock import Clock
from watchkeeper.monitoring.alerts.cause import Cause
from watchkeeper.monitoring.alerts.inhibition import Inhibition
from watchkeeper.monitoring.alerts.matcher import MatchedField, Matcher
from watchkeeper.monitoring.alerts.recurring import WEEKDAYS, RecurringMaintenance
from watchkeeper.monitoring.engine import Policy
from watchkeeper.monitoring.notification.channel import Channel
from watchkeeper.monitoring.notification.courier import Courier, Retrying
from watchkeeper.monitoring.notification.rendering import Wording, compiled
from watchkeeper.monitoring.notification.routing import Route, Routing
from watchkeeper.monitoring.oncall.escalation import STEPS, OnCall, Step
from watchkeeper.monitoring.oncall.response_time import Responses
from watchkeeper.monitoring.oncall.rotation import Rotation
from watchkeeper.monitoring.ports import Outbox


def telling_policy(settings: Settings) -> Policy:
    """What the settings say of telling."""
    monitoring, notification = settings.monitoring, settings.notification
    return Policy(
        inhibitions=tuple(
            Inhibition(
                cause=_matcher(one.cause),
                consequence=_matcher(one.consequence),
                equal=tuple(one.equal),
            )
            for one in monitoring.inhibitions
        ),
        causes=tuple(Cause(name=one.name, matcher=_matcher(one.match)) for one in monitoring.causes),
        group_interval_s=monitoring.group_interval_s,
        routing=Routing(
            channels=tuple(notification.channels),
            routes=tuple(
                Route(
                    channels=one.channels,
                    severities=frozenset(one.severities),
                    workloads=one.workloads,
                    rules=one.rules,
                )
                for one in notification.routes
            ),
        ),
        wording=Wording(
            subjects={
                name: compiled(one.subject) for name, one in notification.channels.items() if one.subject
            },
            bodies={name: compiled(one.body) for name, one in notification.channels.items() if one.body},
        ),
        on_call=on_call(settings),
        maintenance=recurring_maintenance(settings),
    )


def recurring_maintenance(settings: Settings) -> tuple[RecurringMaintenance, ...]:
    """Planned work that comes again."""
    return tuple(
        RecurringMaintenance(
            name=one.name,
            workload=one.workload,
            days=frozenset(WEEKDAYS.index(day) for day in one.days),
            begins=time.fromisoformat(one.begins),
            ends=time.fromisoformat(one.ends),
            zone=ZoneInfo(one.timezone or settings.timezone),
            reason=one.reason,
        )
        for one in settings.monitoring.maintenance
    )


def _matcher(patterns: Mapping[MatchedField, str]) -> Matcher:
    return Matcher({str(name): pattern for name, pattern in patterns.items()})


def on_call(settings: Settings) -> OnCall:
    """Who is called, how and for what."""
    said = settings.oncall
    return OnCall(
        rotation=Rotation(
            people=said.people,
            zone=ZoneInfo(settings.timezone),
            turns=said.turns,
            handover=time.fromisoformat(said.handover),
        )
        if said.people
        else None,
        contacts={name: contact.channels for name, contact in said.contacts.items()},
        steps=tuple(step for step in STEPS if step.to in {*ROLES, *said.contacts})
        if said.escalation is None
        else tuple(Step(to=step.to, after_s=step.after_s) for step in said.escalation),
        severities=frozenset(said.severities),
    )


def said_responses(settings: Settings) -> dict[str, Responses]:
    """How soon somebody answers, as far as the settings say."""
    return {
        workload: {
            severity: said
            for severity in ("P0", "P1", "P2", "P3", "P4")
            if (said := getattr(times, severity)) is not None
        }
        for workload, times in settings.monitoring.response.items()
    }


def courier(settings: Settings, outbox: Outbox, *, clock: Clock) -> Courier:
    """Who takes letters to the channels of the settings."""
    notification = settings.notification
    retrying = {
        name: Retrying(
            first_s=notification.first_pause_s,
            longest_s=notification.longest_pause_s,
            give_up_after_s=notification.give_up_after_s,
            timeout_s=channel.timeout_s,
        )
        for name, channel in notification.channels.items()
    }
    return Courier(outbox, channels(settings), retrying=retrying, clock=clock)


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels of the settings, by name."""
    if not settings.notification.channels:
        return {}
    # apprise takes its time to load, and most servers of a test tell nobody.
    from watchkeeper.adapters.notifiers.apprise_channel import AppriseChannel

    return {
        name: AppriseChannel(channel.url.get_secret_value(), timeout_s=channel.timeout_s)
        for name, channel in settings.notification.channels.items()
    }

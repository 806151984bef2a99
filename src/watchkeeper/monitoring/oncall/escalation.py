"""Escalation: who is paged, and when, until somebody takes an alert on (FA-66)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.alerts.alert import Alert, Escalation
from watchkeeper.monitoring.oncall.rotation import Override, Rotation, duty_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Whoever is paged when nobody has taken the alert on after so long."""

    to: str
    """`primary`, `secondary`, or a contact's name."""
    after_s: float


STEPS = (
    Step(to="primary", after_s=900),
    Step(to="secondary", after_s=1800),
    Step(to="engineering-manager", after_s=3600),
    Step(to="vp", after_s=7200),
)
"""FA-66: 15 and 30 minutes, 1 and 2 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is called, how, and for what."""

    rotation: Rotation | None = None
    """None: nobody is on call, and nobody is paged."""
    contacts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Channels by person."""
    steps: tuple[Step, ...] = STEPS
    severities: frozenset[Severity] = frozenset({"P0", "P1"})
    """What people are paged for."""

    def pages_for(self, alert: Alert) -> bool:
        """Whether an alert is one that people are paged for."""
        return self.rotation is not None and alert.severity in self.severities

    def person(self, to: str, now: datetime, overrides: Sequence[Override]) -> str | None:
        """Who a step means; None when nobody has that role."""
        if to not in {"primary", "secondary"}:
            return to
        if self.rotation is None:
            return None
        duty = duty_at(self.rotation, now, overrides)
        return duty.primary if to == "primary" else duty.secondary


def begun(now: datetime) -> Escalation:
    """An escalation that begins: the person on call is told with the alert itself."""
    return Escalation(begun_at=now, paged=0)


def due_steps(
    escalation: Escalation, steps: Sequence[Step], now: datetime
) -> tuple[Escalation, tuple[Step, ...]]:
    """What is to be paged now, and how the escalation stands afterwards.

    Steps that passed while nobody looked are all due: whoever should have known is told.
    """
    due = [step for step in steps[escalation.paged :] if now >= due_at(escalation, step)]
    return replace(escalation, paged=escalation.paged + len(due)), tuple(due)


def due_at(escalation: Escalation, step: Step) -> datetime:
    """When a step is paged, if nobody takes the alert on before."""
    return escalation.begun_at + timedelta(seconds=step.after_s)


def next_page(alert: Alert, steps: Sequence[Step]) -> tuple[Step, datetime] | None:
    """Who is paged next of an alert, and when; None when nobody is."""
    escalation = alert.escalation
    if escalation is None or alert.acknowledgement is not None or escalation.paged >= len(steps):
        return None
    step = steps[escalation.paged]
    return step, due_at(escalation, step)

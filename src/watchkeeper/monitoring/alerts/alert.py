"""An alert: one rule that is or was past its levels, from the first figure to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchkeeper.domain.severity import Band, Level, Severity, level_of

State = Literal["pending", "firing", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has taken an alert on."""

    by: str
    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The last time somebody was told of an alert."""

    band: Band
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is still to be paged of an alert that nobody has taken on (FA-66)."""

    begun_at: datetime
    paged: int
    """How many of the plan's steps have been paged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert; it is kept after its end."""

    alert_id: str
    rule: str
    """The rule's key."""
    workload: str
    about: str
    """What is watched, as a person reads it."""
    state: State
    band: Band
    severity: Severity
    value: float | None
    """The last figure; None is no data."""
    level: float | None
    """What the figure passed."""
    unit: str
    begun_at: datetime
    """When the figure was past a level first."""
    fired_at: datetime | None = None
    resolved_at: datetime | None = None
    seen_at: datetime
    """When it was looked at last."""
    notice: Notice | None = None
    acknowledgement: Acknowledgement | None = None
    runbook: str | None = None
    cause: str = ""
    """Alerts of one cause are told in one message."""
    muted: str | None = None
    """Why nobody is told at the moment; None: somebody is."""
    escalation: Escalation | None = None
    """None: nobody is paged of it, or somebody has taken it on."""

    @property
    def at_level(self) -> Level:
        """INFO, WARNING or CRITICAL."""
        return level_of(self.band)

    @property
    def message(self) -> str:
        """The alert in a sentence, figures with two decimals (HE-41)."""
        if self.band is Band.NO_DATA:
            return f"{self.workload}: no data for {self.about}"
        unit = f" {self.unit}" if self.unit else ""
        value = "no data" if self.value is None else f"{self.value:.2f}{unit}"
        limit = "" if self.level is None else f" (level {self.level:.2f}{unit})"
        over = "no longer " if self.state == "resolved" else ""
        return f"{self.workload}: {self.about} is {value}{limit}, {over}{self.band}"

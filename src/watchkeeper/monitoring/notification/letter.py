"""A letter: something told to somebody over a channel, from being due to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchkeeper.domain.severity import Level, Severity

Why = Literal["fired", "raised", "repeated", "resolved", "escalated", "test"]
LetterState = Literal["waiting", "delivered", "given up"]
Colour = Literal["danger", "warning", "good"]
"""Danger for a critical alert, else warning (HE-41); good for one that passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message over one channel; `key` is there once, so nothing is queued twice."""

    key: str
    channel: str
    recipient: str
    """A person on call, or the channel itself."""
    why: Why
    workload: str
    severity: Severity
    level: Level
    alert_ids: tuple[str, ...]
    """What it tells, the worst first."""
    subject: str
    body: str
    created_at: datetime
    due_at: datetime
    """When it is to be tried next."""
    state: LetterState = "waiting"
    attempts: int = 0
    tried_at: datetime | None = None
    delivered_at: datetime | None = None
    problem: str | None = None
    """Why the last attempt failed."""

    @property
    def colour(self) -> Colour:
        """How a chat shows it."""
        if self.why == "resolved":
            return "good"
        return "danger" if self.level == "CRITICAL" else "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStanding:
    """How sending over a channel goes."""

    channel: str
    failing: int
    """Attempts that have failed since one went well."""
    waiting: int
    problem: str | None
    """Why the last one failed."""
    delivered_at: datetime | None
    """When one went well last."""

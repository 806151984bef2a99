"""Mutes: silences somebody asked for, and planned maintenance; alerts are recorded all the same."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.matcher import Matcher

MuteKind = Literal["silence", "maintenance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A time in which nobody is told of some alerts; who, why and until when are kept for ever."""

    mute_id: str
    kind: MuteKind
    matcher: Matcher
    begins_at: datetime
    until: datetime
    """The first instant at which it holds no more."""
    reason: str
    by: str
    created_at: datetime
    ended_at: datetime | None = None
    """When somebody ended it early."""
    ended_by: str | None = None

    def __post_init__(self) -> None:
        if self.until <= self.begins_at:
            raise InvalidInputError(
                f"a {self.kind} until {self.until.isoformat()} ends before it begins",
                action="name a time after its beginning",
            )
        if not self.reason.strip() or not self.by.strip():
            raise InvalidInputError(f"a {self.kind} says neither who nor why", action="give both")

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.begins_at <= now < self.until and self.ended_at is None

    def state(self, now: datetime) -> Literal["planned", "active", "over"]:
        """How it stands."""
        if self.ended_at is not None or now >= self.until:
            return "over"
        return "active" if now >= self.begins_at else "planned"

    def ended(self, now: datetime, by: str) -> "Mute":
        """It, ended early.

        Raises:
            ConflictError: It is over already.
        """
        if self.state(now) == "over":
            raise ConflictError(f"{self.kind} {self.mute_id} is over", action="there is nothing left to end")
        return replace(self, ended_at=now, ended_by=by)

    @property
    def told(self) -> str:
        """As a person reads it beside an alert."""
        return f"{self.kind} {self.mute_id} by {self.by}: {self.reason}"


def muted_by(alert: Alert, mutes: tuple[Mute, ...], now: datetime) -> str | None:
    """Why nobody is told of an alert; None when no mute holds."""
    return next((mute.told for mute in mutes if mute.holds(now) and mute.matcher.fits(alert)), None)

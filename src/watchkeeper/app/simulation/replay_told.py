"""What a replay of a scenario came to: who was told what, and which planted faults were found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

InTime = Literal["for", "window", "late"]
"""Alerted within the rule's `for_s` and two looks; or within these and its window, which has to fill with
what has changed; or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAt:
    """Something somebody was told."""

    at: datetime
    why: str
    alert_id: str
    rule: str
    severity: str
    level: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A letter over a channel, or a page to somebody on call."""

    at: datetime
    channel: str
    recipient: str
    why: str
    severity: str
    subject: str
    alert_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTold:
    """An alert from its beginning to its end."""

    alert_id: str
    rule: str
    workload: str
    severity: str
    level: str
    """The worst it had."""
    begun_at: datetime
    fired_at: datetime
    resolved_at: datetime | None
    """None: it was not over at the end."""
    message: str
    faults: tuple[str, ...]
    """The faults that explain it; none: a false alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound:
    """A planted fault, and what was told of it."""

    name: str
    kind: str
    workload: str
    began_at: datetime
    ended_at: datetime
    alerted_at: datetime | None
    """When the first alert that it explains fired; None: it was missed."""
    after_s: float | None
    by: tuple[str, ...]
    """The rules that fired."""
    for_s: float | None
    """The `for_s` of the rule that fired first, and its `window_s`."""
    window_s: float | None
    in_time: InTime | None
    """Held against the rule that fired first; None: it was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthTold:
    """A workload's health at the end, and at its worst."""

    workload: str
    score: float | None
    state: str
    worst: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What `wk simulate --json` prints."""

    name: str
    start: datetime
    end: datetime
    calls: int
    looks: int
    rules: int
    alerts: tuple[AlertTold, ...]
    told: tuple[ToldAt, ...]
    pages: tuple[Page, ...]
    faults: tuple[FaultFound, ...]
    false_alarms: int
    missed: int
    late: int
    """Faults alerted later than `for_s`, the window and two looks of their rule."""
    unresolved: int
    """Alerts that were not over at the end."""
    health: tuple[HealthTold, ...]
    problems: tuple[str, ...]
    """What the monitor could not see, each once."""

"""What monitoring needs from outside: figures to judge, queries run safely, and places to remember.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.mute import Mute, MuteKind
from watchkeeper.monitoring.drift.reference import DriftReference, ReferenceFacts
from watchkeeper.monitoring.drift.table_drift import Table
from watchkeeper.monitoring.engine import Sighting
from watchkeeper.monitoring.notification.letter import ChannelStanding, Letter
from watchkeeper.monitoring.oncall.rotation import Override
from watchkeeper.monitoring.rules.rule import Rule

Figure = float | WatchkeeperError | None
"""A figure; None is no data, an error why it cannot be had."""
ColumnKind = Literal["text", "integer", "number", "flag"]


class Measurements(Protocol):
    """Figures of the past."""

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """What a rule watches, over its window up to an instant; None is no data.

        Raises:
            InvalidInputError: It watches what is not there to be watched.
        """
        ...

    def figures(self, rules: Sequence[Rule], *, until: datetime) -> Mapping[str, Figure]:
        """The figures of many rules by their keys; what they ask alike is asked once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """Rows a query may read, column by column; None is not known."""

    kinds: Mapping[str, ColumnKind]
    columns: Sequence[Sequence[object]]
    """In the order of `kinds`, each as long as the others."""


RowSource = Callable[[], RowTable]
"""Reads a table when a query names it."""


class SqlSandbox(Protocol):
    """Runs one SELECT over tables given, and reaches nothing else."""

    def figure(self, text: str, tables: Mapping[str, RowSource]) -> float | None:
        """The one figure it answers; no row, or NULL, is no data.

        Raises:
            InvalidInputError: It is not one SELECT of these tables, answers no single number, or takes more
                time or memory than it may.
        """
        ...


class SightingSource(Protocol):
    """Something that is looked at beside the rules, such as budgets; it makes rules of its own."""

    @property
    def name(self) -> str:
        """What it looks at, for a sentence."""
        ...

    def owns(self, rule_key: str) -> bool:
        """Whether alerts of a rule of that key come from here."""
        ...

    def sightings(self, now: datetime) -> Sequence[Sighting]:
        """What is to be seen."""
        ...


class ReferenceStore(Protocol):
    """References of drift; `(name, version)` is the key, and none is ever changed."""

    def add(
        self, *, name: str, workload: str | None, source: str, table: Table, made_at: datetime
    ) -> ReferenceFacts:
        """Keep a table as the next version of a name.

        Args:
            name: What it is called.
            workload: Whose calls it is of.
            source: Where it was taken from.
            table: Columns of equal length.
            made_at: When it was taken.
        """
        ...

    def get(self, name: str, version: int | None = None) -> DriftReference | None:
        """A reference, the newest of its name unless a version is given."""
        ...

    def facts(self) -> tuple[ReferenceFacts, ...]:
        """Every reference, by name, the newest first."""
        ...


class AlertStore(Protocol):
    """Alerts, active and past; `alert_id` is the key."""

    def keep(self, alert: Alert) -> None:
        """Keep an alert as it stands now, in place of how it stood."""
        ...

    def drop(self, alert_id: str) -> None:
        """Forget an alert that never fired; none of that id is no error."""
        ...

    def move(self, keep: Sequence[Alert], drop: Sequence[str], letters: Sequence[Letter]) -> None:
        """Keep and forget alerts and put letters in the outbox, all of it or nothing.

        A letter whose key is there already is left as it is. An acknowledgement made meanwhile is kept
        if the alert is told at the level it was told at when somebody took it on.
        """
        ...

    def acknowledge(self, alert: Alert) -> None:
        """Keep the acknowledgement of an alert, and end its escalation; nothing else of it changes."""
        ...

    def get(self, alert_id: str) -> Alert | None:
        """The alert."""
        ...

    def newest_of(self, rule: str) -> Alert | None:
        """The alert of a rule that is active; else the one that began last."""
        ...

    def newest_of_each(self) -> tuple[Alert, ...]:
        """`newest_of` for every rule that ever had one."""
        ...

    def active(self) -> tuple[Alert, ...]:
        """Alerts that are pending or firing, the worst first, then the oldest."""
        ...

    def since(self, instant: datetime) -> tuple[Alert, ...]:
        """Alerts that fired at or after an instant, or were not over then; the last begun first."""
        ...


class Outbox(Protocol):
    """Letters, waiting and sent; kept as the history of what was told."""

    def put(self, letters: Sequence[Letter]) -> None:
        """Queue letters; one whose key is there already is left as it is."""
        ...

    def claim(self, channel: str, *, now: datetime, until: datetime) -> Letter | None:
        """The letter of a channel that is due longest, nobody else's until an instant.

        Whoever claims it counts an attempt, and says how it went by `delivered` or `failed`; a process
        that died says nothing, and the letter is due again at that instant.
        """
        ...

    def delivered(self, key: str, *, at: datetime) -> None:
        """A letter was taken."""
        ...

    def failed(self, key: str, *, at: datetime, problem: str, again_at: datetime | None) -> None:
        """An attempt failed; the letter is tried again at an instant, or given up (None)."""
        ...

    def since(self, instant: datetime) -> tuple[Letter, ...]:
        """Letters made at or after an instant, and all that wait; the newest first."""
        ...

    def channels(self) -> tuple[ChannelStanding, ...]:
        """How sending goes, for every channel that has had a letter, by name."""
        ...


class MuteStore(Protocol):
    """Silences and maintenance windows; none is ever forgotten."""

    def keep(self, mute: Mute) -> None:
        """Keep one, or that it was ended."""
        ...

    def get(self, mute_id: str) -> Mute | None:
        """The one of that id."""
        ...

    def not_over(self, now: datetime) -> tuple[Mute, ...]:
        """Those that hold or are planned, the first to begin first."""
        ...

    def newest(self, kind: MuteKind, limit: int) -> tuple[Mute, ...]:
        """The last made of a kind, newest first."""
        ...


class OverrideStore(Protocol):
    """Who stands in for whom on call; none is ever forgotten."""

    def keep(self, override: Override) -> None:
        """Keep one."""
        ...

    def not_over(self, now: datetime) -> tuple[Override, ...]:
        """Those that hold or are still to come, the first to begin first."""
        ...

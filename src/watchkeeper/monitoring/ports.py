"""What monitoring needs from outside: figures to judge, queries run safely, and a place to keep alerts.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.alerts.alert import Alert
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


class AlertStore(Protocol):
    """Alerts, active and past; `alert_id` is the key."""

    def keep(self, alert: Alert) -> None:
        """Keep an alert as it stands now, in place of how it stood."""
        ...

    def drop(self, alert_id: str) -> None:
        """Forget an alert that never fired; none of that id is no error."""
        ...

    def get(self, alert_id: str) -> Alert | None:
        """The alert."""
        ...

    def newest_of(self, rule: str) -> Alert | None:
        """The alert of a rule that began last, whatever became of it."""
        ...

    def active(self) -> tuple[Alert, ...]:
        """Alerts that are pending or firing, the worst first, then the oldest."""
        ...

    def since(self, instant: datetime) -> tuple[Alert, ...]:
        """Alerts that fired at or after an instant, or were not over then; the last begun first."""
        ...

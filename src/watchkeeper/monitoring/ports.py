"""What monitoring needs from outside: figures to judge, and a place to keep alerts.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from datetime import datetime
from typing import Protocol

from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.rules.rule import Rule


class Measurements(Protocol):
    """Figures of the past."""

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """What a rule watches, over its window up to an instant; None is no data.

        Raises:
            InvalidInputError: It watches what is not there to be watched.
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

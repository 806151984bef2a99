"""What is done when a resource is critical: the clean-up runs, and what it brought is told (GF-19).

It runs at most once a while: a machine that is full of real work is not cleaned every minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.monitoring.host.resource import HostReader, Resource

REST = timedelta(minutes=15)
"""Between two clean-ups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedUp:
    """One resource before and after a clean-up."""

    resource: Resource
    """Before."""
    after: float | None
    """Its share afterwards; None is no data."""
    action: str
    """What was done, or why it could not be."""


class CleanUp:
    """Runs the clean-up when something is critical."""

    def __init__(self, reader: HostReader, act: Callable[[Sequence[Resource]], str]) -> None:
        """Do nothing yet.

        Args:
            reader: Reads the machine again afterwards.
            act: Cleans up what is critical and says what it did; it raises nothing.
        """
        self._reader = reader
        self._act = act
        self._last: datetime | None = None

    def when_due(self, seen: Sequence[Resource], *, now: datetime) -> tuple[CleanedUp, ...]:
        """Clean up if something is critical and the last time is a while ago.

        Returns:
            Each critical resource before and after; nothing when nothing was done.
        """
        critical = [one for one in seen if one.state == "critical"]
        if not critical or (self._last is not None and now - self._last < REST):
            return ()
        self._last = now
        action = self._act(critical)
        after = {(one.kind, one.name): one.share for one in self._reader.resources()}
        return tuple(
            CleanedUp(resource=one, after=after.get((one.kind, one.name)), action=action) for one in critical
        )

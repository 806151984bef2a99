"""Figures that are too much work for every look: each is kept a while."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock

KEPT_FOR = timedelta(minutes=15)


class KeptFigures:
    """Figures by key, each as old as `KEPT_FOR` at most; one is made at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Hashable, tuple[datetime, float | None]] = {}

    def of(self, key: Hashable, until: datetime, make: Callable[[], float | None]) -> float | None:
        """The figure of a key at an instant; a look at the past uses none made after it."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and timedelta(0) <= until - kept[0] < KEPT_FOR:
                return kept[1]
            found = make()
            self._kept[key] = (until, found)
            return found

"""Figures that are too much work for every look: each is kept a while."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

_KEPT_FOR_MOST = timedelta(minutes=15)
_LOOKS_A_WINDOW = 5


def kept_for(window: timedelta) -> timedelta:
    """How long a figure of a window is kept: a fifth of it, as it hardly differs sooner; 15 min at most.

    >>> kept_for(timedelta(minutes=30)), kept_for(timedelta(days=1))
    (datetime.timedelta(seconds=360), datetime.timedelta(seconds=900))
    """
    return min(_KEPT_FOR_MOST, window / _LOOKS_A_WINDOW)


class Kept(Generic[T]):
    """Figures by key, each as old as was said at most; one is made at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Hashable, tuple[datetime, T]] = {}

    def of(self, key: Hashable, until: datetime, make: Callable[[], T], *, keep: timedelta) -> T:
        """The figure of a key at an instant; a look at the past uses none made after it.

        Args:
            key: Whose figure.
            until: The instant.
            make: Makes it.
            keep: How old it may be.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and timedelta(0) <= until - kept[0] < keep:
                return kept[1]
            found = make()
            self._kept[key] = (until, found)
            return found

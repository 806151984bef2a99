"""What waits for a background thread: bounded, and it says what it dropped (law 7)."""

from collections import deque
from threading import Event
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Outbox(Generic[Item]):
    """A queue that never makes the application wait: when it is full, what comes is dropped and counted."""

    __slots__ = ("_items", "_limit", "_wake", "_wake_at", "dropped")

    def __init__(self, limit: int, *, wake: Event, wake_at: int) -> None:
        """`wake` is set when `wake_at` items wait, so that bursts do not wait for the next turn."""
        self._items: deque[Item] = deque()
        self._limit = limit
        self._wake = wake
        self._wake_at = wake_at
        self.dropped = 0
        """Items that did not fit, since the start."""

    def put(self, item: Item) -> bool:
        """Leave an item; False when it was dropped."""
        waiting = len(self._items)
        if waiting >= self._limit:
            self.dropped += 1
            return False
        self._items.append(item)
        if waiting == self._wake_at:
            self._wake.set()
        return True

    def take(self, count: int) -> list[Item]:
        """Up to that many items, oldest first."""
        taken: list[Item] = []
        while len(taken) < count:
            try:
                taken.append(self._items.popleft())
            except IndexError:
                break
        return taken

    def __len__(self) -> int:
        return len(self._items)

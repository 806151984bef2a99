"""A store in memory with bounds: so many entries, so many bytes, each for so long."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")

ENTRY_BYTES = 600
"""What an entry costs beside its content: key, value object and bookkeeping (490 measured, CPython 3.11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCounts:
    """What a store holds and did since it was made."""

    hits: int
    misses: int
    entries: int
    bytes: int
    expired: int
    """Found too old when asked for."""
    evicted: int
    """Put out to make room."""
    emptied: int
    """Put out because they were no longer right."""


@dataclass(slots=True)
class _Entry(Generic[Value]):
    value: Value
    size_bytes: int
    until_s: float


class BoundedStore(Generic[Value]):
    """Values by key: the one used longest ago makes room; for one thread, with monotonic time given."""

    def __init__(self, *, most_entries: int, most_bytes: int) -> None:
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._entries: OrderedDict[bytes, _Entry[Value]] = OrderedDict()
        self._bytes = 0
        self._hits = self._misses = self._expired = self._evicted = self._emptied = 0

    def get(self, key: bytes, *, now_s: float) -> Value | None:
        """The value, unless there is none or its time is over."""
        entry = self._entries.get(key)
        if entry is None:
            self._misses += 1
            return None
        if now_s >= entry.until_s:
            self._drop(key)
            self._expired += 1
            self._misses += 1
            return None
        self._entries.move_to_end(key)
        self._hits += 1
        return entry.value

    def put(self, key: bytes, value: Value, *, size_bytes: int, ttl_s: float, now_s: float) -> bool:
        """Keep a value for so many seconds; whether there is room for one so large at all."""
        size_bytes += ENTRY_BYTES
        if key in self._entries:
            self._drop(key)
        if size_bytes > self._most_bytes or self._most_entries < 1 or ttl_s <= 0:
            return False
        self._entries[key] = _Entry(value, size_bytes, now_s + ttl_s)
        self._bytes += size_bytes
        while self._bytes > self._most_bytes or len(self._entries) > self._most_entries:
            self._drop(next(iter(self._entries)))
            self._evicted += 1
        return True

    def empty(self, which: Callable[[Value], bool] | None = None) -> int:
        """Put out all values, or those that are so; how many."""
        gone = [key for key, entry in self._entries.items() if which is None or which(entry.value)]
        for key in gone:
            self._drop(key)
        self._emptied += len(gone)
        return len(gone)

    def counts(self) -> StoreCounts:
        """What it holds and did."""
        return StoreCounts(
            hits=self._hits,
            misses=self._misses,
            entries=len(self._entries),
            bytes=self._bytes,
            expired=self._expired,
            evicted=self._evicted,
            emptied=self._emptied,
        )

    def _drop(self, key: bytes) -> None:
        self._bytes -= self._entries.pop(key).size_bytes

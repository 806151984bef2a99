"""What a writer put lately, so that a piece put again in the same minute is not kept again."""

from collections.abc import Iterable
from typing import NamedTuple

MOST_REMEMBERED = 2**16
"""A memory this full becomes the older of two; they take some 30 MB together."""


class Put(NamedTuple):
    """What is kept once: the beginning of the hash, the workload, the minute since the epoch."""

    key: bytes
    workload: str
    minute: int


class RecentPuts:
    """The last 65,536 different puts at least; not for several threads."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._new: set[Put] = set()
        self._old: set[Put] = set()

    def __contains__(self, put: Put) -> bool:
        return put in self._new or put in self._old

    def add(self, puts: Iterable[Put]) -> None:
        """Remember what was written."""
        self._new.update(puts)
        if len(self._new) >= self._most:
            self._old, self._new = self._new, set()

    def forget(self) -> None:
        """Nothing is remembered: what comes next is written."""
        self._new, self._old = set(), set()

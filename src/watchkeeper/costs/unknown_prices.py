"""Prices that were asked for and are not known: counted, so that they can be shown and alerted (law 3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

MOST_LISTED = 1000
"""Models listed; names come from clients, so their number has to end somewhere."""
LONGEST_NAME = 200
"""Characters kept of a name, for the same reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownPrice:
    """A model whose price was asked for and is not known."""

    provider: str
    model: str
    reason: str
    """Why, as said last."""
    asked: int
    """Times its price was asked for."""
    first_at: datetime
    last_at: datetime


class UnknownPrices:
    """The list of them; written from many threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[tuple[str, str], UnknownPrice] = {}
        self._unlisted = 0

    def note(self, provider: str, model: str, *, reason: str, at: datetime) -> None:
        """Count one."""
        key = provider[:LONGEST_NAME], model[:LONGEST_NAME]
        with self._lock:
            known = self._seen.get(key)
            if known is not None:
                self._seen[key] = replace(known, reason=reason, asked=known.asked + 1, last_at=at)
            elif len(self._seen) < MOST_LISTED:
                self._seen[key] = UnknownPrice(
                    provider=key[0], model=key[1], reason=reason, asked=1, first_at=at, last_at=at
                )
            else:
                self._unlisted += 1

    def listed(self) -> tuple[UnknownPrice, ...]:
        """Those asked for most go first."""
        with self._lock:
            return tuple(sorted(self._seen.values(), key=lambda one: -one.asked))

    @property
    def unlisted(self) -> int:
        """Times one more was asked for when the list was full."""
        return self._unlisted

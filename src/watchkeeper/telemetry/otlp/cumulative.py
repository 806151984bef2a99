"""Totals since a start, as what was added since the last time: across requests, restarts of either side told.

The state is plain data, so that it can be kept beside the position in the log it belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_SERIES = 200_000
"""Series remembered; the one that has been silent longest goes first."""

Totals = dict[str, float]
"""What was counted: `""` for a plain sum; a histogram has one for each part."""


@dataclass(slots=True)
class CumulativeState:
    """The last totals of every series; for one thread."""

    series: dict[str, tuple[int, int, Totals]] = field(default_factory=dict)
    """By identity: when it began, when it was last told, and its totals then."""
    changed: bool = False
    """Whether it differs from what was last kept; its keeper resets it."""

    def added(
        self, identity: str, *, start_ns: int, ts_ns: int, totals: Totals
    ) -> tuple[int | None, Totals] | None:
        """What was added since the last time, and when that was.

        Returns:
            None where it cannot be told: the point is older than the last one, or is the first of a series
            whose start nobody tells.
        """
        known = self.series.pop(identity, None)
        if known is not None and known[0] == start_ns and known[1] >= ts_ns:
            self.series[identity] = known
            return None
        self.series[identity] = (start_ns, ts_ns, totals)
        self.changed = True
        if len(self.series) > MOST_SERIES:
            del self.series[next(iter(self.series))]
        if known is None:
            return (start_ns, dict(totals)) if start_ns else None
        began_anew = known[0] != start_ns or any(totals.get(part, 0) < was for part, was in known[2].items())
        if began_anew:
            return (start_ns if start_ns > known[1] else known[1], dict(totals))
        return known[1], {part: now - known[2].get(part, 0) for part, now in totals.items()}

    def dump(self) -> dict[str, Any]:
        """The state as JSON keeps it."""
        return {"version": 1, "series": {name: list(held) for name, held in self.series.items()}}

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> "CumulativeState":
        """The state that `dump` gave.

        Raises:
            KeyError, TypeError, ValueError: It is no such state.
        """
        series = {
            name: (int(start), int(ts), dict(totals)) for name, (start, ts, totals) in kept["series"].items()
        }
        return cls(series)

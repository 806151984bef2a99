"""A clock that moves only when told to, and ids that count: a day replays in seconds, twice, equal."""

from datetime import UTC, datetime, timedelta

FIRST_INSTANT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""Where a moved clock starts unless told otherwise: a Monday morning."""


class MovedClock:
    """A `Clock` that stands still until `advance` or `move_to` moves it."""

    def __init__(self, start: datetime = FIRST_INSTANT) -> None:
        if start.tzinfo is None:
            raise ValueError(f"a clock starts at an aware instant, not {start!r}; give it a timezone")
        self._now = start.astimezone(UTC)
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        """Move both the instant and the monotonic reading forward.

        Raises:
            ValueError: `seconds` is negative; set the wall clock back with `move_to` instead.
        """
        if seconds < 0:
            raise ValueError(f"time cannot advance by {seconds} s; use move_to to set the clock back")
        self._now += timedelta(seconds=seconds)
        self._elapsed_s += seconds

    def move_to(self, instant: datetime) -> None:
        """Set the instant; the monotonic reading follows forward and never runs backwards.

        Raises:
            ValueError: `instant` carries no timezone.
        """
        if instant.tzinfo is None:
            raise ValueError(f"a clock moves to an aware instant, not {instant!r}; give it a timezone")
        self._elapsed_s += max(0.0, (instant - self._now).total_seconds())
        self._now = instant.astimezone(UTC)


class CountedIds:
    """An `IdSource` that counts up from `first`; traces and spans are counted apart."""

    def __init__(self, first: int = 1) -> None:
        if first < 1:
            raise ValueError(f"ids count from 1 upward, not from {first}: an id is never all zero")
        self._next_trace = first
        self._next_span = first

    def trace_id(self) -> str:
        """32 lower-case hex digits, never all zero (W3C trace context)."""
        number = self._next_trace
        self._next_trace += 1
        return f"{number:032x}"

    def span_id(self) -> str:
        """16 lower-case hex digits, never all zero (W3C trace context)."""
        number = self._next_span
        self._next_span += 1
        return f"{number:016x}"

"""Time, ids and chance are arguments: the ports everything takes instead of reading them itself."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary point that never runs backwards."""
        ...


class IdSource(Protocol):
    """Where ids come from."""

    def trace_id(self) -> str:
        """32 lower-case hex digits, never all zero (W3C trace context)."""
        ...

    def span_id(self) -> str:
        """16 lower-case hex digits, never all zero (W3C trace context)."""
        ...

"""The real clock and real ids: the only place that reads the machine's time or randomness."""

import os
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock; implements `watchkeeper.domain.clock.Clock`."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one reading every other module is handed

    def monotonic(self) -> float:
        """Seconds from an arbitrary point that never runs backwards."""
        return time.monotonic()


class SystemIds:
    """Random ids from the machine; implements `watchkeeper.domain.clock.IdSource`."""

    def trace_id(self) -> str:
        """32 lower-case hex digits, never all zero (W3C trace context)."""
        return _random_hex(16)

    def span_id(self) -> str:
        """16 lower-case hex digits, never all zero (W3C trace context)."""
        return _random_hex(8)


def _random_hex(size_bytes: int) -> str:
    while not any(drawn := os.urandom(size_bytes)):
        pass  # all zero means "no id" in W3C trace context
    return drawn.hex()

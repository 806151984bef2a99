"""The real clock and real ids: the only place that reads the machine's time or randomness."""

import secrets
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
    # All zero means "no id" in W3C trace context; one is added rather than drawing again.
    number = 1 + secrets.randbelow(2 ** (8 * size_bytes) - 1)
    return f"{number:0{2 * size_bytes}x}"

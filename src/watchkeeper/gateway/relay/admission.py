"""Whether a call may be made at all: its rate, and what guards say of its words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.gateway.relay.call import Call

Guard = Callable[[Call], None]
"""Raises `GuardRefusedError` where a call may not pass."""


class Rates(Protocol):
    """Requests and tokens a minute, by key."""

    def take(self, key_id: str, tokens: int, /) -> None:
        """Count a call.

        Raises:
            RateLimitedError: The key has used its minute.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lets calls in."""

    rates: Rates | None = None

    def admit(self, call: Call) -> None:
        """Let a call in.

        Raises:
            RateLimitedError: Its key has used its minute.
            GuardRefusedError: A guard of its route refused it.
        """

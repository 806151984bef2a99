"""A target with what stands before it: its breaker, its places, its time."""

from dataclasses import dataclass
from typing import Protocol

from watchkeeper.domain.errors import TargetRestingError
from watchkeeper.gateway.circuit_breaker import CircuitBreaker
from watchkeeper.gateway.ports import ModelTarget


class Places(Protocol):
    """How many calls a target takes at once; further ones queue."""

    async def enter(self, *, within_s: float) -> None:
        """Take a place.

        Raises:
            QueueFullError: The queue is full, or no place came free in time.
        """
        ...

    def leave(self) -> None:
        """Give the place back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One target as the relay asks it."""

    target: ModelTarget
    timeout_s: float
    """For a whole answer, or for the silence between two events of a stream."""
    breaker: CircuitBreaker | None = None
    places: Places | None = None
    priced_as: str = ""
    """The provider whose prices apply, as the price table names it."""
    says_max_completion_tokens: bool = False
    """Whether its provider's newest models take the most tokens of an answer under that name alone."""
    passes_credentials: bool = False
    """Whether the client's own provider key goes along: pass-through only."""

    def admit(self, now_s: float) -> int:
        """The breaker's ticket for one call.

        Raises:
            TargetRestingError: The breaker leaves the target alone.
        """
        if self.breaker is None:
            return 0
        ticket = self.breaker.admit(now_s)
        if ticket is None:
            raise TargetRestingError(
                f"the circuit breaker of target {self.target.name!r} is open",
                action="it tries again by itself; `wk breaker reset` closes it by hand",
            )
        return ticket

    def tell(self, ticket: int, healthy: bool | None, now_s: float) -> None:
        """Tell the breaker how the call went.

        Args:
            ticket: The call's.
            healthy: Whether the target did its part; None where the call tells nothing of it.
            now_s: On the monotonic clock.
        """
        if self.breaker is None:
            return
        if healthy is None:
            self.breaker.given_up(ticket)
        elif healthy:
            self.breaker.succeeded(ticket, now_s)
        else:
            self.breaker.failed(ticket, now_s)

"""How long to wait before asking again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Waits of 1, 2, 4 … seconds with jitter, never shorter than the target asked for."""

    attempts: int = 4
    """At most, the first included."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    """What doubling stops at; a target's `Retry-After` may be longer."""
    jitter: float = 0.25
    """Largest share of the doubled wait added by chance, so that callers do not come back together."""

    def wait_s(self, attempt: int, *, chance: float, retry_after_s: float | None) -> float | None:
        """Seconds to wait after a failed attempt; None when it was the last.

        Args:
            attempt: The attempt that failed, from 1.
            chance: From 0 up to 1, new for each wait.
            retry_after_s: What the target asked for.

        >>> policy = RetryPolicy()
        >>> [policy.wait_s(n, chance=0.0, retry_after_s=None) for n in (1, 2, 3, 4)]
        [1.0, 2.0, 4.0, None]
        >>> policy.wait_s(1, chance=0.5, retry_after_s=7.0)
        7.125
        """
        if attempt >= self.attempts:
            return None
        doubled = min(self.first_wait_s * 2.0 ** (attempt - 1), self.longest_wait_s)
        return max(doubled, retry_after_s or 0.0) + self.jitter * doubled * chance

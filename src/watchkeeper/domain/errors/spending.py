"""Errors of money and of limits: the call would be taken at another time, or with more money."""

from watchkeeper.domain.errors.table import ErrorTier, WatchkeeperError


class BudgetSpentError(WatchkeeperError):
    """A hard limit leaves no room for the call."""

    code = "budget_spent"
    tier = ErrorTier.MEDIUM
    status = 402


class PriceUnknownError(WatchkeeperError):
    """A hard limit applies to a call whose price is not known, so it cannot be bounded."""

    code = "price_unknown"
    tier = ErrorTier.MEDIUM
    status = 402


class WaitError(WatchkeeperError):
    """Come back later; `retry_after_s` says when, in seconds, where that is known."""

    code = "come_back_later"
    tier = ErrorTier.MEDIUM
    status = 429
    retryable = True

    def __init__(self, message: str, *, action: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, action=action)
        self.retry_after_s = retry_after_s


class RateLimitedError(WaitError):
    """A key has used its requests or tokens of this minute."""

    code = "rate_limited"


class QueueFullError(WaitError):
    """A target works at its limit and its queue is full, or no place came free in time."""

    code = "queue_full"
    status = 503

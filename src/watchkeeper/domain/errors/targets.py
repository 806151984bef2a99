"""Errors of model targets, and of calls that none of them could answer."""

from watchkeeper.domain.errors.table import WatchkeeperError


class TargetError(WatchkeeperError):
    """A model target failed; its subclasses say how.

    `http_status` is what the provider answered with, None when it answered nothing; `retry_after_s`
    is how long it asked to be left alone, in seconds. Only an adapter sets them.
    """

    code = "target_failed"
    status = 502

    def __init__(
        self,
        message: str,
        *,
        action: str = "",
        http_status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, action=action)
        self.http_status = http_status
        self.retry_after_s = retry_after_s


class TargetTimeoutError(TargetError):
    """A model target did not answer in time."""

    code = "target_timeout"
    status = 504
    retryable = True


class TargetUnreachableError(TargetError):
    """A model target could not be reached, or the connection broke."""

    code = "target_unreachable"
    status = 502
    retryable = True


class TargetNotReachedError(TargetUnreachableError):
    """No connection to a model target could be had: nothing was sent, so nothing was spent."""

    code = "target_not_reached"


class TargetRateLimitedError(TargetError):
    """A model target refused because of its rate limit."""

    code = "target_rate_limited"
    status = 429
    retryable = True


class TargetServerError(TargetError):
    """A model target failed by its own fault (5xx)."""

    code = "target_server_error"
    status = 502
    retryable = True


class TargetRefusedError(TargetError):
    """A model target refused the request (4xx other than 429): asking again changes nothing."""

    code = "target_refused"
    status = 502


class MalformedReplyError(TargetServerError):
    """A model target answered with something that is no reply of its dialect."""

    code = "malformed_reply"


class TargetRestingError(WatchkeeperError):
    """A target's circuit breaker leaves it alone for a while."""

    code = "target_resting"
    status = 503
    retryable = True


class NoTargetError(WatchkeeperError):
    """No target of a route could answer; the message says of each why."""

    code = "no_target_answered"
    status = 503
    retryable = True


class CallBrokenOffError(WatchkeeperError):
    """A call was given up while its target answered: its client hung up, or the gateway was stopped."""

    code = "broken_off"
    status = 499

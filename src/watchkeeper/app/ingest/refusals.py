"""Why a sender is told no, and when to ask again."""

from watchkeeper.domain.errors import ErrorTier, WatchkeeperError


class BusyError(WatchkeeperError):
    """More waits to be written or loaded than may."""

    code = "ingest_busy"
    tier = ErrorTier.LOW
    status = 503
    retryable = True

    def __init__(self, message: str, *, retry_after_s: int, action: str = "send it again later") -> None:
        super().__init__(message, action=action)
        self.retry_after_s = retry_after_s


class TooLargeError(WatchkeeperError):
    """A request longer than may be."""

    code = "too_large"
    tier = ErrorTier.LOW
    status = 413


class UnsupportedBodyError(WatchkeeperError):
    """A body in a form that is not taken."""

    code = "unsupported_body"
    tier = ErrorTier.LOW
    status = 415

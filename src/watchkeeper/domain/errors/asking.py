"""Errors of who asks: what came cannot be taken as it is, or not from this caller."""

from watchkeeper.domain.errors.table import ErrorTier, WatchkeeperError


class InvalidInputError(WatchkeeperError):
    """The caller sent something that can never work as it is."""

    code = "invalid_input"
    tier = ErrorTier.LOW
    status = 400


class InvalidFieldError(InvalidInputError):
    """A field of a request is missing, of the wrong type, or cannot be carried; `field` names it."""

    def __init__(self, message: str, *, action: str = "", field: str = "") -> None:
        super().__init__(message, action=action)
        self.field = field


class NotFoundError(WatchkeeperError):
    """The thing named does not exist."""

    code = "not_found"
    tier = ErrorTier.LOW
    status = 404


class ConflictError(WatchkeeperError):
    """The thing exists already, or another process holds it."""

    code = "conflict"
    tier = ErrorTier.LOW
    status = 409


class KeyRefusedError(WatchkeeperError):
    """A key is missing, unknown, expired or revoked."""

    code = "key_refused"
    tier = ErrorTier.LOW
    status = 401


class KeyForbiddenError(WatchkeeperError):
    """A key is good, and may not do this."""

    code = "key_forbidden"
    tier = ErrorTier.LOW
    status = 403


class RequestTooLargeError(WatchkeeperError):
    """A request is larger than the setting allows."""

    code = "request_too_large"
    tier = ErrorTier.LOW
    status = 413


class RequestTooSlowError(WatchkeeperError):
    """A request did not become whole in time."""

    code = "request_too_slow"
    tier = ErrorTier.LOW
    status = 408


class GuardRefusedError(WatchkeeperError):
    """An input guard refused the request."""

    code = "guard_refused"
    tier = ErrorTier.LOW
    status = 400

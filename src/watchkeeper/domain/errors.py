"""The one table of errors: tier, HTTP status and whether a retry can help.

Tiers are those of requirement rows HE-01 to HE-04, settled by decision X5: a fallback that was
served answers 200 with a degraded flag, nothing served answers 500, invalid input answers 400, and
the tier's number stays visible in the body.
"""

from enum import IntEnum
from typing import ClassVar


class ErrorTier(IntEnum):
    """How much a failure takes from the user; a higher number is worse (HE-01 to HE-04)."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


SERVED_STATUS: dict[ErrorTier, int] = {
    ErrorTier.LOW: 200,
    ErrorTier.MEDIUM: 200,
    ErrorTier.HIGH: 200,
    ErrorTier.CRITICAL: 503,
}
"""HTTP status when something was still served: a fallback, a reduced or a friendly answer."""

UNSERVED_STATUS: dict[ErrorTier, int] = {
    ErrorTier.LOW: 400,
    ErrorTier.MEDIUM: 500,
    ErrorTier.HIGH: 500,
    ErrorTier.CRITICAL: 503,
}
"""HTTP status when nothing could be served."""


def http_status(tier: ErrorTier, *, served: bool) -> int:
    """The HTTP status of a failure of this tier (decision X5).

    >>> http_status(ErrorTier.HIGH, served=True), http_status(ErrorTier.HIGH, served=False)
    (200, 500)
    """
    return (SERVED_STATUS if served else UNSERVED_STATUS)[tier]


class WatchkeeperError(Exception):
    """Something went wrong; the message says what, with which value, and what to do next.

    The class alone decides tier, HTTP status, retryability and the stable `code`; nothing is ever
    decided by reading the message.
    """

    code: ClassVar[str] = "internal_error"
    tier: ClassVar[ErrorTier] = ErrorTier.HIGH
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, action: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.action = action
        self.receipt_id: str | None = None
        """The last receipt of the call it ended; None where it ended none, or none could be written."""

    def body(self) -> dict[str, object]:
        """The error as it stands in API replies, result lines and receipts."""
        return {
            "code": self.code,
            "message": self.message,
            "action": self.action,
            "tier": int(self.tier),
            "retryable": self.retryable,
        }


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


class SettingsError(WatchkeeperError):
    """The settings have problems; the message lists all of them."""

    code = "invalid_settings"
    tier = ErrorTier.CRITICAL
    status = 500


class UnavailableError(WatchkeeperError):
    """An engine or service we depend on does not answer."""

    code = "unavailable"
    tier = ErrorTier.CRITICAL
    status = 503
    retryable = True


class StorageFullError(WatchkeeperError):
    """The disk is full or the data folder cannot be written."""

    code = "storage_unwritable"
    tier = ErrorTier.CRITICAL
    status = 507


class StateSchemaError(WatchkeeperError):
    """The stored state has a schema this version cannot use: newer, or changed by hand."""

    code = "state_schema"
    tier = ErrorTier.CRITICAL
    status = 500


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


class BrokenJsonError(WatchkeeperError):
    """A model answered with text that is not JSON; it is never repaired (GF-48)."""

    code = "broken_json"
    tier = ErrorTier.MEDIUM
    status = 502


class SchemaMismatchError(WatchkeeperError):
    """A model answered with JSON that breaks the schema it was given."""

    code = "schema_mismatch"
    tier = ErrorTier.MEDIUM
    status = 502


class BaselineEngineError(WatchkeeperError):
    """A baseline engine failed on its input."""

    code = "baseline_failed"
    status = 500


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


class CallBrokenOffError(WatchkeeperError):
    """A call was given up while its target answered: its client hung up, or the gateway was stopped."""

    code = "broken_off"
    status = 499


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


class GuardRefusedError(WatchkeeperError):
    """An input guard refused the request."""

    code = "guard_refused"
    tier = ErrorTier.LOW
    status = 400


class OutputRejectedError(WatchkeeperError):
    """An answer broke a rule its route holds it to."""

    code = "output_rejected"
    tier = ErrorTier.MEDIUM
    status = 502


class DocumentError(WatchkeeperError):
    """A document cannot be read; its subclasses say why."""

    code = "document_unreadable"
    tier = ErrorTier.LOW
    status = 400


class DocumentEncryptedError(DocumentError):
    """The document is protected by a password."""

    code = "document_encrypted"


class DocumentEmptyError(DocumentError):
    """The file has no bytes, or the document has no pages."""

    code = "document_empty"


class DocumentTruncatedError(DocumentError):
    """The file ends before the document does."""

    code = "document_truncated"


class DocumentNotPdfError(DocumentError):
    """The file is something else than a PDF."""

    code = "document_not_pdf"


class DocumentTooLongError(DocumentError):
    """The document has more pages than the setting allows."""

    code = "document_too_long"


class DocumentChangedError(DocumentError):
    """The file's bytes are no longer those that were read."""

    code = "document_changed"


class OcrFailedError(DocumentError):
    """OCR could not read a page: it failed, or did not end in time."""

    code = "ocr_failed"


class OcrUnavailableError(WatchkeeperError):
    """OCR was asked for, but its engine or its language is not installed."""

    code = "ocr_unavailable"
    status = 503


class ContentDamagedError(WatchkeeperError):
    """Kept content no longer has the hash it was kept under; it is reported and not returned."""

    code = "content_damaged"
    tier = ErrorTier.MEDIUM
    status = 500


class StoreDamagedError(WatchkeeperError):
    """A store's file cannot be read; nothing of it was changed."""

    code = "store_damaged"
    tier = ErrorTier.CRITICAL
    status = 500

"""What every error has: tier, HTTP status and whether a retry can help.

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

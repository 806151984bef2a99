"""What an error inside a stream means: it comes with status 200, so its code stands for one."""

from typing import Any

from watchkeeper.domain.errors import TargetError
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.failure import code_in, failure

STATUSES: dict[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "insufficient_quota": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "timeout_error": 504,
    "api_error": 500,
    "server_error": 500,
    "overloaded_error": 529,
}
"""The status each code has where it comes as a reply of its own."""


def stream_failure(dialect: Dialect, event: dict[str, Any], *, target: str | None = None) -> TargetError:
    """The error an in-band error event stands for; one nobody knows counts as the server's fault.

    Args:
        dialect: Whose event it is.
        event: Its parsed data.
        target: The target's name; without one its dialect stands for it.
    """
    code = code_in(event)
    error = event.get("error")
    status = error.get("code") if isinstance(error, dict) else None
    if type(status) is not int or not 400 <= status <= 599:  # some routers put the status there
        status = STATUSES.get(code or "", 500)
    return failure(status, code, target=target or f"{dialect} stream")

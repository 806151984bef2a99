"""What an error inside a stream or a reply of status 200 means: its code stands for a status."""

from typing import Any

from watchkeeper.domain.errors import TargetError
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.failure import code_in, failure

STATUSES: dict[str, int] = {
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "content_filter": 400,
    "content_policy_violation": 400,
    "context_length_exceeded": 400,
    "tool_use_failed": 400,
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
    """The error that an in-band error stands for; one nobody knows counts as the server's fault.

    Args:
        dialect: Whose event it is.
        event: Its parsed data.
        target: The target's name; without one its dialect stands for it.
    """
    code = code_in(event)
    error = event.get("error")
    told = (error.get("code"), error.get("status")) if isinstance(error, dict) else ()
    statuses = (one for one in told if type(one) is int and 400 <= one <= 599)
    status = next(statuses, STATUSES.get(code or "", 500))  # some servers put the status there
    return failure(status, code, target=target or str(dialect))

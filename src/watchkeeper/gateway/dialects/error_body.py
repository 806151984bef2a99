"""Errors as the client's own dialect writes them, so that its package raises what it should."""

from typing import Any

from watchkeeper.domain.errors import InvalidFieldError, TargetError, WatchkeeperError
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.json_text import json_bytes

_OPENAI_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}
_ANTHROPIC_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}


def error_body(dialect: Dialect, error: WatchkeeperError) -> dict[str, Any]:
    """The body of an error reply; its status is `error.status`.

    Our own `code`, `action`, `tier` and `retryable` stand beside what the dialect asks for, and
    `provider_status` where a provider answered with one.
    """
    ours = error.body()
    if isinstance(error, TargetError) and error.http_status is not None:
        ours["provider_status"] = error.http_status
    if dialect is Dialect.ANTHROPIC:
        kind = _ANTHROPIC_TYPES.get(error.status, _invalid_or(error, "api_error"))
        return {"type": "error", "error": {"type": kind, **ours}}
    kind = _OPENAI_TYPES.get(error.status, _invalid_or(error, "server_error"))
    param = error.field if isinstance(error, InvalidFieldError) else None
    return {"error": {"type": kind, "param": param, **ours}}


def stream_error_event(dialect: Dialect, error: WatchkeeperError) -> bytes:
    """The event that ends a stream with an error; the dialect's end mark does not follow it."""
    data = json_bytes(error_body(dialect, error))
    if dialect is Dialect.ANTHROPIC:
        return b"event: error\ndata: " + data + b"\n\n"
    return b"data: " + data + b"\n\n"


def _invalid_or(error: WatchkeeperError, otherwise: str) -> str:
    return "invalid_request_error" if error.status < 500 else otherwise

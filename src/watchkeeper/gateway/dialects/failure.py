"""What a provider's failure means: the one place its statuses and codes are read."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from watchkeeper.domain.errors import (
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
)
from watchkeeper.gateway.dialects.fields import label

_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_error"})
"""Codes of a 429 that no waiting helps: the account's money is spent."""
_CODE_CHARACTERS = 64

_ACTIONS = {
    400: "see that the model takes what is sent: images, tools, JSON schema, this many tokens",
    401: "check the target's api_key",
    402: "add money to the account with the provider, or use another target",
    403: "see that the target's api_key may use this model",
    404: "check the target's base_url and model",
    413: "send less in one request",
}


def failure_of(status: int, headers: Mapping[str, str], body: bytes, *, target: str) -> TargetError:
    """The error that a provider's answer of either dialect stands for.

    The provider's own words are left out, for they may repeat the prompt or part of a key; its code
    is kept.

    Args:
        status: Anything but 2xx; 529 is how Anthropic says that it is overloaded.
        headers: As received, with lower-case names or a mapping that takes any case.
        body: As received.
        target: The target's name.
    """
    return failure(status, code_of(body), target=target, retry_after_s=retry_after_s(headers))


def failure(status: int, code: str | None, *, target: str, retry_after_s: float | None = None) -> TargetError:
    """The error that a status and a provider's own code stand for.

    Args:
        status: Anything but 2xx.
        code: The provider's own; see `code_of`.
        target: The target's name.
        retry_after_s: How long it asks to be left alone, in seconds.
    """
    said = f"target {target!r} answered {status}" + (f" ({code})" if code else "")
    if status == 429 and code in _SPENT:
        return TargetRefusedError(said, action=_ACTIONS[402], http_status=status)
    if status == 429:
        return TargetRateLimitedError(
            said,
            action="wait, lower the concurrency, or add a target to the route",
            http_status=status,
            retry_after_s=retry_after_s,
        )
    if status in {408, 504}:
        return TargetTimeoutError(said, action="ask again, or for less", http_status=status)
    if status >= 500:
        return TargetServerError(
            said,
            action="see the provider's status page or the server's log",
            http_status=status,
            retry_after_s=retry_after_s,
        )
    action = _ACTIONS.get(status, "check the target's base_url and model")
    return TargetRefusedError(said, action=action, http_status=status)


def code_of(body: bytes) -> str | None:
    """The provider's own code for a failure, else its type; None when it gives neither."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return code_in(found)


def code_in(found: object) -> str | None:
    """As `code_of`, of a parsed body.

    >>> code_in({"error": {"type": "rate_limit_error", "message": "slow down"}})
    'rate_limit_error'
    """
    error: Any = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):
        return _code(error)
    if not isinstance(error, dict):
        return None
    return _code(error.get("code")) or _code(error.get("type"))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds a provider asks to be left alone; None when it does not say, or not so that it can be read.

    A date is compared with the reply's own `Date`, so that no clock of ours has to agree with theirs.

    >>> retry_after_s({"retry-after": "7"})
    7.0
    """
    milliseconds = _seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after")
    seconds = _seconds(given)
    if seconds is not None or given is None:
        return seconds
    try:
        until, now = parsedate_to_datetime(given), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _code(found: object) -> str | None:
    name = label(found)
    return name if name is not None and " " not in name and len(name) <= _CODE_CHARACTERS else None


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None

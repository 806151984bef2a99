"""What a provider's failure means: the one place its statuses and codes are read."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from watchkeeper.adapters.providers.openai_reply import label
from watchkeeper.domain.errors import (
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
)

_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Codes of a 429 that no waiting helps: the account's money is spent."""

_ACTIONS = {
    400: "see that the model takes what is sent: images, JSON schema, this many tokens",
    401: "check the target's api_key",
    403: "see that the target's api_key may use this model",
    404: "check the target's base_url and model",
    413: "send fewer or smaller pages in one call",
}


def failure_of(status: int, headers: Mapping[str, str], body: bytes, *, target: str) -> TargetError:
    """The error a status stands for.

    The provider's own words are left out, for they may repeat the prompt or part of a key; its code
    is kept.

    Args:
        status: Anything but 2xx.
        headers: As received, by any case's name (`httpx.Headers`).
        body: As received.
        target: The target's name.
    """
    code = code_of(body)
    said = f"target {target!r} answered {status}" + (f" ({code})" if code else "")
    if status == 429 and code in _SPENT:
        action = "raise the account's limit with the provider, or use another target"
        return TargetRefusedError(said, action=action, http_status=status)
    if status == 429:
        return TargetRateLimitedError(
            said,
            action="lower the number of workers, or wait",
            http_status=status,
            retry_after_s=retry_after_s(headers),
        )
    if status == 408:
        return TargetTimeoutError(said, action="ask again, or for less", http_status=status)
    if status >= 500:
        return TargetServerError(
            said,
            action="see the provider's status page or the server's log",
            http_status=status,
            retry_after_s=retry_after_s(headers),
        )
    action = _ACTIONS.get(status, "check the target's base_url and model")
    return TargetRefusedError(said, action=action, http_status=status)


def code_of(body: bytes) -> str | None:
    """The provider's own code for a failure, else its type; None when it gives neither."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    error = found.get("error") if isinstance(found, dict) else None
    if not isinstance(error, dict):
        return None
    return _code(error.get("code")) or _code(error.get("type"))


def _code(found: object) -> str | None:
    name = label(found)
    return name if name is not None and " " not in name and len(name) <= 64 else None


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


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None

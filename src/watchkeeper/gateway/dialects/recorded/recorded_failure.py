"""What a recorded failure means, from its status, its error object and its headers."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.gateway.dialects.failure import code_in, failure, retry_after_s
from watchkeeper.gateway.dialects.recorded.exchange import RecordedFailure
from watchkeeper.gateway.dialects.stream_failure import STATUSES

_BEDROCK_STATUSES = {
    "throttlingexception": 429,
    "toomanyrequestsexception": 429,
    "validationexception": 400,
    "accessdeniedexception": 403,
    "resourcenotfoundexception": 404,
    "modeltimeoutexception": 408,
    "internalserverexception": 500,
    "modelstreamerrorexception": 500,
    "modelerrorexception": 500,
    "serviceunavailableexception": 503,
    "modelnotreadyexception": 503,
}
"""Of exceptions inside a binary stream, in lower case (Bedrock's API reference, errors of InvokeModel)."""
_GOOGLE_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""Google's canonical codes and the statuses its API guide gives them."""


def recorded_failure(
    status: int, headers: Mapping[str, str], error: dict[str, Any] | None, *, plain: str = ""
) -> tuple[str, RecordedFailure] | None:
    """The class of failure an exchange ended in, and what was told of it; None where it did not fail.

    Args:
        status: Of the reply.
        headers: Of the reply, names in lower case.
        error: An error object found in the reply, or a whole body that is one.
        plain: The body where it is no JSON.
    """
    if status < 400 and error is None:
        return None
    found = error or {}
    code = _code(found)
    meant = status if status >= 400 else _meant_status(found, code)
    about = failure(meant, code, target="recorded", retry_after_s=retry_after_s(headers))
    return type(about).__name__, RecordedFailure(
        code=about.code,
        http_status=meant,
        provider_code=code,
        message=_words(found) or plain.strip(),
        retryable=about.retryable,
        retry_after_s=getattr(about, "retry_after_s", None),
    )


def error_in(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """The error object of a document, or the document where it is one itself; None where it tells none."""
    error = document.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, str) and error:
        return {"message": error, "code": document.get("code") or document.get("error_type")}
    return None


def bare_error(document: Mapping[str, Any]) -> dict[str, Any]:
    """A failed reply's body as an error object: Bedrock, Cohere and others wrap theirs in nothing."""
    words = document.get("message") or document.get("Message") or document.get("detail")
    kind = document.get("code") or document.get("type") or document.get("__type")
    return {"message": words, "code": kind}


def _code(error: dict[str, Any]) -> str | None:
    code = code_in({"error": error})
    if code is None and isinstance(error.get("status"), str):
        code = error["status"]
    number = error.get("code")
    return str(number) if code is None and isinstance(number, int) else code


def _meant_status(error: dict[str, Any], code: str | None) -> int:
    for told in (error.get("status"), error.get("status_code"), error.get("code")):
        number = int(told) if isinstance(told, str) and told.isdigit() else told
        if isinstance(number, int) and 400 <= number <= 599:
            return number
    for word in (code, error.get("type"), error.get("status")):
        if isinstance(word, str):
            known = _BEDROCK_STATUSES.get(word.lower()) or _GOOGLE_STATUSES.get(word)
            known = known or STATUSES.get(word)
            if known is not None:
                return known
    return 500


def _words(error: dict[str, Any]) -> str:
    words = error.get("message")
    if isinstance(words, list):  # validation errors of some servers are a list
        words = "; ".join(str(one.get("msg", one)) if isinstance(one, dict) else str(one) for one in words)
    return words if isinstance(words, str) else ""

"""What a provider's failure means decides whether another try can help."""

import json

import pytest

from watchkeeper.domain.errors import (
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
)
from watchkeeper.gateway.dialects import failure_of


def failed(status: int, kind: str = "", **headers: str) -> TargetError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(
        {"type": "error", "error": {"type": kind, "message": "the prompt was: secret"}}
    ).encode()
    return failure_of(status, named, body, target="large")


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (429, "rate_limit_error", TargetRateLimitedError),
        (429, "insufficient_quota", TargetRefusedError),
        (500, "api_error", TargetServerError),
        (529, "overloaded_error", TargetServerError),
        (408, "", TargetTimeoutError),
        (504, "timeout_error", TargetTimeoutError),
        (400, "invalid_request_error", TargetRefusedError),
        (401, "authentication_error", TargetRefusedError),
    ],
)
def test_a_status_and_a_code_make_an_error(status: int, kind: str, expected: type[TargetError]) -> None:
    error = failed(status, kind)

    assert type(error) is expected
    assert error.http_status == status
    assert "secret" not in error.message + error.action


def test_how_long_a_provider_asks_to_wait_is_told() -> None:
    assert failed(429, retry_after="7").retry_after_s == 7
    assert failed(429, retry_after_ms="1500").retry_after_s == 1.5
    late = {"retry_after": "Fri, 27 Nov 2026 10:00:09 GMT", "date": "Fri, 27 Nov 2026 10:00:00 GMT"}
    assert failed(503, **late).retry_after_s == 9
    assert failed(429, retry_after="soon").retry_after_s is None

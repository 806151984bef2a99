"""What a scripted upstream answers, faults included, one frozen description an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from watchkeeper.domain.call import Usage

USUAL_USAGE = Usage(input_tokens=10, output_tokens=5)
"""What an answer says it cost unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedReply:
    """One answer of a `ScriptedUpstream`; every fault is a field, and fields combine.

    `answer`, `json_answer`, `failure`, `garbage` and `dropped` make the usual ones.
    """

    status: int = 200
    text: str = ""
    """The assistant's text."""
    refusal: str | None = None
    """Given, the model declines with these words, as strict JSON output allows it to."""
    model: str = "scripted-1"
    finish_reason: str | None = "stop"
    usage: Usage | None = USUAL_USAGE
    """None leaves it out, as some servers do."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    error_code: str | None = None
    """The provider's code in the body of a failure."""
    body: bytes | None = None
    """Sent as the whole body in place of a completion or a failure."""
    chunks: int = 3
    """Pieces the text comes in when the request asks for a stream."""
    delay_s: float = 0.0
    """Silence before the first byte."""
    byte_delay_s: float = 0.0
    """Silence after every byte of the body."""
    cut_after_bytes: int | None = None
    """The connection is closed when so many bytes of the body have been sent."""
    drop: bool = False
    """The connection is closed without an answer."""

    def with_fault(self, **changes: Any) -> "ScriptedReply":
        """The same answer with some fields changed."""
        return replace(self, **changes)


def answer(text: str, **fields: Any) -> ScriptedReply:
    """A completion with this text.

    >>> answer("hello", delay_s=0.1).text
    'hello'
    """
    return ScriptedReply(text=text, **fields)


def json_answer(value: object, **fields: Any) -> ScriptedReply:
    """A completion whose text is this value as JSON."""
    return ScriptedReply(text=json.dumps(value, ensure_ascii=False), **fields)


def failure(
    status: int, *, code: str | None = None, retry_after: str | float | None = None, **fields: Any
) -> ScriptedReply:
    """A failure with this HTTP status.

    Args:
        status: Such as 429 or 503.
        code: The provider's own code, such as `insufficient_quota`.
        retry_after: Seconds, or an HTTP date, for the `Retry-After` header.
        **fields: Of `ScriptedReply`.
    """
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after}"}
    return ScriptedReply(status=status, error_code=code, headers=headers, **fields)


def garbage(body: bytes = b'{"choices": [{"mess', **fields: Any) -> ScriptedReply:
    """A body that is no completion, sent whole."""
    return ScriptedReply(body=body, **fields)


def dropped() -> ScriptedReply:
    """A connection closed without a byte."""
    return ScriptedReply(drop=True)

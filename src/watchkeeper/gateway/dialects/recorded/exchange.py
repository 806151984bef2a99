"""A recorded exchange with a provider, and what was read out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.call import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExchange:
    """A request and its reply as a cassette holds them."""

    provider: str
    method: str = "POST"
    path: str
    request: object = field(default=None, repr=False)
    """The request's body; a JSON object where it was one."""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the reply, names in lower case."""
    body: object = field(default=None, repr=False)
    """Of the reply: a JSON value, the text of a stream, or `{"_binary_base64": ...}`."""


@dataclass(frozen=True, slots=True)
class RecordedUsage(Usage):
    """Tokens as the provider counted them, with what only some count; None is unknown."""

    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_tool_tokens: int | None = None
    """Of `input_tokens`: what tools run by the provider put in."""


@dataclass(frozen=True, slots=True)
class RecordedToolCall:
    """A tool the model called."""

    id: str | None
    name: str
    arguments: str
    """As the model wrote them: JSON, or plain text such as a program."""
    by_provider: bool = False
    """The provider ran it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFailure:
    """A failure, as our table of errors has it."""

    code: str
    """Our stable code: that of the class."""
    http_status: int | None
    """What the provider answered, or what its code stands for inside a stream or a reply of status 200."""
    provider_code: str | None
    """The provider's own code."""
    message: str = field(repr=False)
    """The provider's own words; they may repeat the request, so they belong into no log."""
    retryable: bool
    retry_after_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedExchange:
    """What one exchange held."""

    provider: str
    """As the recording names it."""
    shape: str
    """Whose form the reply has, such as `openai.chat` or `bedrock.converse`; `other` for replies that
    are no model's: files, threads, deletions."""
    operation: str
    """`chat`, `generate_content`, `text_completion`, `embeddings`, `rerank`, `count_tokens`, or `other`."""
    model: str | None
    """The model that answered, else the one asked for."""
    http_status: int
    stream: bool
    complete: bool | None
    """The stream's end mark was seen; None where nothing was streamed."""
    text: str
    """Of the first choice."""
    texts: tuple[str, ...]
    """Of every choice."""
    reasoning: str
    refusal: str | None
    tool_calls: tuple[RecordedToolCall, ...]
    stop_reason: str | None
    """In the provider's own words."""
    finish_reason: str | None
    """In OpenAI's."""
    usage: RecordedUsage | None
    """None where the reply counts nothing."""
    raw_usage: dict[str, Any] | None
    error_class: str | None
    """The class of `watchkeeper.domain.errors` the failure is, such as `TargetRateLimitedError`."""
    error: RecordedFailure | None
    rate_limits: dict[str, str]
    """The reply's rate-limit headers, as sent."""

"""A model call as the platform speaks of it, before any provider's dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of text in a message."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image in a message."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[TextPart | ImagePart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """What a workload asks of a model or of a baseline engine."""

    workload: str
    target: str
    """The name of a route, of a configured target, or of a baseline engine the workload registered."""
    messages: tuple[Message, ...] = ()
    json_schema: Mapping[str, object] | None = None
    """Given, the answer must be JSON that fits it; anything else is a failure with a receipt."""
    max_output_tokens: int = 4096
    temperature: float = 0.0
    deadline_s: float = 60.0
    operation: str = "chat"
    trace_id: str | None = None
    parent_span_id: str | None = None
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    route: str | None = None
    release: str | None = None
    subject: str | None = None
    """Whom the call is for; receipts of experiments tell it by a hash. None: the item is its own subject."""
    experiment: str | None = None
    """The experiment the call takes part in, and in which arm of it."""
    arm: str | None = None
    document_sha256: str | None = None
    baseline: str | None = None
    """The baseline engine that fits the call: a route with a baseline tier ends there."""
    baseline_input: object | None = None
    """What a baseline engine reads in place of messages; it never leaves the process."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None is unknown, never 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a target answered."""

    model: str
    """The model that really answered, as the provider names it."""
    text: str = ""
    parsed: object | None = None
    """The parsed JSON, when a schema was asked for; a baseline engine's own answer."""
    usage: Usage = Usage()
    finish_reason: str | None = None
    http_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Who answered in a better target's place (law 9)."""

    target: str
    tier: int
    """Of the route, from 1."""
    reason: str
    """Where it stands in the route, and what became of those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a call: a reply or an error, and the receipts of every attempt."""

    reply: Reply | None
    error: WatchkeeperError | None
    receipts: tuple[Receipt, ...]
    """One per attempt, oldest first; the last is lacking only when it could not be written."""
    fallback: Fallback | None = None
    """Given, a better target should have answered."""

    @property
    def degraded(self) -> bool:
        """Whether the reply is a fallback's."""
        return self.fallback is not None

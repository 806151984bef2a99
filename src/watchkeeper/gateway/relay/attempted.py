"""One attempt of a call at one target, and what became of it."""

from dataclasses import dataclass, field

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.money import Cost
from watchkeeper.gateway.dialects import ReplyFacts
from watchkeeper.gateway.ports import Hold, ModelTarget

NO_ANSWER = 300
"""Statuses from here on are no answer: a redirect is not followed, for it would take the key elsewhere."""


@dataclass(slots=True, kw_only=True)
class Attempted:
    """An attempt: filled in as it goes, turned into a receipt when it is over."""

    target: ModelTarget
    priced_as: str
    """The provider whose prices apply."""
    asked_model: str
    """The model's name as it was sent."""
    receipt_id: str
    span_id: str
    number: int
    """From 1, over all targets of the call."""
    started_s: float
    """On the monotonic clock."""
    stream: bool
    hold: Hold | None = None
    sent: bool = False
    """Whether anything may have reached the target."""
    degraded: bool = False
    http_status: int | None = None
    facts: ReplyFacts | None = None
    error: WatchkeeperError | None = None
    provider_words: bytes = field(default=b"", repr=False)
    """What the provider said of a refusal, for the client alone."""
    reply: bytes = field(default=b"", repr=False)
    """The whole body, as received."""
    reply_headers: dict[str, str] = field(default_factory=dict)
    latency_ms: float = 0.0
    ttft_ms: float | None = None
    cost: Cost | None = None
    json_ok: bool | None = None
    schema_ok: bool | None = None
    begun: bool = False
    """Whether any of its reply has gone to the client."""

"""The two dialects the gateway speaks, and what can be asked in them."""

from enum import StrEnum


class Dialect(StrEnum):
    """How requests, replies, stream events and errors are written."""

    OPENAI = "openai"
    """`chat/completions` and `embeddings`."""
    ANTHROPIC = "anthropic"
    """`messages`."""


class Operation(StrEnum):
    """What is asked, by its OpenTelemetry name."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"


FLAVORS: dict[tuple[Dialect, Operation], str] = {
    (Dialect.OPENAI, Operation.CHAT): "chat",
    (Dialect.OPENAI, Operation.EMBEDDINGS): "embeddings",
    (Dialect.ANTHROPIC, Operation.CHAT): "anthropic",
}
"""The shape of a usage block, as `watchkeeper.gateway.ports.Pricer.cost` calls it."""

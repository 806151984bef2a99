"""Tokens as our columns count them: cached ones inside the input, each once."""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.telemetry.otlp.any_value import whole_number
from watchkeeper.telemetry.otlp.attribute_names import INPUT_EXCLUDES_CACHED_SCOPES


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCounts:
    """Tokens of one call; None is unknown, never 0."""

    input: int | None = None
    """Cached and cache-written ones included."""
    output: int | None = None
    """Reasoning included."""
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


def token_counts(columns: Mapping[str, object], *, scope: str = "") -> TokenCounts:
    """The counts a span tells.

    The conventions include cached tokens in the input. Some instrumentation passes Anthropic's own figure
    on, which leaves them out: it is known by its scope, and by an input smaller than what was cached of it.

    Args:
        columns: What the attributes say.
        scope: Which instrumentation says it.

    >>> token_counts({"input_tokens": 10, "cache_read_tokens": 90}).input
    100
    >>> token_counts({"input_tokens": 100, "cache_read_tokens": 90}).input
    100
    """
    told = {name: whole_number(columns[name]) for name in _NAMES if name in columns}
    inputs = told.get("input_tokens")
    read, written = told.get("cache_read_tokens"), told.get("cache_write_tokens")
    beside = (read or 0) + (written or 0)
    if inputs is not None and beside and (scope in INPUT_EXCLUDES_CACHED_SCOPES or beside > inputs):
        inputs += beside
    return TokenCounts(
        input=inputs,
        output=told.get("output_tokens"),
        cache_read=read,
        cache_write=written,
        reasoning=told.get("reasoning_tokens"),
    )


_NAMES = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")

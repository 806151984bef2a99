"""Tokens as our columns count them: cached ones inside the input, each once."""

from collections.abc import Mapping
from typing import NamedTuple

from watchkeeper.telemetry.otlp.any_value import whole_number
from watchkeeper.telemetry.otlp.attribute_names import INPUT_EXCLUDES_CACHED_SCOPES


class TokenCounts(NamedTuple):
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
    inputs, output = _count(columns, "input_tokens"), _count(columns, "output_tokens")
    read, written = _count(columns, "cache_read_tokens"), _count(columns, "cache_write_tokens")
    beside = (read or 0) + (written or 0)
    if inputs is not None and beside and (scope in INPUT_EXCLUDES_CACHED_SCOPES or beside > inputs):
        inputs += beside
    return TokenCounts(
        input=inputs,
        output=output,
        cache_read=read,
        cache_write=written,
        reasoning=_count(columns, "reasoning_tokens"),
    )


def _count(columns: Mapping[str, object], name: str) -> int | None:
    return whole_number(columns[name]) if name in columns else None

"""Usage blocks: how each dialect counts tokens, and the same counts in the other's words."""

from typing import Any

from watchkeeper.domain.call import Usage
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.fields import count, inner


def usage_of(dialect: Dialect, block: object) -> Usage:
    """Tokens as the provider counted them; what is not a whole, not negative number is unknown.

    `input_tokens` holds the cached ones, as OpenTelemetry's GenAI conventions have it. OpenAI counts
    so; Anthropic counts what was read from and written to the cache beside `input_tokens`, so here
    they are added.

    >>> usage_of(Dialect.ANTHROPIC, {"input_tokens": 3, "cache_read_input_tokens": 100}).input_tokens
    103
    """
    if not isinstance(block, dict):
        return Usage()
    return _anthropic(block) if dialect is Dialect.ANTHROPIC else _openai(block)


def _openai(block: dict[str, Any]) -> Usage:
    prompt = block.get("prompt_tokens_details")
    completion = block.get("completion_tokens_details")
    return Usage(
        input_tokens=count(block.get("prompt_tokens")),
        output_tokens=count(block.get("completion_tokens")),
        cache_read_tokens=count(inner(prompt, "cached_tokens")),
        cache_write_tokens=count(inner(prompt, "cache_write_tokens")),
        reasoning_tokens=count(inner(completion, "reasoning_tokens")),
    )


def _anthropic(block: dict[str, Any]) -> Usage:
    fresh = count(block.get("input_tokens"))
    read = count(block.get("cache_read_input_tokens"))
    written = count(block.get("cache_creation_input_tokens"))
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=count(block.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=count(inner(block.get("output_tokens_details"), "thinking_tokens")),
    )


def openai_block(usage: Usage) -> dict[str, Any] | None:
    """A usage block in OpenAI's words; None where nothing is known."""
    if usage == Usage():
        return None
    block: dict[str, Any] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": None
        if usage.input_tokens is None or usage.output_tokens is None
        else usage.input_tokens + usage.output_tokens,
    }
    prompt = {
        "cached_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
    }
    if any(tokens is not None for tokens in prompt.values()):
        block["prompt_tokens_details"] = {k: v for k, v in prompt.items() if v is not None}
    if usage.reasoning_tokens is not None:
        block["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return block


def anthropic_block(usage: Usage) -> dict[str, Any]:
    """A usage block in Anthropic's words; a count that is not known is null."""
    block: dict[str, Any] = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    read, written = usage.cache_read_tokens, usage.cache_write_tokens
    if usage.input_tokens is not None:
        # A provider that says more was cached than sent is wrong about one: never below 0.
        block["input_tokens"] = max(0, usage.input_tokens - (read or 0) - (written or 0))
    if read is not None:
        block["cache_read_input_tokens"] = read
    if written is not None:
        block["cache_creation_input_tokens"] = written
    if usage.reasoning_tokens is not None:
        block["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return block

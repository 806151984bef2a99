"""Usage blocks of every provider in one form; `input_tokens` holds what was cached."""

from typing import Any

from watchkeeper.gateway.dialects.fields import count, inner
from watchkeeper.gateway.dialects.recorded.exchange import RecordedUsage


def chat_usage(block: dict[str, Any]) -> RecordedUsage:
    """OpenAI's `prompt_tokens` and `completion_tokens`, and its imitators' additions.

    Mistral's `num_cached_tokens` is left out: it is documented nowhere and priced nowhere, and stands
    at one less than the prompt even where nothing was sent before.
    """
    prompt = block.get("prompt_tokens_details") or block.get("prompt_token_details")
    completion = block.get("completion_tokens_details")
    cached = (
        inner(prompt, "cached_tokens"),
        *map(block.get, ("prompt_cache_hit_tokens", "cached_tokens")),
    )
    return RecordedUsage(
        input_tokens=count(block.get("prompt_tokens")),
        output_tokens=count(block.get("completion_tokens")),
        cache_read_tokens=first_count(*cached),
        cache_write_tokens=count(inner(prompt, "cache_write_tokens")),
        reasoning_tokens=count(inner(completion, "reasoning_tokens")),
        input_audio_tokens=count(inner(prompt, "audio_tokens")),
        output_audio_tokens=count(inner(completion, "audio_tokens")),
    )


def responses_usage(block: dict[str, Any]) -> RecordedUsage:
    """OpenAI's `input_tokens` and `output_tokens`, of responses, images and transcriptions."""
    given, made = block.get("input_tokens_details"), block.get("output_tokens_details")
    return RecordedUsage(
        input_tokens=count(block.get("input_tokens")),
        output_tokens=count(block.get("output_tokens")),
        cache_read_tokens=count(inner(given, "cached_tokens")),
        cache_write_tokens=count(inner(given, "cache_write_tokens")),
        reasoning_tokens=count(inner(made, "reasoning_tokens")),
        input_audio_tokens=count(inner(given, "audio_tokens")),
        output_audio_tokens=count(inner(made, "audio_tokens")),
    )


def anthropic_usage(block: dict[str, Any]) -> RecordedUsage:
    """Anthropic's, which counts the cache beside `input_tokens`."""
    read, written = (
        count(block.get("cache_read_input_tokens")),
        count(block.get("cache_creation_input_tokens")),
    )
    return RecordedUsage(
        input_tokens=together(count(block.get("input_tokens")), read, written),
        output_tokens=count(block.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=count(inner(block.get("output_tokens_details"), "thinking_tokens")),
    )


def gemini_usage(block: dict[str, Any]) -> RecordedUsage:
    """Gemini's `usageMetadata`: tools' input and thinking stand beside prompt and candidates."""
    tools, thoughts = count(block.get("toolUsePromptTokenCount")), count(block.get("thoughtsTokenCount"))
    return RecordedUsage(
        input_tokens=together(count(block.get("promptTokenCount")), tools),
        output_tokens=_either(count(block.get("candidatesTokenCount")), thoughts),
        cache_read_tokens=count(block.get("cachedContentTokenCount")),
        reasoning_tokens=thoughts,
        input_audio_tokens=_of_modality(block.get("promptTokensDetails"), "AUDIO"),
        output_audio_tokens=_of_modality(block.get("candidatesTokensDetails"), "AUDIO"),
        input_tool_tokens=tools,
    )


def interaction_usage(block: dict[str, Any]) -> RecordedUsage:
    """Gemini's interactions: counted as `usageMetadata` is, under other names."""
    tools, thoughts = count(block.get("total_tool_use_tokens")), count(block.get("total_thought_tokens"))
    return RecordedUsage(
        input_tokens=together(count(block.get("total_input_tokens")), tools),
        output_tokens=_either(count(block.get("total_output_tokens")), thoughts),
        cache_read_tokens=count(block.get("total_cached_tokens")),
        reasoning_tokens=thoughts,
        input_tool_tokens=tools,
    )


def bedrock_usage(block: dict[str, Any]) -> RecordedUsage:
    """Bedrock's converse and Nova's own, which count the cache beside `inputTokens`."""
    read = first_count(block.get("cacheReadInputTokens"), block.get("cacheReadInputTokenCount"))
    written = first_count(block.get("cacheWriteInputTokens"), block.get("cacheWriteInputTokenCount"))
    return RecordedUsage(
        input_tokens=together(count(block.get("inputTokens")), read, written),
        output_tokens=count(block.get("outputTokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
    )


def cohere_usage(block: dict[str, Any]) -> RecordedUsage:
    """Cohere's `tokens`, which the model read and wrote; where only `billed_units` are told, those."""
    tokens = block.get("tokens") or block.get("billed_units")
    return RecordedUsage(
        input_tokens=count(inner(tokens, "input_tokens")),
        output_tokens=count(inner(tokens, "output_tokens")),
        cache_read_tokens=count(block.get("cached_tokens")),
    )


def together(whole: int | None, *parts: int | None) -> int | None:
    """A count with what stands beside it added; unknown where the count itself is.

    >>> together(3, None, 4), together(None, 4)
    (7, None)
    """
    return None if whole is None else whole + sum(part or 0 for part in parts)


def first_count(*found: object) -> int | None:
    """The first that is a count."""
    return next((tokens for tokens in map(count, found) if tokens is not None), None)


def _either(*parts: int | None) -> int | None:
    """The sum of what is known; unknown where nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _of_modality(details: object, modality: str) -> int | None:
    if not isinstance(details, list):
        return None
    counts = [count(inner(one, "tokenCount")) for one in details if inner(one, "modality") == modality]
    return _either(*counts)

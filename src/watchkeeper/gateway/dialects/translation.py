"""From either dialect to the other: requests, replies, and streams.

Between two of the same dialect nothing is changed but the request's model.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.reply_to_anthropic import anthropic_reply
from watchkeeper.gateway.dialects.reply_to_openai import openai_reply
from watchkeeper.gateway.dialects.request_to_anthropic import anthropic_request
from watchkeeper.gateway.dialects.request_to_openai import openai_request
from watchkeeper.gateway.dialects.sse import SseEvent
from watchkeeper.gateway.dialects.stream_to_anthropic import OpenAIToAnthropic
from watchkeeper.gateway.dialects.stream_to_openai import AnthropicToOpenAI

DEFAULT_MAX_TOKENS = 4096
"""Output limit sent where the client sets none and the target's dialect needs one."""


def translate_request(
    body: Mapping[str, Any],
    source: Dialect,
    to: Dialect,
    *,
    model: str,
    default_max_tokens: int = DEFAULT_MAX_TOKENS,
    output_limit_field: str = "max_tokens",
) -> dict[str, Any]:
    """A chat request as a target takes it.

    Args:
        body: As `read_request` has checked it; not changed.
        source: The client's dialect.
        to: The target's dialect.
        model: The target's model.
        default_max_tokens: The output limit for an Anthropic target where the client sets none.
        output_limit_field: How an OpenAI target calls the output limit of an Anthropic client.

    Raises:
        InvalidFieldError: Something in it cannot be carried; the message names it.
    """
    if source is to:
        return {**body, "model": model}
    if to is Dialect.ANTHROPIC:
        return anthropic_request(body, model=model, default_max_tokens=default_max_tokens)
    return openai_request(body, model=model, output_limit_field=output_limit_field)


def translate_reply(
    body: dict[str, Any], source: Dialect, to: Dialect, *, asked_model: str, created_s: int
) -> dict[str, Any]:
    """A target's chat reply as the client's dialect has it.

    Args:
        body: As received; given back itself where the dialects are the same.
        source: The target's dialect.
        to: The client's dialect.
        asked_model: Stands for the model where the provider names none.
        created_s: When the reply was made, in seconds since the epoch.

    Raises:
        MalformedReplyError: It is no reply.
    """
    if source is to:
        return body
    if to is Dialect.ANTHROPIC:
        return anthropic_reply(body, asked_model=asked_model)
    return openai_reply(body, asked_model=asked_model, created_s=created_s)


class StreamTranslator:
    """A target's stream as the client's dialect has it: an event in, the bytes to send out.

    Between two of the same dialect events pass as they came, except OpenAI's usage chunk, which only a
    client that asked for it gets.
    """

    def __init__(
        self,
        source: Dialect,
        to: Dialect,
        *,
        asked_model: str,
        created_s: int,
        include_usage: bool,
    ) -> None:
        """Begin one stream.

        Args:
            source: The target's dialect.
            to: The client's dialect.
            asked_model: Stands for the model where the provider names none.
            created_s: When the reply was begun, in seconds since the epoch.
            include_usage: Whether an OpenAI client asked for usage; Anthropic's clients always get it.
        """
        self._hides_usage = to is Dialect.OPENAI and not include_usage
        self._other: AnthropicToOpenAI | OpenAIToAnthropic | None = None
        if source is not to and to is Dialect.OPENAI:
            self._other = AnthropicToOpenAI(
                asked_model=asked_model, created_s=created_s, include_usage=include_usage
            )
        elif source is not to:
            self._other = OpenAIToAnthropic(asked_model=asked_model)

    def take(self, event: SseEvent) -> bytes:
        """The bytes to send for an event; empty when there is nothing to say.

        Raises:
            MalformedReplyError: It is no event of the target's dialect.
        """
        if self._other is not None:
            return self._other.take(event)
        if self._hides_usage and b'"usage"' in event.data and _is_usage_only(event.data):
            return b""
        return event.raw


def _is_usage_only(data: bytes) -> bool:
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(parsed, dict) and bool(parsed.get("usage")) and not parsed.get("choices")

"""Reading a recorded exchange: which shape its reply has, and what it holds."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from watchkeeper.gateway.dialects.fields import count, inner, label
from watchkeeper.gateway.dialects.recorded.anthropic_messages import AnthropicCompletions, AnthropicMessages
from watchkeeper.gateway.dialects.recorded.bedrock_converse import BedrockConverse
from watchkeeper.gateway.dialects.recorded.bedrock_invoke import BedrockInvoke
from watchkeeper.gateway.dialects.recorded.cohere import (
    CohereChat,
    CohereGenerate,
    CohereOldChat,
    CohereOther,
    CohereRerank,
)
from watchkeeper.gateway.dialects.recorded.counting import together
from watchkeeper.gateway.dialects.recorded.documents import Body, take_apart
from watchkeeper.gateway.dialects.recorded.embeddings import Embeddings
from watchkeeper.gateway.dialects.recorded.exchange import (
    ParsedExchange,
    RecordedExchange,
    RecordedFailure,
    RecordedUsage,
)
from watchkeeper.gateway.dialects.recorded.found import Found
from watchkeeper.gateway.dialects.recorded.gemini import Gemini
from watchkeeper.gateway.dialects.recorded.gemini_interactions import GeminiInteractions
from watchkeeper.gateway.dialects.recorded.huggingface import HuggingFaceGenerate
from watchkeeper.gateway.dialects.recorded.ollama import OllamaChat, OllamaGenerate
from watchkeeper.gateway.dialects.recorded.openai_chat import OpenAIChat, OpenAICompletions
from watchkeeper.gateway.dialects.recorded.openai_responses import OpenAIResponses
from watchkeeper.gateway.dialects.recorded.openai_threads import OpenAIThreads
from watchkeeper.gateway.dialects.recorded.plain_replies import Images, TokenCount, Transcription
from watchkeeper.gateway.dialects.recorded.recorded_failure import bare_error, error_in, recorded_failure
from watchkeeper.gateway.dialects.recorded.shape import Shape
from watchkeeper.gateway.dialects.recorded.stop_words import openai_word

SHAPES: tuple[Shape, ...] = (
    OpenAIThreads(),
    OpenAIResponses(),
    AnthropicMessages(),
    AnthropicCompletions(),
    GeminiInteractions(),
    CohereOther(),
    CohereRerank(),
    CohereChat(),
    CohereOldChat(),
    CohereGenerate(),
    OllamaChat(),
    OllamaGenerate(),
    BedrockConverse(),
    BedrockInvoke(),
    OpenAICompletions(),
    OpenAIChat(),
    HuggingFaceGenerate(),
    Embeddings(),
    Gemini(),
    Images(),
    TokenCount(),
    Transcription(),
)
"""In the order they are asked: those that look for a little come after those that look for more."""

_OPERATIONS: tuple[tuple[str, str], ...] = (
    ("embed", "embeddings"),
    ("rerank", "rerank"),
    ("count", "count_tokens"),
    ("chat", "chat"),
    ("messages", "chat"),
    ("converse", "chat"),
    ("responses", "chat"),
    ("interactions", "chat"),
    ("generatecontent", "generate_content"),
    ("complet", "text_completion"),
    ("generate", "text_completion"),
    ("invoke", "text_completion"),
)
"""What a path asks for, where the reply is an error and has no shape."""
_COUNTED_BY_BEDROCK = "x-amzn-bedrock-{}-token-count"


def parse_exchange(exchange: RecordedExchange) -> ParsedExchange:
    """Everything a recorded reply holds.

    A reply that is no model's (files, threads, deletions) has shape `other`, and nothing in it is lost,
    for there is no text, tool call or usage of a model in it.
    """
    body = take_apart(exchange.body)
    found, shape = _read(body)
    if shape is None and body.plain and exchange.status < 400 and "/audio/" in exchange.path:
        shape = Transcription()  # asked for as plain text
        found.add_text(body.plain.strip())
    error_class, error = _failure_of(exchange, body, found)
    calls = found.tool_calls
    own_calls = any(not call.by_provider for call in calls)
    stop_reason = found.stop_reasons.get(min(found.stop_reasons)) if found.stop_reasons else None
    usage, raw_usage = _usage_of(exchange, found)
    texts = found.texts
    return ParsedExchange(
        provider=exchange.provider,
        shape="other" if shape is None else shape.name,
        operation=_operation_of(exchange) if shape is None else shape.operation,
        model=found.model or _asked_model(exchange),
        http_status=exchange.status,
        stream=body.stream,
        complete=(body.ended or found.ended) and body.damaged is None if body.stream else None,
        text=texts[0] if texts else "",
        texts=texts,
        reasoning="".join(found.reasoning),
        refusal="".join(found.refusals) or None,
        tool_calls=calls,
        stop_reason=stop_reason,
        finish_reason=openai_word(stop_reason, has_calls=own_calls),
        usage=usage,
        raw_usage=raw_usage,
        error_class=error_class,
        error=error,
        rate_limits={name: value for name, value in sorted(exchange.headers.items()) if "ratelimit" in name},
    )


def _read(body: Body) -> tuple[Found, Shape | None]:
    found = Found()
    shape = next((shape for document in body.documents for shape in SHAPES if shape.knows(document)), None)
    reading = None if shape is None else shape.reading(found)
    for document in body.documents:
        error = error_in(document)
        if error is not None:
            found.error = error
        if reading is not None:
            reading.take(document)
    if reading is not None:
        reading.finish()
    return found, shape


def _failure_of(
    exchange: RecordedExchange, body: Body, found: Found
) -> tuple[str, RecordedFailure] | tuple[None, None]:
    error = found.error
    if error is None and exchange.status >= 400 and body.documents:
        error = bare_error(body.documents[0])
    failed = recorded_failure(exchange.status, exchange.headers, error, plain=body.plain)
    return (None, None) if failed is None else failed


def _usage_of(exchange: RecordedExchange, found: Found) -> tuple[RecordedUsage | None, dict[str, Any] | None]:
    """What the reply counts; where its body counts nothing, what Bedrock tells in headers."""
    if found.usage is not None:
        return found.usage, found.raw_usage
    told: dict[str, Any] = {}
    for kind in ("input", "output", "cache-read-input", "cache-write-input"):
        tokens = _header_count(exchange.headers, _COUNTED_BY_BEDROCK.format(kind))
        if tokens is not None:
            told[_COUNTED_BY_BEDROCK.format(kind)] = tokens
    if not told:
        return None, None
    read, written = (
        told.get(_COUNTED_BY_BEDROCK.format(f"cache-{kind}-input")) for kind in ("read", "write")
    )
    return RecordedUsage(
        input_tokens=together(told.get(_COUNTED_BY_BEDROCK.format("input")), read, written),
        output_tokens=told.get(_COUNTED_BY_BEDROCK.format("output")),
        cache_read_tokens=read,
        cache_write_tokens=written,
    ), told


def _header_count(headers: Mapping[str, str], name: str) -> int | None:
    found = headers.get(name, "")
    return count(int(found)) if found.isdecimal() else None


def _operation_of(exchange: RecordedExchange) -> str:
    if exchange.status < 400 and not _looks_asked(exchange):
        return "other"
    path = exchange.path.lower().partition("?")[0]
    return next((operation for word, operation in _OPERATIONS if word in path), "other")


def _looks_asked(exchange: RecordedExchange) -> bool:
    """A model was asked: so even a reply of status 200 that is only an error is its."""
    return exchange.method.upper() == "POST" and isinstance(inner(exchange.body, "error"), dict)


def _asked_model(exchange: RecordedExchange) -> str | None:
    """The model the request names: in its body, or in its path as Google, Bedrock and Azure have it."""
    asked = label(inner(exchange.request, "model"))
    if asked is not None:
        return asked
    steps = unquote(exchange.path.partition("?")[0]).split("/")
    for before in ("models", "model", "deployments"):
        if before in steps[:-1]:
            name = steps[steps.index(before) + 1]
            return label(name.partition(":")[0] if before == "models" else name)
    return None

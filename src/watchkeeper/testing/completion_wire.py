"""The OpenAI chat completions format, from the provider's side: bodies and stream events."""

import json
from collections.abc import Iterator

from watchkeeper.domain.call import Usage
from watchkeeper.testing.scripted_reply import ScriptedReply

_CREATED = 1_767_225_600
"""Seconds since the epoch at the start of 2026: every scripted answer is as old, so bodies are equal."""


def reply_body(reply: ScriptedReply, *, number: int) -> bytes:
    """The body of an answer that is not streamed.

    Args:
        reply: What to answer.
        number: Which request it answers, from 1; part of the completion's id.
    """
    if reply.body is not None:
        return reply.body
    if reply.status >= 400:
        return failure_body(reply)
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    if reply.refusal is not None:
        message = {"role": "assistant", "content": None, "refusal": reply.refusal}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason, "logprobs": None}
    completion = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": reply.model,
        "choices": [choice],
    }
    if reply.usage is not None:
        completion["usage"] = usage_body(reply.usage)
    return json.dumps(completion, ensure_ascii=False).encode("utf-8", "backslashreplace")


def failure_body(reply: ScriptedReply) -> bytes:
    """The body of a failure."""
    kind = "invalid_request_error" if reply.status < 500 else "server_error"
    message = reply.text or f"scripted failure {reply.status}"
    error = {"message": message, "type": kind, "param": None, "code": reply.error_code}
    return json.dumps({"error": error}).encode()


def usage_body(usage: Usage) -> dict[str, object]:
    """Usage as the provider writes it; what is unknown is left out."""
    written: dict[str, object] = {}
    if usage.input_tokens is not None:
        written["prompt_tokens"] = usage.input_tokens
    if usage.output_tokens is not None:
        written["completion_tokens"] = usage.output_tokens
    if usage.input_tokens is not None and usage.output_tokens is not None:
        written["total_tokens"] = usage.input_tokens + usage.output_tokens
    if usage.cache_read_tokens is not None:
        written["prompt_tokens_details"] = {"cached_tokens": usage.cache_read_tokens}
    if usage.reasoning_tokens is not None:
        written["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return written


def stream_events(reply: ScriptedReply, *, number: int, with_usage: bool) -> Iterator[bytes]:
    """The server-sent events of a streamed answer, each with its empty line."""
    size = max(1, -(-len(reply.text) // max(1, reply.chunks)))
    pieces = [reply.text[at : at + size] for at in range(0, len(reply.text), size)]
    yield _event(_chunk(reply, number, {"role": "assistant", "content": ""}, None))
    for piece in pieces:
        yield _event(_chunk(reply, number, {"content": piece}, None))
    yield _event(_chunk(reply, number, {}, reply.finish_reason))
    if with_usage and reply.usage is not None:
        last = _chunk(reply, number, {}, None)
        yield _event({**last, "choices": [], "usage": usage_body(reply.usage)})
    yield b"data: [DONE]\n\n"


def _chunk(
    reply: ScriptedReply, number: int, delta: dict[str, str], finish_reason: str | None
) -> dict[str, object]:
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": reply.model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


def _event(data: dict[str, object]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n\n"

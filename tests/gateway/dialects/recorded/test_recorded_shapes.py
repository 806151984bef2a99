"""Each provider's form of reply, whole and streamed: what it says is found."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.gateway.dialects.recorded import (
    ParsedExchange,
    RecordedExchange,
    RecordedUsage,
    parse_exchange,
)


def parsed(body: object, *, path: str = "/v1/x", status: int = 200, **headers: str) -> ParsedExchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse_exchange(
        RecordedExchange(provider="somebody", path=path, status=status, headers=named, body=body)
    )


def sse(*documents: dict[str, Any], end: str = "data: [DONE]\n\n") -> str:
    return "".join(f"data: {json.dumps(one)}\n\n" for one in documents) + end


def lines(*documents: dict[str, Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in documents)


def binary(*messages: tuple[dict[str, str], dict[str, Any]]) -> dict[str, str]:
    """A Bedrock event stream, checksums and all."""
    made = b""
    for headers, payload in messages:
        head = b"".join(
            bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
            for name, value in headers.items()
        )
        body = json.dumps(payload).encode()
        prelude = (16 + len(head) + len(body)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
        message = prelude + zlib.crc32(prelude).to_bytes(4, "big") + head + body
        made += message + zlib.crc32(message).to_bytes(4, "big")
    return {"_binary_base64": base64.b64encode(made).decode()}


def bedrock(kind: str, **payload: Any) -> tuple[dict[str, str], dict[str, Any]]:
    return {":event-type": kind, ":message-type": "event"}, payload


def chunk(document: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    return bedrock("chunk", bytes=base64.b64encode(json.dumps(document).encode()).decode())


CHAT_USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3}}
BODIES: dict[str, tuple[object, str, str | None, RecordedUsage | None]] = {
    "openai.chat": (
        {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": CHAT_USAGE},
        "hi",
        "stop",
        RecordedUsage(9, 4, cache_read_tokens=3),
    ),
    "openai.chat of sound": (
        {"choices": [{"message": {"content": None, "audio": {"transcript": "hi"}}, "finish_reason": "stop"}]},
        "hi",
        "stop",
        None,
    ),
    "openai.completions": (
        {"choices": [{"text": "hi", "finish_reason": "length"}], "usage": CHAT_USAGE},
        "hi",
        "length",
        RecordedUsage(9, 4, cache_read_tokens=3),
    ),
    "openai.responses": (
        {
            "object": "response",
            "status": "incomplete",
            "incomplete_details": {"reason": "max_output_tokens"},
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}],
            "usage": {
                "input_tokens": 9,
                "output_tokens": 4,
                "output_tokens_details": {"reasoning_tokens": 2},
            },
        },
        "hi",
        "length",
        RecordedUsage(9, 4, reasoning_tokens=2),
    ),
    "anthropic.messages": (
        {
            "type": "message",
            "content": [{"type": "text", "text": "hi"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 2, "cache_read_input_tokens": 7, "output_tokens": 4},
        },
        "hi",
        "stop",
        RecordedUsage(9, 4, cache_read_tokens=7),
    ),
    "anthropic.completions": (
        {"completion": "hi", "stop_reason": "stop_sequence", "model": "old-1"},
        "hi",
        "stop",
        None,
    ),
    "gemini": (
        {
            "candidates": [
                {
                    "content": {"parts": [{"text": "hm", "thought": True}, {"text": "hi"}]},
                    "finishReason": "MAX_TOKENS",
                }
            ],
            "usageMetadata": {
                "promptTokenCount": 9,
                "candidatesTokenCount": 3,
                "thoughtsTokenCount": 1,
                "cachedContentTokenCount": 5,
            },
        },
        "hi",
        "length",
        RecordedUsage(9, 4, cache_read_tokens=5, reasoning_tokens=1),
    ),
    "gemini, in Vertex's numbers": (
        {"candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": 1}]},
        "hi",
        "stop",
        None,
    ),
    "gemini.interactions": (
        {
            "object": "interaction",
            "status": "completed",
            "steps": [{"type": "model_output", "content": [{"type": "text", "text": "hi"}]}],
            "usage": {"total_input_tokens": 9, "total_output_tokens": 3, "total_thought_tokens": 1},
        },
        "hi",
        "stop",
        RecordedUsage(9, 4, reasoning_tokens=1),
    ),
    "bedrock.converse": (
        {
            "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}},
            "stopReason": "guardrail_intervened",
            "usage": {"inputTokens": 2, "outputTokens": 4, "cacheReadInputTokens": 7},
        },
        "hi",
        "content_filter",
        RecordedUsage(9, 4, cache_read_tokens=7),
    ),
    "titan": (
        {
            "inputTextTokenCount": 9,
            "results": [{"tokenCount": 4, "outputText": "hi", "completionReason": "FINISH"}],
        },
        "hi",
        "stop",
        RecordedUsage(9, 4),
    ),
    "llama": (
        {"generation": "hi", "prompt_token_count": 9, "generation_token_count": 4, "stop_reason": "length"},
        "hi",
        "length",
        RecordedUsage(9, 4),
    ),
    "mistral through bedrock": ({"outputs": [{"text": "hi", "stop_reason": "stop"}]}, "hi", "stop", None),
    "ai21": (
        {"completions": [{"data": {"text": "hi"}, "finishReason": {"reason": "endoftext"}}]},
        "hi",
        "stop",
        None,
    ),
    "cohere.chat": (
        {
            "finish_reason": "COMPLETE",
            "message": {"content": [{"type": "text", "text": "hi"}]},
            "usage": {
                "tokens": {"input_tokens": 9, "output_tokens": 4},
                "billed_units": {"input_tokens": 1},
            },
        },
        "hi",
        "stop",
        RecordedUsage(9, 4),
    ),
    "cohere.v1": (
        {
            "text": "hi",
            "generation_id": "g",
            "finish_reason": "MAX_TOKENS",
            "meta": {"billed_units": {"input_tokens": 9, "output_tokens": 4}},
        },
        "hi",
        "length",
        RecordedUsage(9, 4),
    ),
    "cohere.generate": (
        {"generations": [{"text": "hi", "finish_reason": "COMPLETE"}], "prompt": "p"},
        "hi",
        "stop",
        None,
    ),
    "ollama.chat": (
        {
            "model": "m",
            "message": {"content": "hi"},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 9,
            "eval_count": 4,
        },
        "hi",
        "stop",
        RecordedUsage(9, 4),
    ),
    "ollama.generate": (
        {"model": "m", "response": "hi", "done": True, "done_reason": "length"},
        "hi",
        "length",
        None,
    ),
    "openai.transcription": (
        {"text": "hi", "usage": {"input_tokens": 9, "output_tokens": 4}},
        "hi",
        None,
        RecordedUsage(9, 4),
    ),
    "huggingface.generate": (
        [
            {
                "generated_text": "hi",
                "details": {"finish_reason": "eos_token", "generated_tokens": 4, "input_length": 9},
            }
        ],
        "hi",
        "stop",
        RecordedUsage(9, 4),
    ),
    "items of a response": (
        {
            "object": "list",
            "data": [
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]},
            ],
        },
        "hi",
        None,
        None,
    ),
    "deepseek through bedrock": ({"choices": [{"text": "hi", "stop_reason": "stop"}]}, "hi", "stop", None),
    "openai.threads": (
        {
            "object": "list",
            "data": [
                {
                    "object": "thread.message",
                    "id": "2",
                    "role": "assistant",
                    "content": [{"text": {"value": "hi"}}],
                },
                {
                    "object": "thread.message",
                    "id": "1",
                    "role": "user",
                    "content": [{"text": {"value": "hello"}}],
                },
            ],
        },
        "hi",
        None,
        None,
    ),
}
STREAMS: dict[str, object] = {
    "openai.chat": sse(
        {"choices": [{"index": 0, "delta": {"content": "h"}}]},
        {"choices": [{"index": 0, "delta": {"content": "i"}, "finish_reason": "stop"}]},
    ),
    "openai.responses": sse(
        {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "content": []}},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "h"},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "i"},
        {
            "type": "response.completed",
            "response": {"object": "response", "status": "completed", "output": []},
        },
        end="",
    ),
    "anthropic.messages": sse(
        {"type": "message_start", "message": {"model": "m", "content": []}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
        end="",
    ),
    "gemini": sse(
        {"candidates": [{"content": {"parts": [{"text": "h"}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "i"}]}, "finishReason": "STOP"}]},
        end="",
    ),
    "gemini as an array": [
        {"candidates": [{"content": {"parts": [{"text": "h"}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "i"}]}, "finishReason": "STOP"}]},
    ],
    "cohere.chat": sse(
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "hi"}}}},
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
        end="",
    ),
    "cohere.v1": lines(
        {"event_type": "text-generation", "text": "h"},
        {"event_type": "text-generation", "text": "i"},
        {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": {"text": "hi"}},
    ),
    "ollama.chat": lines(
        {"message": {"content": "h"}, "done": False},
        {"message": {"content": "i"}, "done": True, "done_reason": "stop"},
    ),
    "bedrock.converse": binary(
        bedrock("messageStart", role="assistant"),
        bedrock("contentBlockDelta", contentBlockIndex=0, delta={"text": "hi"}),
        bedrock("messageStop", stopReason="end_turn"),
        bedrock("metadata", usage={"inputTokens": 1, "outputTokens": 1}),
    ),
    "anthropic through bedrock": binary(
        chunk({"type": "message_start", "message": {"content": []}}),
        chunk({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}),
        chunk({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        chunk({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}}),
    ),
    "titan through bedrock": binary(
        chunk({"outputText": "h", "completionReason": None}),
        chunk(
            {
                "outputText": "i",
                "completionReason": "FINISH",
                "amazon-bedrock-invocationMetrics": {"inputTokenCount": 1},
            }
        ),
    ),
}


@pytest.mark.parametrize(("body", "text", "reason", "usage"), BODIES.values(), ids=list(BODIES))
def test_a_reply_of_any_provider_tells_text_reason_and_tokens(
    body: object, text: str, reason: str | None, usage: RecordedUsage | None
) -> None:
    found = parsed(body)

    assert (found.text, found.finish_reason, found.usage, found.error) == (text, reason, usage, None)


@pytest.mark.parametrize("body", STREAMS.values(), ids=list(STREAMS))
def test_a_stream_of_any_provider_adds_up_to_its_text(body: object) -> None:
    found = parsed(body)

    assert (found.text, found.stream, found.complete, found.finish_reason) == ("hi", True, True, "stop")


CALLS: dict[str, object] = {
    "openai.chat": {
        "choices": [
            {"message": {"tool_calls": [{"id": "c", "function": {"name": "find", "arguments": '{"q":1}'}}]}}
        ]
    },
    "openai.chat stream": sse(
        {
            "choices": [
                {
                    "delta": {
                        "tool_calls": [{"index": 0, "id": "c", "function": {"name": "find", "arguments": ""}}]
                    }
                }
            ]
        },
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": '{"q":1}'}}]}}]},
    ),
    "openai.responses stream, cut": sse(
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"type": "function_call", "call_id": "c", "name": "find", "arguments": ""},
        },
        {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": '{"q":1}'},
        end="",
    ),
    "anthropic stream": sse(
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "c", "name": "find", "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": '{"q":1}'},
        },
        end="",
    ),
    "gemini": {
        "candidates": [
            {"content": {"parts": [{"functionCall": {"id": "c", "name": "find", "args": {"q": 1}}}]}}
        ]
    },
    "bedrock.converse": {
        "output": {
            "message": {"content": [{"toolUse": {"toolUseId": "c", "name": "find", "input": {"q": 1}}}]}
        }
    },
    "bedrock.converse stream": binary(
        bedrock(
            "contentBlockStart", contentBlockIndex=0, start={"toolUse": {"toolUseId": "c", "name": "find"}}
        ),
        bedrock("contentBlockDelta", contentBlockIndex=0, delta={"toolUse": {"input": '{"q":1}'}}),
    ),
    "cohere stream": sse(
        {
            "type": "tool-call-start",
            "index": 0,
            "delta": {"message": {"tool_calls": {"id": "c", "function": {"name": "find", "arguments": ""}}}},
        },
        {
            "type": "tool-call-delta",
            "index": 0,
            "delta": {"message": {"tool_calls": {"function": {"arguments": '{"q":1}'}}}},
        },
        end="",
    ),
    "ollama": {
        "message": {"tool_calls": [{"id": "c", "function": {"name": "find", "arguments": {"q": 1}}}]},
        "done": True,
    },
    "openai.threads": {
        "object": "thread.run",
        "status": "requires_action",
        "required_action": {
            "submit_tool_outputs": {
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"q":1}'}}
                ]
            }
        },
    },
}


@pytest.mark.parametrize("body", CALLS.values(), ids=list(CALLS))
def test_a_tool_call_of_any_provider_is_found(body: object) -> None:
    (call,) = parsed(body).tool_calls

    assert (call.id, call.name, call.arguments, call.by_provider) == ("c", "find", '{"q":1}', False)


def test_tools_the_provider_runs_itself_are_told_apart() -> None:
    search = {"type": "web_search_call", "id": "w", "status": "completed", "action": {"query": "weather"}}
    found = parsed({"object": "response", "status": "completed", "output": [search]})

    assert [(call.name, call.by_provider) for call in found.tool_calls] == [("web_search_call", True)]
    assert found.finish_reason == "stop"


@pytest.mark.parametrize(
    ("status", "body", "expected", "retryable"),
    [
        (429, {"error": {"code": 429, "message": "slow down"}}, "TargetRateLimitedError", True),
        (429, {"error": {"code": "insufficient_quota"}}, "TargetRefusedError", False),
        (400, {"message": "Malformed input request"}, "TargetRefusedError", False),
        (404, {"error": "model 'x' not found"}, "TargetRefusedError", False),
        (503, "<html>upstream connect error</html>", "TargetServerError", True),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, "TargetServerError", True),
        (200, {"error": {"status": 400, "code": "content_filter"}}, "TargetRefusedError", False),
        (
            200,
            {
                "object": "response",
                "status": "failed",
                "output": [],
                "error": {"code": "rate_limit_exceeded"},
            },
            "TargetRateLimitedError",
            True,
        ),
        (200, [{"error": {"code": 503, "status": "UNAVAILABLE"}}], "TargetServerError", True),
        (
            200,
            binary(
                ({":message-type": "exception", ":exception-type": "throttlingException"}, {"message": "m"})
            ),
            "TargetRateLimitedError",
            True,
        ),
        (
            200,
            sse({"type": "error", "error": {"type": "overloaded_error"}}, end=""),
            "TargetServerError",
            True,
        ),
    ],
)
def test_a_failure_of_any_provider_is_one_of_our_errors(
    status: int, body: object, expected: str, retryable: bool
) -> None:
    found = parsed(body, status=status, retry_after="3")

    assert found.error_class == expected
    assert found.error is not None
    assert found.error.retryable is retryable


def test_bedrocks_headers_count_where_the_body_does_not() -> None:
    told = {"x_amzn_bedrock_input_token_count": "9", "x_amzn_bedrock_output_token_count": "4"}

    assert parsed({"generations": [{"text": "hi"}]}, **told).usage == RecordedUsage(9, 4)


EMBEDDINGS: dict[str, tuple[dict[str, Any], int | None]] = {
    "openai": ({"data": [{"embedding": [0.1]}], "usage": {"prompt_tokens": 9, "total_tokens": 9}}, 9),
    "titan": ({"embedding": [0.1], "inputTextTokenCount": 9}, 9),
    "cohere": ({"embeddings": {"float": [[0.1]]}, "meta": {"billed_units": {"input_tokens": 9}}}, 9),
    "ollama": ({"model": "m", "embeddings": [[0.1]], "prompt_eval_count": 9}, 9),
    "vertex": ({"predictions": [{"embeddings": {"values": [0.1], "statistics": {"token_count": 9.0}}}]}, 9),
    "gemini": ({"embedding": {"values": [0.1]}}, None),
}


@pytest.mark.parametrize(("body", "tokens"), EMBEDDINGS.values(), ids=list(EMBEDDINGS))
def test_embeddings_of_any_provider_tell_their_tokens(body: dict[str, Any], tokens: int | None) -> None:
    found = parsed(body)

    assert found.operation == "embeddings"
    assert (found.usage and found.usage.input_tokens) == tokens


def test_a_transcription_asked_for_as_plain_text_is_text() -> None:
    assert parsed("hello there\n", path="/v1/audio/transcriptions").text == "hello there"


def test_a_sound_is_no_damaged_stream() -> None:
    found = parsed(
        {"_binary_base64": base64.b64encode(b"RIFF....WAVEfmt ").decode()}, path="/v1/audio/speech"
    )

    assert (found.shape, found.stream, found.complete, found.error) == ("other", False, None, None)


def test_usage_that_is_not_told_is_unknown() -> None:
    assert parsed({"choices": [{"message": {"content": "hi"}}]}).usage is None


def test_a_cut_stream_is_not_complete_and_keeps_what_came() -> None:
    found = parsed(sse({"choices": [{"delta": {"content": "hel"}}]}, end=""))

    assert (found.text, found.complete) == ("hel", False)


def test_a_damaged_binary_stream_is_not_complete() -> None:
    whole = binary(
        bedrock("contentBlockDelta", contentBlockIndex=0, delta={"text": "hi"}), bedrock("messageStop")
    )
    data = bytearray(base64.b64decode(whole["_binary_base64"]))
    data[-1] ^= 1
    found = parsed({"_binary_base64": base64.b64encode(bytes(data)).decode()})

    assert (found.text, found.complete) == ("hi", False)


def test_the_model_is_found_in_the_path_where_the_reply_does_not_name_it() -> None:
    converse = {"output": {"message": {"content": []}}}

    assert parsed(converse, path="/model/nova-micro-v1%3A0/converse").model == "nova-micro-v1:0"
    assert parsed({"candidates": []}, path="/v1beta/models/flash-2:generateContent").model == "flash-2"


KEYS = [
    *(
        "type",
        "object",
        "choices",
        "delta",
        "message",
        "content",
        "text",
        "usage",
        "error",
        "candidates",
        "parts",
    ),
    *(
        "output",
        "data",
        "items",
        "status",
        "finish_reason",
        "tool_calls",
        "function",
        "arguments",
        "index",
        "name",
    ),
    *(
        "event_type",
        "step",
        "interaction",
        "response",
        "done",
        "usageMetadata",
        "finishReason",
        "generations",
    ),
    *("contentBlockDelta", "metadata", "toolUse", "embedding", "results", "outputText", "completion", "item"),
]
WORDS = [
    *("message", "message_start", "content_block_delta", "response", "response.completed", "list"),
    *("thread.message", "interaction", "tool-call-delta", "message-end", "stream-end", "thread.run"),
    "response.output_item.done",
    *("chat.completion", "function_call", "text", "completed", "tool_use", "thread.run.step.delta"),
]
ANY_JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 500), st.floats(allow_nan=False), st.sampled_from(WORDS)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(body=ANY_JSON, status=st.sampled_from([200, 400, 429, 500]))
def test_no_reply_however_odd_breaks_the_reading(body: object, status: int) -> None:
    assert parsed(body, status=status).http_status == status


@given(body=st.text(max_size=80))
def test_no_text_however_odd_breaks_the_reading(body: str) -> None:
    assert parsed(body).http_status == 200

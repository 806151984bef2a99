"""The packages people use, unchanged, read what we write and raise what they should."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anthropic
import openai
import pytest

from watchkeeper.domain.errors import (
    BudgetSpentError,
    InvalidInputError,
    KeyForbiddenError,
    KeyRefusedError,
    NotFoundError,
    RateLimitedError,
    TargetServerError,
    TargetTimeoutError,
    WatchkeeperError,
)
from watchkeeper.gateway.dialects import (
    Dialect,
    SseReader,
    StreamTranslator,
    error_body,
    stream_error_event,
    translate_reply,
)

ERRORS: list[tuple[WatchkeeperError, type[Exception], type[Exception]]] = [
    (InvalidInputError("m"), openai.BadRequestError, anthropic.BadRequestError),
    (KeyRefusedError("m"), openai.AuthenticationError, anthropic.AuthenticationError),
    (KeyForbiddenError("m"), openai.PermissionDeniedError, anthropic.PermissionDeniedError),
    (NotFoundError("m"), openai.NotFoundError, anthropic.NotFoundError),
    (RateLimitedError("m", retry_after_s=1), openai.RateLimitError, anthropic.RateLimitError),
    (BudgetSpentError("m"), openai.APIStatusError, anthropic.APIStatusError),
    (TargetServerError("m", http_status=500), openai.InternalServerError, anthropic.InternalServerError),
    (TargetTimeoutError("m"), openai.InternalServerError, anthropic.InternalServerError),
]
USAGE = {"input_tokens": 9, "cache_read_input_tokens": 30, "output_tokens": 7}
MESSAGE = {
    "id": "m1",
    "type": "message",
    "role": "assistant",
    "model": "large-1",
    "content": [
        {"type": "text", "text": "hello"},
        {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": 1}},
    ],
    "stop_reason": "tool_use",
    "usage": USAGE,
}
ANTHROPIC_STREAM = b"".join(
    b"event: " + one["type"].encode() + b"\ndata: " + json.dumps(one).encode() + b"\n\n"
    for one in [
        {
            "type": "message_start",
            "message": {**MESSAGE, "content": [], "usage": {**USAGE, "output_tokens": 1}},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hel"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "t1", "name": "find", "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": '{"q":'},
        },
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": "1}"},
        },
        {"type": "content_block_stop", "index": 1},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
)

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server on the loopback that answers every request alike; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(body: bytes, *, status: int = 200, media_type: str = "application/json") -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask_openai(url: str, **fields: Any) -> Any:
    with openai.OpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
        made = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hello"}], **fields
        )
        return list(made) if fields.get("stream") else made


def ask_anthropic(url: str) -> Any:
    with anthropic.Anthropic(base_url=url, api_key="none", max_retries=0) as client:
        return client.messages.create(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
        )


def stream_anthropic(url: str) -> Any:
    with (
        anthropic.Anthropic(base_url=url, api_key="none", max_retries=0) as client,
        client.messages.stream(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
        ) as stream,
    ):
        return stream.get_final_message()


def carried(sent: bytes, source: Dialect, to: Dialect) -> bytes:
    translator = StreamTranslator(source, to, asked_model="m", created_s=1, include_usage=True)
    return b"".join(translator.take(event) for event in SseReader().feed(sent))


@pytest.mark.parametrize(("error", "for_openai", "for_anthropic"), ERRORS)
def test_each_package_raises_its_own_typed_error(
    serve: Serve, error: WatchkeeperError, for_openai: type[Exception], for_anthropic: type[Exception]
) -> None:
    error.action = "do this"
    with pytest.raises(for_openai) as by_openai:
        ask_openai(serve(json.dumps(error_body(Dialect.OPENAI, error)).encode(), status=error.status))
    with pytest.raises(for_anthropic) as by_anthropic:
        ask_anthropic(serve(json.dumps(error_body(Dialect.ANTHROPIC, error)).encode(), status=error.status))

    assert isinstance(by_openai.value, openai.APIStatusError)
    assert by_openai.value.code == error.code
    for body in (by_openai.value.body, by_anthropic.value.body["error"]):  # type: ignore[attr-defined]
        assert isinstance(body, dict)
        assert (body["code"], body["action"], body["tier"]) == (error.code, "do this", int(error.tier))


def test_an_error_inside_a_stream_is_raised_by_each_package(serve: Serve) -> None:
    error = TargetServerError("the target broke off", http_status=500)
    with pytest.raises(openai.APIError, match="broke off"):
        event = stream_error_event(Dialect.OPENAI, error)
        ask_openai(serve(event, media_type="text/event-stream"), stream=True)
    start = ANTHROPIC_STREAM.split(b"\n\n")[0] + b"\n\n"
    with pytest.raises(anthropic.APIStatusError, match="broke off"):
        event = start + stream_error_event(Dialect.ANTHROPIC, error)
        stream_anthropic(serve(event, media_type="text/event-stream"))


def test_a_message_reads_as_a_completion(serve: Serve) -> None:
    made = translate_reply(dict(MESSAGE), Dialect.ANTHROPIC, Dialect.OPENAI, asked_model="m", created_s=1)
    reply = ask_openai(serve(json.dumps(made).encode()))

    assert reply.choices[0].message.content == "hello"
    assert reply.choices[0].message.tool_calls[0].function.arguments == '{"q":1}'
    assert reply.choices[0].finish_reason == "tool_calls"
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (39, 7)
    assert reply.usage.prompt_tokens_details.cached_tokens == 30


def test_a_message_stream_reads_as_chunks(serve: Serve) -> None:
    sent = carried(ANTHROPIC_STREAM, Dialect.ANTHROPIC, Dialect.OPENAI)
    chunks = ask_openai(serve(sent, media_type="text/event-stream"), stream=True)
    deltas = [one.choices[0].delta for one in chunks if one.choices]
    pieces = [call.function.arguments for delta in deltas for call in delta.tool_calls or ()]

    assert "".join(delta.content or "" for delta in deltas) == "hello"
    assert "".join(pieces) == '{"q":1}'
    assert chunks[-1].usage.prompt_tokens == 39
    assert [one.choices[0].finish_reason for one in chunks if one.choices][-1] == "tool_calls"


def test_a_completion_reads_as_a_message_whole_and_streamed(serve: Serve) -> None:
    completion = translate_reply(
        dict(MESSAGE), Dialect.ANTHROPIC, Dialect.OPENAI, asked_model="m", created_s=1
    )
    made = translate_reply(completion, Dialect.OPENAI, Dialect.ANTHROPIC, asked_model="m", created_s=1)
    whole = ask_anthropic(serve(json.dumps(made).encode()))
    chunks = carried(ANTHROPIC_STREAM, Dialect.ANTHROPIC, Dialect.OPENAI)
    back = carried(chunks, Dialect.OPENAI, Dialect.ANTHROPIC)
    streamed = stream_anthropic(serve(back, media_type="text/event-stream"))

    for message in (whole, streamed):
        assert [block.type for block in message.content] == ["text", "tool_use"]
        assert message.content[0].text == "hello"
        assert message.content[1].input == {"q": 1}
        assert message.stop_reason == "tool_use"
        assert (message.usage.input_tokens, message.usage.output_tokens) == (9, 7)
        assert message.usage.cache_read_input_tokens == 30

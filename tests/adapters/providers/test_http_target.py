"""Calls on a real connection: what is sent, what is understood, what never gets out."""

import base64
import gzip
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.providers import HttpTarget
from watchkeeper.adapters.providers.upstream_pool import UpstreamPool
from watchkeeper.domain.call import ImagePart, Message, ModelCall, Outcome, Reply, TextPart
from watchkeeper.domain.errors import (
    SettingsError,
    TargetError,
    TargetNotReachedError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
    WatchkeeperError,
)
from watchkeeper.gateway import CallPath, RetryPolicy
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.kept_receipts import KeptReceipts
from watchkeeper.testing.relay import relay_thread_to
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, failure, garbage, json_answer
from watchkeeper.testing.upstream import ScriptedUpstream, refusing_base_url

KEY = "sk-very-secret-key"
SCHEMA = {"type": "object", "properties": {"assets": {"type": "integer"}}, "required": ["assets"]}


def asked(text: str = "Which assets?", **fields: Any) -> ModelCall:
    messages = (Message("user", (TextPart(text),)),)
    return ModelCall(
        **{"workload": "w", "target": "large", "messages": messages, "deadline_s": 5.0, **fields}
    )


async def at_once(_: float) -> None:
    """Waits for nothing between attempts."""


@dataclass
class Line:
    """A call path to one target at an address, that asks so often and writes its receipts down."""

    base_url: str
    undo: ExitStack
    attempts: int = 1
    dialect: str = "openai"
    says_max_completion_tokens: bool = False
    receipts: KeptReceipts = field(default_factory=KeptReceipts)

    def __post_init__(self) -> None:
        pool = UpstreamPool(self.base_url)
        self.target = HttpTarget(
            "large", dialect=self.dialect, pool=pool, model="scripted-1", provider="openai", api_key=KEY
        )
        ledger = Ledger(
            receipts=self.receipts,
            content=InMemoryContent(clock=MovedClock()),
            figures=NoFigures(),
            clock=SystemClock(),
            ids=SystemIds(),
        )
        lane = Lane(
            target=self.target,
            timeout_s=60.0,
            says_max_completion_tokens=self.says_max_completion_tokens,
        )
        models = relay_thread_to([lane], ledger, wait=at_once, at_end=pool.close)
        self.path = CallPath([], ledger, models=models, retry=RetryPolicy(attempts=self.attempts))
        self.undo.callback(self.path.close)

    def call(self, call: ModelCall) -> Outcome:
        return self.path.call(call)

    def answered(self, call: ModelCall | None = None) -> Reply:
        outcome = self.call(call or asked())
        assert outcome.reply is not None, outcome.error
        return outcome.reply

    def failed(self, kind: type[TargetError], call: ModelCall | None = None) -> TargetError:
        outcome = self.call(call or asked())
        assert isinstance(outcome.error, kind), outcome.error
        assert outcome.receipts[-1].error_code == outcome.error.code
        return outcome.error


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream() as running:
        yield running


@pytest.fixture
def line(upstream: ScriptedUpstream, undo: ExitStack) -> Line:
    return Line(upstream.base_url + "/", undo)


def test_a_call_is_sent_in_the_dialect(upstream: ScriptedUpstream, line: Line) -> None:
    upstream.add(json_answer({"assets": 1}))
    page = b"\x89PNG the page"
    line.answered(
        ModelCall(
            workload="w",
            target="large",
            messages=(
                Message("system", (TextPart("Read."), TextPart("Carefully."))),
                Message("user", (TextPart("Which assets?"), ImagePart("image/png", page))),
            ),
            json_schema=SCHEMA,
            agent="balance sheet",
            max_output_tokens=300,
        )
    )

    (request,) = upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json == {
        "model": "scripted-1",
        "messages": [
            {"role": "system", "content": "Read.\n\nCarefully."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Which assets?"},
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64," + base64.b64encode(page).decode()},
                    },
                ],
            },
        ],
        "temperature": 0.0,
        "max_tokens": 300,
        "stream": False,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "balance_sheet", "strict": True, "schema": SCHEMA},
        },
    }


def test_the_newest_models_are_told_their_limit_by_its_new_name(
    upstream: ScriptedUpstream, undo: ExitStack
) -> None:
    upstream.add(json_answer({"max_tokens": 1}))
    schema = {"type": "object", "properties": {"max_tokens": {"type": "integer"}}}
    line = Line(upstream.base_url, undo, says_max_completion_tokens=True)
    line.answered(asked('the field "max_tokens":', json_schema=schema))
    (request,) = upstream.requests
    assert request.json["max_completion_tokens"] == 4096
    assert "max_tokens" not in request.json
    assert request.json["messages"][0]["content"] == 'the field "max_tokens":'
    assert request.json["response_format"]["json_schema"]["schema"] == schema


def test_connections_are_reused(upstream: ScriptedUpstream, line: Line) -> None:
    upstream.add(answer("one"), failure(503), answer("three"))
    line.answered()
    line.failed(TargetServerError)
    line.answered()
    assert (len(upstream.requests), upstream.connections) == (3, 1)


def test_a_compressed_answer_is_read(upstream: ScriptedUpstream, line: Line) -> None:
    body = json.dumps({"choices": [{"message": {"content": "packed"}, "finish_reason": "stop"}]}).encode()
    upstream.add(ScriptedReply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    reply = line.answered()
    assert (reply.text, reply.model) == ("packed", "scripted-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad gateway</html>",
        b'{"choices": [{"mess',
        b"[]",
        b"[" * 100_000,
        b'{"choices": []}',
        b'{"choices": [7]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": 7}}]}',
        b"\xff\xfe",
    ],
)
def test_a_body_that_is_no_completion_is_the_servers_fault(
    upstream: ScriptedUpstream, line: Line, body: bytes
) -> None:
    upstream.add(garbage(body))
    failed = line.failed(TargetServerError)
    assert failed.retryable
    assert line.receipts.kept[0].http_status == 200


def test_damaged_compression_is_the_servers_fault(upstream: ScriptedUpstream, line: Line) -> None:
    upstream.add(ScriptedReply(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    assert "encoding is damaged" in line.failed(TargetServerError).message


@pytest.mark.parametrize(
    "usage",
    ['"many"', "{}", "null", '{"prompt_tokens": "12"}', '{"prompt_tokens": -1}', '{"prompt_tokens": true}'],
)
def test_usage_that_is_no_count_is_unknown(upstream: ScriptedUpstream, line: Line, usage: str) -> None:
    upstream.add(garbage(b'{"choices": [{"message": {"content": "ok"}}], "usage": %s}' % usage.encode()))
    reply = line.answered()
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (None, None)


@pytest.mark.parametrize(
    ("reply", "kind", "retryable"),
    [
        (failure(429, code="rate_limit_exceeded"), TargetRateLimitedError, True),
        (failure(429, code="insufficient_quota"), TargetRefusedError, False),
        (failure(400, code="context_length_exceeded"), TargetRefusedError, False),
        (failure(401, code="invalid_api_key"), TargetRefusedError, False),
        (failure(404, code="model_not_found"), TargetRefusedError, False),
        (failure(408), TargetTimeoutError, True),
        (failure(500), TargetServerError, True),
        (failure(529, code="overloaded"), TargetServerError, True),
        (ScriptedReply(status=307, headers={"Location": "http://127.0.0.1:9/"}), TargetRefusedError, False),
    ],
)
def test_each_status_and_code_has_its_error(
    upstream: ScriptedUpstream, line: Line, reply: ScriptedReply, kind: type[TargetError], retryable: bool
) -> None:
    upstream.add(reply)
    failed = line.failed(kind)
    assert type(failed) is kind
    assert f"answered {reply.status}" in failed.message
    assert failed.retryable is retryable
    assert failed.http_status == line.receipts.kept[0].http_status == reply.status
    assert failed.action
    if reply.error_code:
        assert reply.error_code in failed.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After": "Wed, 01 Jan 2099 00:00:00 GMT", "Date": "Tue, 31 Dec 2098 23:59:30 GMT"}, 30.0),
        ({"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT", "Date": "Wed, 01 Jan 2099 00:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(
    upstream: ScriptedUpstream, line: Line, headers: dict[str, str], seconds: float | None
) -> None:
    upstream.add(ScriptedReply(status=429, headers=headers))
    assert line.failed(TargetRateLimitedError).retry_after_s == seconds


def test_a_refused_connection_was_sent_nothing(undo: ExitStack) -> None:
    with refusing_base_url() as base_url:
        failed = Line(base_url, undo).failed(TargetNotReachedError)
    assert isinstance(failed, TargetUnreachableError)
    assert "ConnectionRefusedError" in failed.message


def test_a_connection_cut_in_the_body_is_unreachable(upstream: ScriptedUpstream, line: Line) -> None:
    upstream.add(answer("cut", cut_after_bytes=40), answer("whole"))
    assert "broke off" in line.failed(TargetUnreachableError).message
    assert line.answered().text == "whole"


@pytest.mark.parametrize("slow", [{"delay_s": 30.0}, {"byte_delay_s": 0.05}])
def test_the_deadline_holds_for_silence_and_for_dripping_bytes(
    upstream: ScriptedUpstream, line: Line, slow: dict[str, float]
) -> None:
    upstream.add(answer("late", **slow))
    started_s = time.monotonic()
    failed = line.failed(TargetTimeoutError, asked(deadline_s=0.3))
    assert "within 0.3 s" in failed.message
    assert time.monotonic() - started_s < 2.0


def test_closing_ends_a_call_that_waits(upstream: ScriptedUpstream, line: Line) -> None:
    arrived = threading.Event()

    def hang(_: object) -> ScriptedReply:
        arrived.set()
        return answer("never", delay_s=30)

    upstream.add(hang)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(line.call, asked(deadline_s=30.0))
        assert arrived.wait(10)
        line.path.close()
        outcome = waiting.result(timeout=10)
    for error in (outcome.error, line.call(asked()).error):
        assert isinstance(error, WatchkeeperError)
        assert "closed" in error.message
    line.path.close()


def test_text_no_utf8_can_carry_is_sent_all_the_same(upstream: ScriptedUpstream, line: Line) -> None:
    upstream.add(answer("ok"))
    line.answered(asked("torn \udce5"))
    assert upstream.requests[0].json["messages"][0]["content"] == "torn \udce5"


def test_text_no_utf8_can_carry_crosses_into_the_other_dialect(
    upstream: ScriptedUpstream, undo: ExitStack
) -> None:
    message = {
        "type": "message",
        "content": [{"type": "text", "text": "ok"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
    upstream.add(ScriptedReply(body=json.dumps(message).encode()))
    reply = Line(upstream.base_url.removesuffix("/v1"), undo, dialect="anthropic").answered(
        asked("torn \udce5")
    )
    assert (reply.text, reply.usage.input_tokens, reply.finish_reason) == ("ok", 3, "stop")
    (request,) = upstream.requests
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == KEY
    assert request.json["messages"][0]["content"][0]["text"] == "torn \udce5"
    assert request.json["max_tokens"] == 4096


@pytest.mark.parametrize("api_key", ["", f"{KEY}\n", f"{KEY} two", "nyckel-å"])
def test_a_key_that_cannot_be_a_header_is_refused_without_repeating_it(api_key: str) -> None:
    pool = UpstreamPool("http://127.0.0.1/v1")
    with pytest.raises(SettingsError, match="'large'") as refused:
        HttpTarget("large", dialect="openai", pool=pool, model="m", provider="openai", api_key=api_key)
    assert KEY not in str(refused.value)


def test_neither_key_nor_content_gets_into_errors_reprs_logs_or_receipts(
    upstream: ScriptedUpstream, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "Brf Hemligheten"
    spoken = f"Incorrect API key {KEY} for: {secret}"
    steps: list[ScriptedReply | Callable[[object], ScriptedReply]] = [
        failure(401, code=f"{KEY} {secret}", text=spoken),
        failure(400, text=spoken),
        failure(500, text=spoken),
        garbage(spoken.encode()),
        answer("cut", cut_after_bytes=3),
        json_answer({"assets": secret}, model=f"{secret}\n{KEY}"),
        answer(spoken),
        answer(spoken, finish_reason=f"{secret}!"),
        ScriptedReply(refusal=spoken),
    ]
    upstream.add(*steps)
    told = [repr(line.target)]
    while len(upstream.requests) < len(steps):
        outcome = line.call(asked(secret, json_schema=SCHEMA))
        assert outcome.error is not None
        told += [repr(outcome.error), str(outcome.error), json.dumps(outcome.error.body())]

    told += [receipt.line().decode() for receipt in line.receipts.kept]
    told += [record.getMessage() for record in caplog.records]
    assert len(line.receipts.kept) == len(steps)
    assert not [text for text in told if KEY in text or "Hemligheten" in text]


def test_a_broken_answer_is_a_failure_with_a_receipt_over_a_real_connection(
    upstream: ScriptedUpstream, undo: ExitStack
) -> None:
    line = Line(upstream.base_url, undo, attempts=4)
    upstream.add(
        answer('```json\n{"assets": 1}\n```'),
        answer('{"assets": 1', finish_reason="length"),
        json_answer({"assets": "x"}),
        failure(503, retry_after=0),
        json_answer({"assets": 301}),
    )
    codes = []
    for _ in range(4):
        outcome = line.call(asked(json_schema=SCHEMA))
        codes.append(outcome.error.code if outcome.error else None)

    assert codes == ["broken_json", "broken_json", "schema_mismatch", None]
    assert [(r.attempt, r.http_status, r.json_ok, r.schema_ok) for r in line.receipts.kept] == [
        (1, 200, False, None),
        (1, 200, False, None),
        (1, 200, True, False),
        (1, 503, None, None),
        (2, 200, True, True),
    ]
    assert all(receipt.latency_ms > 0 for receipt in line.receipts.kept)

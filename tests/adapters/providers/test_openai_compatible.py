"""The OpenAI dialect on a real connection: what is sent, what is understood, what never gets out."""

import base64
import gzip
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.providers import OpenAICompatibleTarget
from watchkeeper.domain.call import ImagePart, Message, ModelCall, TextPart
from watchkeeper.domain.errors import (
    SettingsError,
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway import CallPath
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, failure, garbage, json_answer
from watchkeeper.testing.upstream import ScriptedUpstream, refusing_base_url

KEY = "sk-very-secret-key"
SCHEMA = {"type": "object", "properties": {"assets": {"type": "integer"}}, "required": ["assets"]}


def asked(text: str = "Which assets?", **fields: object) -> ModelCall:
    messages = (Message("user", (TextPart(text),)),)
    return ModelCall(
        **{"workload": "w", "target": "large", "messages": messages, "deadline_s": 5.0, **fields}
    )  # type: ignore[arg-type]


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream() as running:
        yield running


@pytest.fixture
def target(upstream: ScriptedUpstream) -> Iterator[OpenAICompatibleTarget]:
    with OpenAICompatibleTarget(
        name="large", base_url=upstream.base_url + "/", model="scripted-1", api_key=KEY
    ) as made:
        yield made


def test_a_call_is_sent_in_the_dialect(upstream: ScriptedUpstream, target: OpenAICompatibleTarget) -> None:
    upstream.add(answer("ok"))
    page = b"\x89PNG the page"
    target.send(
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


def test_the_newest_models_are_told_their_limit_by_its_new_name(upstream: ScriptedUpstream) -> None:
    upstream.add(answer("ok"))
    with OpenAICompatibleTarget(
        name="large",
        base_url=upstream.base_url,
        model="scripted-1",
        output_limit_field="max_completion_tokens",
    ) as target:
        target.send(asked())
    assert upstream.requests[0].json["max_completion_tokens"] == 4096
    assert "max_tokens" not in upstream.requests[0].json
    assert "authorization" not in upstream.requests[0].headers


def test_connections_are_reused(upstream: ScriptedUpstream, target: OpenAICompatibleTarget) -> None:
    upstream.add(answer("one"), failure(503), answer("three"))
    target.send(asked())
    with pytest.raises(TargetServerError):
        target.send(asked())
    target.send(asked())
    assert (len(upstream.requests), upstream.connections) == (3, 1)


def test_a_compressed_answer_is_read(upstream: ScriptedUpstream, target: OpenAICompatibleTarget) -> None:
    body = json.dumps({"choices": [{"message": {"content": "packed"}, "finish_reason": "stop"}]}).encode()
    upstream.add(ScriptedReply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    reply = target.send(asked())
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
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget, body: bytes
) -> None:
    upstream.add(garbage(body))
    with pytest.raises(TargetServerError, match="no chat completion") as failed:
        target.send(asked())
    assert failed.value.http_status == 200


def test_damaged_compression_is_the_servers_fault(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget
) -> None:
    upstream.add(ScriptedReply(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(TargetServerError, match="encoding is damaged"):
        target.send(asked())


@pytest.mark.parametrize(
    "usage",
    ['"many"', "{}", "null", '{"prompt_tokens": "12"}', '{"prompt_tokens": -1}', '{"prompt_tokens": true}'],
)
def test_usage_that_is_no_count_is_unknown(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget, usage: str
) -> None:
    upstream.add(garbage(b'{"choices": [{"message": {"content": "ok"}}], "usage": %s}' % usage.encode()))
    reply = target.send(asked())
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
    upstream: ScriptedUpstream,
    target: OpenAICompatibleTarget,
    reply: ScriptedReply,
    kind: type[TargetError],
    retryable: bool,
) -> None:
    upstream.add(reply)
    with pytest.raises(kind, match=f"answered {reply.status}") as failed:
        target.send(asked())
    assert type(failed.value) is kind
    assert failed.value.retryable is retryable
    assert failed.value.http_status == reply.status
    assert failed.value.action
    if reply.error_code:
        assert reply.error_code in failed.value.message


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
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget, headers: dict[str, str], seconds: float | None
) -> None:
    upstream.add(ScriptedReply(status=429, headers=headers))
    with pytest.raises(TargetRateLimitedError) as failed:
        target.send(asked())
    assert failed.value.retry_after_s == seconds


def test_a_refused_connection_is_unreachable() -> None:
    with (
        refusing_base_url() as base_url,
        OpenAICompatibleTarget(name="large", base_url=base_url, model="m") as target,
        pytest.raises(TargetUnreachableError, match="ConnectError"),
    ):
        target.send(asked())


def test_a_connection_cut_in_the_body_is_unreachable(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget
) -> None:
    upstream.add(answer("cut", cut_after_bytes=40), answer("whole"))
    with pytest.raises(TargetUnreachableError, match="broke off"):
        target.send(asked())
    assert target.send(asked()).text == "whole"


@pytest.mark.parametrize("slow", [{"delay_s": 30.0}, {"byte_delay_s": 0.05}])
def test_the_deadline_holds_for_silence_and_for_dripping_bytes(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget, slow: dict[str, float]
) -> None:
    upstream.add(answer("late", **slow))
    started_s = time.monotonic()
    with pytest.raises(TargetTimeoutError, match=r"within 0\.3 s"):
        target.send(asked(deadline_s=0.3))
    assert time.monotonic() - started_s < 2.0


def test_closing_ends_a_call_that_waits(upstream: ScriptedUpstream) -> None:
    arrived = threading.Event()

    def hang(_: object) -> ScriptedReply:
        arrived.set()
        return answer("never", delay_s=30)

    upstream.add(hang)
    target = OpenAICompatibleTarget(name="large", base_url=upstream.base_url, model="m")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(target.send, asked(deadline_s=30.0))
        assert arrived.wait(10)
        target.close()
        with pytest.raises(TargetUnreachableError, match="closed"):
            waiting.result(timeout=10)
    with pytest.raises(TargetUnreachableError, match="closed"):
        target.send(asked())
    target.close()


def test_text_no_utf8_can_carry_is_sent_all_the_same(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget
) -> None:
    upstream.add(answer("ok"))
    target.send(asked("torn \udce5"))
    assert upstream.requests[0].json["messages"][0]["content"] == "torn \udce5"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "not a url",
        "ftp://host/v1",
        "http://",
        f"http://user:{KEY}@host/v1",
        f"http://host/v1?key={KEY}",
        "http://host:99999999/v1",
    ],
)
def test_a_base_url_that_cannot_work_is_refused_without_repeating_it(base_url: str) -> None:
    with pytest.raises(SettingsError, match="'large'") as refused:
        OpenAICompatibleTarget(name="large", base_url=base_url, model="m")
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("api_key", ["", f"{KEY}\n", f"{KEY} two", "nyckel-å"])
def test_a_key_that_cannot_be_a_header_is_refused_without_repeating_it(api_key: str) -> None:
    with pytest.raises(SettingsError, match="'large'") as refused:
        OpenAICompatibleTarget(name="large", base_url="http://127.0.0.1/v1", model="m", api_key=api_key)
    assert KEY not in str(refused.value)


class KeptReceipts:
    def __init__(self) -> None:
        self.kept: list[Receipt] = []

    def append(self, receipt: Receipt, /) -> Receipt:
        self.kept.append(receipt)
        return receipt


def test_neither_key_nor_content_gets_into_errors_reprs_logs_or_receipts(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "Brf Hemligheten"
    spoken = f"Incorrect API key {KEY} for: {secret}"
    steps: list[ScriptedReply | Callable[[object], ScriptedReply]] = [
        failure(401, code=f"{KEY} {secret}", text=spoken),
        failure(500, text=spoken),
        garbage(spoken.encode()),
        answer("cut", cut_after_bytes=3),
        json_answer({"assets": secret}, model=f"{secret}\n{KEY}"),
        answer(spoken),
        answer(spoken, finish_reason=f"{secret}!"),
    ]
    receipts = KeptReceipts()
    path = CallPath(
        [target],
        receipts,
        clock=SystemClock(),
        ids=SystemIds(),
        wait=lambda _: None,
        chance=lambda: 0.0,
    )
    upstream.add(*steps)
    told = [repr(target)]
    while len(upstream.requests) < len(steps):
        outcome = path.call(asked(secret, json_schema=SCHEMA))
        assert outcome.error is not None
        told += [repr(outcome.error), str(outcome.error), json.dumps(outcome.error.body())]

    told += [receipt.line().decode() for receipt in receipts.kept]
    told += [record.getMessage() for record in caplog.records]
    assert len(receipts.kept) == len(steps)
    assert not [text for text in told if KEY in text or "Hemligheten" in text]


def test_a_broken_answer_is_a_failure_with_a_receipt_over_a_real_connection(
    upstream: ScriptedUpstream, target: OpenAICompatibleTarget
) -> None:
    receipts = KeptReceipts()
    path = CallPath(
        [target], receipts, clock=SystemClock(), ids=SystemIds(), wait=lambda _: None, chance=lambda: 0.0
    )
    upstream.add(
        answer('```json\n{"assets": 1}\n```'),
        answer('{"assets": 1', finish_reason="length"),
        json_answer({"assets": "x"}),
        failure(503, retry_after=0),
        json_answer({"assets": 301}),
    )
    codes = []
    for _ in range(4):
        outcome = path.call(asked(json_schema=SCHEMA))
        codes.append(outcome.error.code if outcome.error else None)

    assert codes == ["broken_json", "broken_json", "schema_mismatch", None]
    assert [(r.attempt, r.http_status, r.json_ok, r.schema_ok) for r in receipts.kept] == [
        (1, 200, False, None),
        (1, 200, False, None),
        (1, 200, True, False),
        (1, 503, None, None),
        (2, 200, True, True),
    ]
    assert all(receipt.latency_ms > 0 for receipt in receipts.kept)

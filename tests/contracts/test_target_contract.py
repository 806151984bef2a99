"""What every model target keeps to, real or fake: one suite over the scripted target and a real HTTP one."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.providers import HttpTarget
from watchkeeper.adapters.providers.upstream_pool import UpstreamPool
from watchkeeper.domain.call import ImagePart, Message, ModelCall, Outcome, TextPart, Usage
from watchkeeper.domain.errors import (
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from watchkeeper.gateway import CallPath, RetryPolicy
from watchkeeper.gateway.ports import ModelTarget
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.testing.kept_receipts import KeptReceipts
from watchkeeper.testing.relay import relay_thread_to
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, dropped, failure
from watchkeeper.testing.scripted_target import ScriptedTarget
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

USAGE = Usage(input_tokens=120, output_tokens=7, cache_read_tokens=64, reasoning_tokens=3)
CALL = ModelCall(
    workload="w",
    target="large",
    messages=(
        Message("system", (TextPart("You read annual reports."),)),
        Message("user", (TextPart("Which assets?"), ImagePart("image/png", b"\x89PNG page"))),
    ),
    deadline_s=5.0,
)
Scripted = ScriptedReply | Callable[[RecordedRequest], ScriptedReply]


@dataclass
class Bench:
    """A target that answers as scripted, asked through the call path, once a call."""

    new_target: Callable[[], tuple[ModelTarget, Callable[[], None]]]
    """A target for another event loop, and what closes it there."""
    add: Callable[..., None]
    path: CallPath

    def will(self, *replies: Scripted) -> None:
        self.add(*replies)

    def call(self, call: ModelCall = CALL) -> Outcome:
        return self.path.call(call)


@pytest.fixture(params=["fake", "http"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    ledger = Ledger(
        receipts=KeptReceipts(), content=None, figures=NoFigures(), clock=SystemClock(), ids=SystemIds()
    )
    if request.param == "fake":
        fake = ScriptedTarget(name="large", model="scripted-1", provider="openai")
        path = CallPath([], ledger, models=relay_thread_to([fake], ledger), retry=RetryPolicy(attempts=1))
        yield Bench(lambda: (fake, lambda: None), fake.add, path)
        path.close()
        return
    with ScriptedUpstream() as upstream:

        def target(pool: UpstreamPool) -> HttpTarget:
            return HttpTarget("large", dialect="openai", pool=pool, model="scripted-1", provider="openai")

        pool = UpstreamPool(upstream.base_url)
        models = relay_thread_to([target(pool)], ledger, at_end=pool.close)
        path = CallPath([], ledger, models=models, retry=RetryPolicy(attempts=1))

        def another() -> tuple[ModelTarget, Callable[[], None]]:
            own = UpstreamPool(upstream.base_url)
            return target(own), own.close

        yield Bench(another, upstream.add, path)
        path.close()


def test_a_target_says_who_it_is(bench: Bench) -> None:
    target, _ = bench.new_target()
    assert (target.name, target.model, target.provider) == ("large", "scripted-1", "openai")
    assert target.dialect == "openai"


def test_an_answer_comes_back_with_what_the_provider_counted(bench: Bench) -> None:
    bench.will(answer("301 mkr, åäö", model="scripted-1-2026", usage=USAGE))
    outcome = bench.call()
    assert outcome.reply is not None
    assert (outcome.reply.text, outcome.reply.model) == ("301 mkr, åäö", "scripted-1-2026")
    assert (outcome.reply.usage, outcome.reply.finish_reason) == (USAGE, "stop")
    assert outcome.reply.http_status == 200


def test_tokens_nobody_counted_are_unknown_and_not_zero(bench: Bench) -> None:
    bench.will(answer("ok", usage=None))
    outcome = bench.call()
    assert outcome.reply is not None
    assert outcome.reply.usage == Usage()
    assert (outcome.receipts[0].input_tokens, outcome.receipts[0].output_tokens) == (None, None)


@pytest.mark.parametrize("finish_reason", ["refusal", "content_filter", "length"])
def test_a_refusal_and_a_cut_answer_cost_tokens(bench: Bench, finish_reason: str) -> None:
    declined = finish_reason == "refusal"
    bench.will(
        answer(
            "No.",
            usage=USAGE,
            finish_reason="stop" if declined else finish_reason,
            refusal="No." if declined else None,
        )
    )
    outcome = bench.call()
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.input_tokens, receipt.output_tokens) == (200, 120, 7)
    if finish_reason == "length":
        assert outcome.reply is not None
        assert (outcome.reply.text, outcome.reply.finish_reason) == ("No.", "length")
    else:
        assert isinstance(outcome.error, TargetRefusedError)
        assert finish_reason in outcome.error.message


@pytest.mark.parametrize(
    ("kind", "status"),
    [(TargetRateLimitedError, 429), (TargetServerError, 503), (TargetRefusedError, 400)],
)
def test_a_status_becomes_its_error_and_stays_told(
    bench: Bench, kind: type[TargetError], status: int
) -> None:
    bench.will(failure(status))
    outcome = bench.call()
    assert isinstance(outcome.error, kind)
    assert (outcome.error.http_status, outcome.error.retry_after_s) == (status, None)
    assert outcome.receipts[0].http_status == status


@pytest.mark.parametrize(("kind", "status"), [(TargetRateLimitedError, 429), (TargetServerError, 503)])
def test_how_long_to_wait_is_passed_on(bench: Bench, kind: type[TargetError], status: int) -> None:
    bench.will(failure(status, retry_after=3))
    outcome = bench.call()
    assert isinstance(outcome.error, kind)
    assert outcome.error.retry_after_s == 3.0


def test_a_connection_that_breaks_is_unreachable(bench: Bench) -> None:
    bench.will(dropped())
    outcome = bench.call()
    assert isinstance(outcome.error, TargetUnreachableError)
    assert (outcome.error.http_status, outcome.receipts[0].http_status) == (None, None)


def test_a_body_that_breaks_off_is_unreachable(bench: Bench) -> None:
    bench.will(answer("a longer answer than that", cut_after_bytes=30))
    outcome = bench.call()
    assert isinstance(outcome.error, TargetUnreachableError)
    assert "broke off" in outcome.error.message


@pytest.mark.parametrize("slow", [{"delay_s": 30.0}, {"byte_delay_s": 0.05}])
def test_an_answer_that_does_not_come_whole_in_time_is_a_timeout(
    bench: Bench, slow: dict[str, float]
) -> None:
    bench.will(answer("too late", **slow))
    outcome = bench.call(replace(CALL, deadline_s=0.2))
    assert isinstance(outcome.error, TargetTimeoutError)


def test_a_failure_does_not_spoil_the_next_call(bench: Bench) -> None:
    bench.will(failure(503), answer("back"))
    assert isinstance(bench.call().error, TargetServerError)
    outcome = bench.call()
    assert outcome.reply is not None
    assert outcome.reply.text == "back"


def test_threads_get_their_own_answers(bench: Bench) -> None:
    def echo(request: RecordedRequest) -> ScriptedReply:
        return answer(request.json["messages"][0]["content"])

    bench.will(*[echo] * 40)
    calls = [
        ModelCall(workload="w", target="large", messages=(Message("user", (TextPart(f"question {n}"),)),))
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(bench.call, calls))
    assert [one.reply.text for one in outcomes if one.reply] == [f"question {n}" for n in range(40)]


def opened(bench: Bench, body: bytes, *, take: Callable[[ModelTarget, Any], Any]) -> Any:
    """What comes of a request that is sent straight to a target."""

    async def story() -> Any:
        target, close = bench.new_target()
        try:
            return await take(target, await target.open("chat", body, {"traceparent": "00-a-b-01"}))
        finally:
            close()

    return asyncio.run(story())


def test_a_stream_comes_piece_by_piece_to_its_end(bench: Bench) -> None:
    async def take(_: ModelTarget, found: Any) -> bytes:
        whole = b""
        while (piece := await found.piece()) is not None:
            whole += piece
        return whole

    bench.will(answer("one two three"))
    whole = opened(bench, b'{"model": "scripted-1", "stream": true}', take=take)
    assert whole.count(b"data: ") >= 4
    assert whole.endswith(b"data: [DONE]\n\n")


def test_a_stream_is_fed_on_from_wherever_its_taker_has_paused(bench: Bench) -> None:
    async def take(_: ModelTarget, found: Any) -> bytes:
        taken: list[bytes] = []

        def goes_on(piece: bytes) -> bool:
            taken.append(piece)
            return len(taken) % 2 == 0

        pauses = 0
        while not await found.feed(goes_on):
            pauses += 1
        assert pauses > 0
        return b"".join(taken)

    bench.will(answer("one two three"))
    whole = opened(bench, b'{"model": "scripted-1", "stream": true}', take=take)
    assert whole.count(b"data: ") >= 4
    assert whole.endswith(b"data: [DONE]\n\n")


def test_a_stream_that_breaks_off_while_it_is_fed_has_failed(bench: Bench) -> None:
    async def take(_: ModelTarget, found: Any) -> bytes:
        taken: list[bytes] = []
        with pytest.raises(Exception, match="broke off"):
            await found.feed(lambda piece: taken.append(piece) is None)
        return b"".join(taken)

    bench.will(answer("one two three", cut_after_bytes=200))
    assert len(opened(bench, b'{"model": "scripted-1", "stream": true}', take=take)) == 200


def test_a_refusals_own_words_are_kept_apart_from_its_error(bench: Bench) -> None:
    async def take(target: ModelTarget, found: Any) -> tuple[TargetError, bytes]:
        return await target.refusal(found)

    bench.will(failure(400, code="too_long", text="your prompt is too long"))
    error, words = opened(bench, b'{"model": "scripted-1"}', take=take)
    assert b"your prompt is too long" in words
    assert "too_long" in error.message
    assert "your prompt" not in error.message + error.action


def test_an_answer_longer_than_is_taken_is_a_failure(bench: Bench) -> None:
    async def take(_: ModelTarget, found: Any) -> bytes:
        whole: bytes = await found.whole(10)
        return whole

    bench.will(answer("more than ten bytes"))
    with pytest.raises(Exception, match="longer than 10 bytes"):
        opened(bench, b'{"model": "scripted-1"}', take=take)

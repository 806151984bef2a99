"""What every target keeps to, real or fake: one suite over the scripted target and a real HTTP one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import pytest

from watchkeeper.adapters.providers import OpenAICompatibleTarget
from watchkeeper.domain.call import ImagePart, Message, ModelCall, Reply, TextPart, Usage
from watchkeeper.domain.errors import (
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
    WatchkeeperError,
)
from watchkeeper.gateway.ports import Target
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


class Bench(Protocol):
    """A target that will answer as scripted, in words no provider owns."""

    target: Target

    def will_answer(self, reply: Reply) -> None: ...
    def will_echo(self) -> None: ...
    def will_fail(self, kind: type[TargetError], *, retry_after_s: float | None = None) -> None: ...


class FakeBench:
    def __init__(self) -> None:
        self._steps: list[Reply | WatchkeeperError | Callable[[ModelCall], Reply]] = []
        self.target: Target = ScriptedTarget(name="large", model="scripted-1", then=self._step)

    def _step(self, call: ModelCall) -> Reply:
        step = self._steps[0] if len(self._steps) == 1 else self._steps.pop(0)
        if isinstance(step, WatchkeeperError):
            raise step
        return step if isinstance(step, Reply) else step(call)

    def will_answer(self, reply: Reply) -> None:
        self._steps.append(reply)

    def will_echo(self) -> None:
        self._steps.append(lambda call: Reply(model="scripted-1", text=text_of(call), http_status=200))

    def will_fail(self, kind: type[TargetError], *, retry_after_s: float | None = None) -> None:
        status = {TargetRateLimitedError: 429, TargetServerError: 503, TargetRefusedError: 400}.get(kind)
        self._steps.append(kind("it failed", http_status=status, retry_after_s=retry_after_s))


class HttpBench:
    def __init__(self, upstream: ScriptedUpstream, target: Target) -> None:
        self._upstream = upstream
        self.target = target

    def will_answer(self, reply: Reply) -> None:
        declined = reply.finish_reason == "refusal"
        self._upstream.add(
            ScriptedReply(
                text=reply.text,
                model=reply.model,
                usage=reply.usage if reply.usage != Usage() else None,
                finish_reason="stop" if declined else reply.finish_reason,
                refusal=reply.text if declined else None,
            )
        )

    def will_echo(self) -> None:
        def echo(request: RecordedRequest) -> ScriptedReply:
            return answer(request.json["messages"][0]["content"])

        self._upstream.add(*[echo] * 40)

    def will_fail(self, kind: type[TargetError], *, retry_after_s: float | None = None) -> None:
        faults = {
            TargetRateLimitedError: failure(429, retry_after=retry_after_s),
            TargetServerError: failure(503, retry_after=retry_after_s),
            TargetRefusedError: failure(400),
            TargetUnreachableError: dropped(),
            TargetTimeoutError: answer("too late", delay_s=30),
        }
        self._upstream.add(faults[kind])


@pytest.fixture(params=["fake", "openai"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "fake":
        yield FakeBench()
        return
    with (
        ScriptedUpstream() as upstream,
        OpenAICompatibleTarget(name="large", base_url=upstream.base_url, model="scripted-1") as target,
    ):
        yield HttpBench(upstream, target)


def text_of(call: ModelCall) -> str:
    return "".join(part.text for part in call.messages[0].parts if isinstance(part, TextPart))


def test_a_target_says_who_it_is(bench: Bench) -> None:
    assert (bench.target.name, bench.target.model, bench.target.release) == ("large", "scripted-1", None)
    assert bench.target.provider


def test_an_answer_comes_back_with_what_the_provider_counted(bench: Bench) -> None:
    reply = Reply(
        model="scripted-1-2026", text="301 mkr, åäö", usage=USAGE, finish_reason="stop", http_status=200
    )
    bench.will_answer(reply)
    assert bench.target.send(CALL) == reply


def test_tokens_nobody_counted_are_unknown_and_not_zero(bench: Bench) -> None:
    bench.will_answer(Reply(model="scripted-1", text="ok", finish_reason="stop", http_status=200))
    assert bench.target.send(CALL).usage == Usage()


@pytest.mark.parametrize("finish_reason", ["refusal", "content_filter", "length"])
def test_a_refusal_and_a_cut_answer_are_replies_that_cost_tokens(bench: Bench, finish_reason: str) -> None:
    reply = Reply(model="scripted-1", text="No.", usage=USAGE, finish_reason=finish_reason, http_status=200)
    bench.will_answer(reply)
    assert bench.target.send(CALL) == reply


@pytest.mark.parametrize(
    ("kind", "status"),
    [(TargetRateLimitedError, 429), (TargetServerError, 503), (TargetRefusedError, 400)],
)
def test_a_status_becomes_its_error_and_stays_told(
    bench: Bench, kind: type[TargetError], status: int
) -> None:
    bench.will_fail(kind)
    with pytest.raises(kind) as failed:
        bench.target.send(CALL)
    assert (failed.value.http_status, failed.value.retry_after_s) == (status, None)


@pytest.mark.parametrize("kind", [TargetRateLimitedError, TargetServerError])
def test_how_long_to_wait_is_passed_on(bench: Bench, kind: type[TargetError]) -> None:
    bench.will_fail(kind, retry_after_s=3.0)
    with pytest.raises(kind) as failed:
        bench.target.send(CALL)
    assert failed.value.retry_after_s == 3.0


def test_a_connection_that_breaks_is_unreachable(bench: Bench) -> None:
    bench.will_fail(TargetUnreachableError)
    with pytest.raises(TargetUnreachableError) as failed:
        bench.target.send(CALL)
    assert failed.value.http_status is None


def test_an_answer_that_does_not_come_in_time_is_a_timeout(bench: Bench) -> None:
    bench.will_fail(TargetTimeoutError)
    with pytest.raises(TargetTimeoutError):
        bench.target.send(ModelCall(workload="w", target="large", messages=CALL.messages, deadline_s=0.2))


def test_a_failure_does_not_spoil_the_next_call(bench: Bench) -> None:
    bench.will_fail(TargetServerError)
    bench.will_answer(Reply(model="scripted-1", text="back", finish_reason="stop", http_status=200))
    with pytest.raises(TargetServerError):
        bench.target.send(CALL)
    assert bench.target.send(CALL).text == "back"


def test_threads_get_their_own_answers(bench: Bench) -> None:
    bench.will_echo()
    calls = [
        ModelCall(workload="w", target="large", messages=(Message("user", (TextPart(f"question {n}"),)),))
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(bench.target.send, calls))
    assert [reply.text for reply in replies] == [f"question {n}" for n in range(40)]

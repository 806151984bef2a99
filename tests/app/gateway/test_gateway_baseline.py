"""The last tier of a route over HTTP: a workload's engine answers where no model does, and says so."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

from watchkeeper.testing.chat_engine import FirstSentenceEngine
from watchkeeper.testing.scripted_reply import failure
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

ASKS = {"x-watchkeeper-workload": "explainer", "x-watchkeeper-agent": "summary"}
LONG = [{"role": "user", "content": "The index fell. It fell twice."}]
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "short",
        "schema": {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]},
    },
}


class WatchedEngine(FirstSentenceEngine):
    """Tells in which thread it ran."""

    threads: list[int]

    def run(self, baseline_input: object) -> object:
        self.threads = [*getattr(self, "threads", []), threading.get_ident()]
        return super().run(baseline_input)


@pytest.fixture
def ill(gateway: "GatewayTest") -> Iterator["GatewayTest"]:
    """A gateway whose route leads to a target that is ill, then to the baseline."""
    with ScriptedUpstream(then=failure(500)) as upstream:
        gateway.target("small", upstream)
        gateway.route("explain", "small", "baseline", retries=0)
        gateway.engines["explainer"] = [WatchedEngine()]
        yield gateway


async def asked(scene: "Scene", headers: dict[str, str], **fields: Any) -> Any:
    body = {"model": "explain", "messages": LONG, **fields}
    return await scene.client.post("/v1/chat/completions", json=body, headers=headers)


def test_where_every_model_is_ill_the_workloads_engine_answers_and_says_so(ill: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        reply = await asked(scene, ASKS)
        assert reply.status_code == 200
        assert reply.json()["choices"][0]["message"]["content"] == "The index fell"
        told = {name: reply.headers[f"x-watchkeeper-{name}"] for name in ("target", "degraded", "cost-usd")}
        assert told == {"target": "first-sentence", "degraded": "true", "cost-usd": "0"}
        failed, ran = scene.receipts
        assert (failed.target, failed.http_status) == ("small", 500)
        assert reply.headers["x-watchkeeper-receipt"] == ran.receipt_id
        assert (ran.provider, ran.http_status, ran.cost_usd, ran.degraded) == ("baseline", None, "0", True)
        assert (ran.attempt, ran.parent_receipt_id, ran.agent) == (2, failed.receipt_id, "summary")
        assert (ran.workload, ran.error, failed.trace_id == ran.trace_id) == ("explainer", None, True)

    ill.run(story)
    [engine] = ill.engines["explainer"]
    assert isinstance(engine, WatchedEngine)
    assert engine.threads and threading.get_ident() not in engine.threads


def test_a_route_of_the_baseline_alone_needs_no_model_and_no_key(gateway: "GatewayTest") -> None:
    gateway.route("explain", "baseline")
    gateway.engines["explainer"] = [FirstSentenceEngine()]

    async def story(scene: "Scene") -> None:
        assert (await asked(scene, ASKS)).json()["model"] == "first-sentence"
        [ran] = scene.receipts
        assert (ran.attempt, ran.parent_receipt_id, ran.target) == (1, None, "first-sentence")

    gateway.run(story)


@pytest.mark.parametrize("stream", [False, True])
def test_unmodified_clients_of_either_dialect_get_its_answer(ill: "GatewayTest", stream: bool) -> None:
    async def story(scene: "Scene") -> None:
        address = str(scene.client.base_url).rstrip("/")
        theirs = openai.AsyncOpenAI(
            base_url=f"{address}/v1", api_key="none", default_headers=ASKS, max_retries=0
        )
        others = anthropic.AsyncAnthropic(
            base_url=address, api_key="none", default_headers=ASKS, max_retries=0
        )
        messages: Any = LONG
        async with theirs, others:
            if stream:
                chunks = await theirs.chat.completions.create(model="explain", messages=messages, stream=True)
                pieces = [chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices]
                async with others.messages.stream(
                    model="explain", max_tokens=50, messages=messages
                ) as events:
                    text = await events.get_final_text()
                assert "".join(pieces) == text == "The index fell"
                return
            reply = await theirs.chat.completions.create(model="explain", messages=messages)
            message = await others.messages.create(model="explain", max_tokens=50, messages=messages)
        assert reply.choices[0].message.content == message.content[0].text == "The index fell"
        assert (reply.choices[0].finish_reason, message.stop_reason) == ("stop", "end_turn")

    ill.run(story)


def test_a_stream_of_it_ends_with_the_words_every_stream_ends_with(ill: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        reply = await asked(scene, ASKS, stream=True)
        last = reply.text.rstrip("\n").split("\n")[-1]
        assert last.startswith(": watchkeeper ") and '"degraded":true' in last and '"cost_usd":"0"' in last

    ill.run(story)


def test_an_answer_under_a_schema_is_the_object_and_is_held_to_it(ill: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        reply = await asked(scene, ASKS, response_format=SCHEMA)
        assert reply.json()["choices"][0]["message"]["content"] == '{"summary":"The index fell"}'
        assert scene.receipts[-1].schema_ok

    ill.run(story)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {}),
        ({"x-watchkeeper-workload": "explainer"}, {}),
        ({**ASKS, "x-watchkeeper-workload": "annual-reports"}, {}),
        (ASKS, {"n": 2}),
        (ASKS, {"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}),
    ],
)
def test_where_no_engine_fits_the_tier_is_skipped_and_the_failure_is_told(
    ill: "GatewayTest", headers: dict[str, str], fields: dict[str, Any]
) -> None:
    async def story(scene: "Scene") -> None:
        assert (await asked(scene, headers, **fields)).status_code == 502
        assert [one.target for one in scene.receipts] == ["small"]

    ill.run(story)


def test_a_schema_that_is_none_is_told_by_what_failed_before(ill: "GatewayTest") -> None:
    wrong = {"type": "json_schema", "json_schema": {"name": "short", "schema": {"type": "no type"}}}

    async def story(scene: "Scene") -> None:
        assert (await asked(scene, ASKS, response_format=wrong)).status_code == 502
        assert [one.target for one in scene.receipts] == ["small"]

    ill.run(story)


def test_an_engine_that_fails_leaves_a_receipt_and_the_failure_before_it(ill: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        reply = await asked(scene, ASKS, messages=[{"role": "user", "content": " "}])
        assert (reply.status_code, reply.json()["error"]["code"]) == (502, "target_server_error")
        assert [one.error_code for one in scene.receipts] == ["target_server_error", "baseline_failed"]
        assert reply.headers["x-watchkeeper-receipt"] == scene.receipts[-1].receipt_id

    ill.run(story)


def test_a_request_that_a_provider_calls_wrong_is_wrong_for_the_engine_too(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(400)) as upstream:
        gateway.target("small", upstream)
        gateway.route("explain", "small", "baseline")
        gateway.engines["explainer"] = [FirstSentenceEngine()]

        async def story(scene: "Scene") -> None:
            assert (await asked(scene, ASKS)).status_code == 400

        gateway.run(story)


def test_who_may_spend_no_more_is_refused_all_the_same(ill: "GatewayTest") -> None:
    ill.settings["budgets"] = [{"name": "all", "per": "month", "limit_usd": "1", "hard": True}]

    async def story(scene: "Scene") -> None:
        reply = await asked(scene, ASKS)
        assert reply.status_code >= 400
        [refused] = scene.receipts
        assert refused.error_code == reply.json()["error"]["code"]

    ill.run(story)

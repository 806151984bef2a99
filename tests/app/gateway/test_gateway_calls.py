"""What a caller of the gateway sees, and what is written down of it."""

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

from watchkeeper.domain.span import span_of_receipt
from watchkeeper.testing.scripted_reply import answer, dropped, failure
from watchkeeper.testing.upstream import ScriptedUpstream, refusing_base_url

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

    from watchkeeper.testing.scripted_reply import ScriptedReply
    from watchkeeper.testing.upstream import RecordedRequest

PRICED = {"priced_as": "openai"}
HI = {"messages": [{"role": "user", "content": "hi"}]}


def test_a_call_to_a_route_is_answered_priced_and_receipted(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("hello", model="gpt-4o-mini-2024-07-18")) as upstream:
        gateway.target("small", upstream, **PRICED, api_key="sk-secret")
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract", temperature=0.5)
            assert reply.json()["choices"][0]["message"]["content"] == "hello"
            [receipt] = scene.receipts
            assert reply.headers["x-watchkeeper-receipt"] == receipt.receipt_id
            assert reply.headers["x-watchkeeper-target"] == "small"
            assert reply.headers["x-watchkeeper-cost-usd"] == receipt.cost_usd == "0.0000045"
            assert (receipt.route, receipt.target, receipt.provider) == ("extract", "small", "openai")
            assert (receipt.http_status, receipt.error, receipt.degraded) == (200, None, False)
            assert (receipt.input_tokens, receipt.output_tokens) == (10, 5)

        gateway.run(story)
        [request] = upstream.requests
        assert request.headers["authorization"] == "Bearer sk-secret"
        assert request.json == {
            "model": "gpt-4o-mini",
            "messages": [{"role": "user", "content": "hi"}],
            "temperature": 0.5,
        }


def test_a_target_of_the_same_dialect_receives_every_byte_but_the_models_name(gateway: "GatewayTest") -> None:
    body = '{ "model" : "small", "messages":[{"role":"user","content":"\\u00e5 \\"model\\": \\"small\\""}],'
    body += '"temperature": 0.10, "seed": 123456789012345678901234567890, "unknown": {"model": "other"} }'
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            sent = await scene.client.post("/v1/chat/completions", content=body.encode())
            assert sent.status_code == 200

        gateway.run(story)
        [request] = upstream.requests
        assert request.body.decode() == body.replace('"model" : "small"', '"model" : "gpt-4o-mini"')


def test_the_second_target_answers_where_the_first_fails_and_says_so(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(503)) as ill, ScriptedUpstream(then=answer("from two")) as well:
        gateway.target("one", ill)
        gateway.target("two", well)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.json()["choices"][0]["message"]["content"] == "from two"
            assert reply.headers["x-watchkeeper-degraded"] == "true"
            first, second = scene.receipts
            assert (first.target, first.http_status, first.error_code) == ("one", 503, "target_server_error")
            assert (second.target, second.degraded, second.attempt) == ("two", True, 2)
            assert second.parent_receipt_id == first.receipt_id
            assert second.trace_id == first.trace_id
            assert second.span_id != first.span_id

        gateway.run(story)


def test_a_target_that_fails_again_and_again_is_left_alone_until_it_is_reset(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(500)) as ill, ScriptedUpstream(then=answer("ok")) as well:
        gateway.target("one", ill, breaker={"failures": 2, "recovery_s": 3600})
        gateway.target("two", well)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            for _ in range(5):
                assert (await scene.chat("extract")).status_code == 200

        gateway.run(story)
        assert len(ill.requests) == 2
        assert len(well.requests) == 5


def test_a_single_target_is_asked_again_after_a_pause(gateway: "GatewayTest") -> None:
    with ScriptedUpstream([failure(429, retry_after=0), dropped(), answer("third")]) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small", retries=2)

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.json()["choices"][0]["message"]["content"] == "third"
            codes = [receipt.error_code for receipt in scene.receipts]
            assert codes == ["target_rate_limited", "target_unreachable", None]

        gateway.run(story)


def test_a_rate_limit_that_outlasts_the_deadline_is_told_with_its_wait(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(429, retry_after=120)) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.status_code == 429
            assert int(reply.headers["retry-after"]) >= 120
            assert reply.json()["error"]["type"] == "rate_limit_error"
            assert len(scene.receipts) == 1

        gateway.run(story)


def test_a_request_that_the_provider_calls_wrong_is_not_tried_elsewhere(gateway: "GatewayTest") -> None:
    words = {"error": {"message": "max_tokens is too large", "type": "invalid_request_error", "code": None}}
    refusal = failure(400, body=json.dumps(words).encode())
    with ScriptedUpstream(then=refusal) as one, ScriptedUpstream(then=answer("never")) as two:
        gateway.target("one", one)
        gateway.target("two", two)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert (reply.status_code, reply.json()) == (400, words)
            [receipt] = scene.receipts
            assert receipt.error_code == "target_refused"
            assert "too large" not in str(receipt.error)
            assert receipt.cost_usd == "0"

        gateway.run(story)
        assert two.requests == ()


def test_what_a_provider_says_of_our_key_stays_here(gateway: "GatewayTest") -> None:
    words = {"error": {"message": "Incorrect API key provided: sk-sec***ret", "code": "invalid_api_key"}}
    with ScriptedUpstream(then=failure(401, body=json.dumps(words).encode())) as upstream:
        gateway.target("small", upstream, api_key="sk-secret")
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.status_code == 502
            assert "sk-sec" not in reply.text
            assert reply.json()["error"]["provider_status"] == 401

        gateway.run(story)


def test_a_target_nobody_listens_at_has_cost_nothing(gateway: "GatewayTest") -> None:
    with refusing_base_url() as nowhere:
        gateway.settings["targets"] = {
            "small": {"provider": "openai", "base_url": nowhere, "model": "gpt-4o-mini", **PRICED}
        }
        gateway.route("extract", "small", retries=0)

        async def story(scene: "Scene") -> None:
            assert (await scene.chat("extract")).status_code == 502
            [receipt] = scene.receipts
            assert (receipt.error_code, receipt.cost_usd) == ("target_not_reached", "0")

        gateway.run(story)


def test_an_answer_that_broke_off_may_have_cost_something(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("hello", cut_after_bytes=40)) as upstream:
        gateway.target("small", upstream, **PRICED)
        gateway.route("extract", "small", retries=0)

        async def story(scene: "Scene") -> None:
            assert (await scene.chat("extract")).status_code == 502
            [receipt] = scene.receipts
            assert (receipt.error_code, receipt.cost_usd) == ("target_unreachable", None)

        gateway.run(story)


def test_a_route_has_one_deadline_over_all_its_attempts(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("late", delay_s=30)) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small", timeout_s=0.2, retries=5)

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.status_code == 504
            assert len(scene.receipts) == 1

        gateway.run(story)


def test_an_equal_question_is_answered_from_the_cache_and_costs_nothing(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("once")) as upstream:
        gateway.target("small", upstream, **PRICED)
        gateway.route("extract", "small", cache_ttl_s=300)

        async def story(scene: "Scene") -> None:
            first = await scene.chat("extract", user="a")
            again = await scene.chat("extract", user="b")
            other = await scene.chat("extract", temperature=1)
            assert again.content == first.content
            flags = [one.headers["x-watchkeeper-cached"] for one in (first, again, other)]
            assert flags == ["false", "true", "false"]
            assert again.headers["x-watchkeeper-cost-usd"] == "0"
            hit = scene.receipts[1]
            assert (hit.cached, hit.cost_usd, hit.receipt_id) == (
                True,
                "0",
                again.headers["x-watchkeeper-receipt"],
            )

        gateway.run(story)
        assert len(upstream.requests) == 2


def test_a_stream_is_kept_and_replayed_as_it_was(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("streamed words", chunks=4)) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small", cache_ttl_s=300)

        async def story(scene: "Scene") -> None:
            first, again = await scene.stream("extract"), await scene.stream("extract")
            assert again.lines[:-1] == first.lines[:-1]
            assert again.text == "streamed words"
            assert again.last_words["cost_usd"] == "0"
            assert [receipt.cached for receipt in scene.receipts] == [False, True]

        gateway.run(story)
        assert len(upstream.requests) == 1


def test_a_fallbacks_answer_is_not_kept(gateway: "GatewayTest") -> None:
    with (
        ScriptedUpstream([failure(500), answer("first")]) as one,
        ScriptedUpstream(then=answer("second")) as two,
    ):
        gateway.target("one", one)
        gateway.target("two", two)
        gateway.route("extract", "one", "two", cache_ttl_s=300)

        async def story(scene: "Scene") -> None:
            texts = [(await scene.chat("extract")).json()["choices"][0]["message"]["content"] for _ in "12"]
            assert texts == ["second", "first"]

        gateway.run(story)


def test_a_guard_refuses_before_anybody_is_asked_and_repeats_nothing(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("never")) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small", input_guards=["secrets"])
        gateway.settings["guards"] = {
            "secrets": {"kind": "forbidden_patterns", "options": {"patterns": ["hush"]}}
        }

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract", messages=[{"role": "user", "content": "hush hush"}])
            assert (reply.status_code, reply.json()["error"]["code"]) == (400, "guard_refused")
            [receipt] = scene.receipts
            assert (receipt.target, receipt.error_code, receipt.cost_usd) == ("none", "guard_refused", "0")
            assert "hush" not in str(receipt.error)

        gateway.run(story)
        assert upstream.requests == ()


def test_an_answer_that_breaks_its_routes_rule_is_asked_of_the_next_target(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("a sure profit")) as one, ScriptedUpstream(then=answer("fine")) as two:
        gateway.target("one", one)
        gateway.target("two", two)
        gateway.route("extract", "one", "two", output_guards=["claims"])
        gateway.settings["guards"] = {
            "claims": {"kind": "forbidden_patterns", "options": {"patterns": ["sure profit"]}}
        }

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            assert reply.json()["choices"][0]["message"]["content"] == "fine"
            assert [receipt.error_code for receipt in scene.receipts] == ["output_rejected", None]

        gateway.run(story)


def test_embeddings_are_given_again_text_by_text(gateway: "GatewayTest") -> None:
    def vectors(request: "RecordedRequest") -> "ScriptedReply":
        rows = [
            {"object": "embedding", "index": at, "embedding": [float(len(text))]}
            for at, text in enumerate(request.json["input"])
        ]
        usage = {"prompt_tokens": len(rows), "total_tokens": len(rows)}
        body = {"object": "list", "model": "text-embedding-3-small", "data": rows, "usage": usage}
        return answer("", body=json.dumps(body).encode())

    with ScriptedUpstream(then=vectors) as upstream:
        gateway.target("vectors", upstream, model="text-embedding-3-small")
        gateway.route("embed", "vectors")

        async def story(scene: "Scene") -> None:
            async def embed(*texts: str) -> list[list[float]]:
                body = {"model": "embed", "input": list(texts)}
                reply = await scene.client.post("/v1/embeddings", json=body)
                return [row["embedding"] for row in reply.json()["data"]]

            assert await embed("a", "bb") == [[1.0], [2.0]]
            assert await embed("ccc", "bb", "a") == [[3.0], [2.0], [1.0]]
            assert await embed("a", "ccc") == [[1.0], [3.0]]
            assert [receipt.cached for receipt in scene.receipts] == [False, False, True]

        gateway.run(story)
        assert [request.json["input"] for request in upstream.requests] == [["a", "bb"], ["ccc"]]


def test_while_receipts_cannot_be_written_nobody_is_asked(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        gateway.target("small", upstream)
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            folder = scene.data_dir / "receipts"
            shutil.rmtree(folder)
            folder.write_text("in the way", encoding="utf-8")
            assert [(await scene.chat("extract")).status_code for _ in range(3)] == [507, 507, 507]
            assert len(upstream.requests) == 1  # the first could not know
            ready = await scene.client.get("/readyz")
            assert ready.status_code == 503
            assert "receipts" in ready.json()["reasons"][0]

            folder.unlink()
            await scene.tick()
            assert (await scene.client.get("/readyz")).status_code == 200
            assert (await scene.chat("extract")).status_code == 200
            assert len(scene.receipts) == 1

        gateway.run(story)


def test_a_passed_through_client_sees_its_providers_models(gateway: "GatewayTest") -> None:
    with ScriptedUpstream() as upstream:
        gateway.settings["passthrough"] = {"openai": {"base_url": upstream.base_url}}

        async def story(scene: "Scene") -> None:
            headers = {"authorization": "Bearer sk-mine"}
            rows = (await scene.client.get("/v1/models", headers=headers)).json()["data"]
            assert [row["id"] for row in rows] == ["scripted-1"]

        gateway.run(story)


def test_a_request_that_cannot_be_read_is_refused_with_a_receipt(gateway: "GatewayTest") -> None:
    bodies = [b"{", b"[]", b'{"model": 1}', b'{"model": "x"}', b"\xff\xfe", b'{"model":"x","messages":[1]}']

    async def story(scene: "Scene") -> None:
        for path in ("/v1/chat/completions", "/v1/messages", "/v1/embeddings"):
            for body in bodies:
                reply = await scene.client.post(path, content=body)
                assert reply.status_code == 400, (path, body, reply.text)
                kind = reply.json()["error"]["type"]
                assert kind == "invalid_request_error"
        assert len(scene.receipts) == 3 * len(bodies)
        assert {receipt.provider for receipt in scene.receipts} == {"none"}

    gateway.run(story)


def test_a_header_of_ours_that_is_no_name_is_refused(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        headers = {"x-watchkeeper-workload": "x" * 201}
        reply = await scene.client.post("/v1/chat/completions", json={"model": "m", **HI}, headers=headers)
        assert reply.status_code == 400
        assert "x-watchkeeper-workload" in reply.json()["error"]["message"]

    gateway.run(story)


def test_a_callers_trace_and_labels_reach_its_receipt_and_its_provider(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        gateway.target("small", upstream)
        trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

        async def story(scene: "Scene") -> None:
            headers = {
                "traceparent": f"00-{trace}-{span}-01",
                "x-watchkeeper-workload": "stock-research",
                "x-watchkeeper-run": "RUN_1767225600",
                "x-watchkeeper-item": "AAPL",
                "x-watchkeeper-agent": "hook",
                "x-watchkeeper-release": "green-7",
            }
            await scene.client.post("/v1/chat/completions", json={"model": "small", **HI}, headers=headers)
            [receipt] = scene.receipts
            assert (receipt.trace_id, receipt.parent_span_id) == (trace, span)
            assert (receipt.workload, receipt.run_id, receipt.item_id) == (
                "stock-research",
                "RUN_1767225600",
                "AAPL",
            )
            assert (receipt.agent, receipt.release) == ("hook", "green-7")
            assert upstream.requests[0].headers["traceparent"] == f"00-{trace}-{receipt.span_id}-01"

        gateway.run(story)


def test_a_call_in_an_experiment_says_so_in_its_receipt_and_its_subject_by_a_hash(
    gateway: "GatewayTest",
) -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            who = {"x-watchkeeper-subject": "ada@example.org"}
            headers = {**who, "x-watchkeeper-experiment": "tone", "x-watchkeeper-arm": "warm"}
            await scene.client.post("/v1/chat/completions", json={"model": "small", **HI}, headers=headers)
            await scene.client.post("/v1/chat/completions", json={"model": "small", **HI}, headers=who)
            within, without = scene.receipts
            assert (within.experiment, within.arm) == ("tone", "warm")
            assert within.subject_sha256 == hashlib.sha256(b"ada@example.org").hexdigest()
            assert span_of_receipt(within).attributes == {
                "watchkeeper.experiment": "tone",
                "watchkeeper.arm": "warm",
                "watchkeeper.subject_sha256": within.subject_sha256,
            }
            assert (without.experiment, without.arm, without.subject_sha256) == (None, None, None)
            headers = {"x-watchkeeper-experiment": "tone"}
            half = await scene.client.post("/v1/chat/completions", json={"model": "small"}, headers=headers)
            assert half.status_code == 400
            assert "names no arm" in half.json()["error"]["message"]

        gateway.run(story)


def test_a_gateway_under_a_hard_limit_is_not_ready_before_it_was_lent_money(gateway: "GatewayTest") -> None:
    gateway.settings["budgets"] = [{"name": "all", "per": "month", "limit_usd": "1", "hard": True}]

    async def story(scene: "Scene") -> None:
        ready = await scene.client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["reasons"] == ["budgets: the bank has lent nothing yet"]

    gateway.run(story)


def test_a_call_ends_with_the_error_its_last_receipt_tells(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(500)) as ill:
        gateway.target("one", ill, breaker={"failures": 1, "recovery_s": 3600})
        gateway.route("extract", "one", retries=2)

        async def story(scene: "Scene") -> None:
            reply = await scene.chat("extract")
            [receipt] = scene.receipts
            assert reply.json()["error"]["code"] == receipt.error_code == "target_server_error"

        gateway.run(story)

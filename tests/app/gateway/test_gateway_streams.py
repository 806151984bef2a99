"""Streams through the gateway: passed on as they come, and told truly where they break."""

import json
from typing import TYPE_CHECKING

from watchkeeper.testing.scripted_reply import answer, failure
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

    from watchkeeper.testing.scripted_reply import ScriptedReply

PRICED = {"priced_as": "openai"}
WORDS = "the association has long-term loans and little cash"
CUT = answer(WORDS, chunks=9, cut_after_bytes=900)
"""Breaks off after a few words."""


def test_a_stream_is_passed_on_and_priced_though_the_client_asked_for_no_usage(
    gateway: "GatewayTest",
) -> None:
    with ScriptedUpstream(then=answer(WORDS, model="gpt-4o-mini", chunks=5)) as upstream:
        gateway.target("small", upstream, **PRICED)
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("extract")
            assert streamed.text == WORDS
            assert not any(row.get("usage") for row in streamed.rows)
            assert streamed.lines[-2] == "data: [DONE]"
            [receipt] = scene.receipts
            assert streamed.last_words == {
                "receipt": receipt.receipt_id,
                "target": "small",
                "cost_usd": "0.0000045",
                "degraded": False,
            }
            assert (receipt.stream, receipt.finish_reason, receipt.cost_usd) == (True, "stop", "0.0000045")
            assert receipt.ttft_ms is not None

        gateway.run(story)
        assert upstream.requests[0].json["stream_options"] == {"include_usage": True}


def test_a_client_that_asks_for_usage_sees_it(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer(WORDS)) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("small", stream_options={"include_usage": True})
            assert next(row["usage"] for row in streamed.rows if row.get("usage"))["prompt_tokens"] == 10

        gateway.run(story)


def test_a_target_that_fails_before_its_first_event_is_replaced(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=failure(503)) as ill, ScriptedUpstream(then=answer(WORDS)) as well:
        gateway.target("one", ill)
        gateway.target("two", well)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("extract")
            assert streamed.text == WORDS
            assert streamed.last_words["target"] == "two"
            assert streamed.last_words["degraded"] is True

        gateway.run(story)


def test_a_stream_that_breaks_off_ends_with_a_typed_error_and_never_as_a_success(
    gateway: "GatewayTest",
) -> None:
    with ScriptedUpstream(then=CUT) as upstream, ScriptedUpstream(then=answer("never")) as other:
        gateway.target("one", upstream, **PRICED)
        gateway.target("two", other)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("extract")
            assert WORDS.startswith(streamed.text)
            assert 0 < len(streamed.text) < len(WORDS)
            assert streamed.rows[-1]["error"]["code"] == "target_unreachable"
            assert "data: [DONE]" not in streamed.lines
            [receipt] = scene.receipts
            assert (receipt.error_code, receipt.cost_usd) == ("target_unreachable", None)

        gateway.run(story)
        assert other.requests == ()


def test_a_target_that_continues_goes_on_where_the_first_broke_off(gateway: "GatewayTest") -> None:
    def rest(request: RecordedRequest) -> "ScriptedReply":
        last = request.json["messages"][-1]
        assert last["role"] == "assistant"
        return answer(WORDS.removeprefix(last["content"]), chunks=3)

    with ScriptedUpstream(then=CUT) as broken, ScriptedUpstream(then=rest) as other:
        gateway.target("one", broken, **PRICED)
        gateway.target("two", other, continues="prefix", **PRICED)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("extract")
            assert streamed.text == WORDS
            assert not any("error" in row for row in streamed.rows)
            assert len({row["id"] for row in streamed.rows}) == 1
            assert streamed.lines[-2] == "data: [DONE]"
            first, second = scene.receipts
            assert (first.target, first.error_code) == ("one", "target_unreachable")
            assert (second.target, second.error, second.degraded) == ("two", None, True)
            assert second.parent_receipt_id == first.receipt_id

        gateway.run(story)


def test_an_answer_with_tools_is_never_continued(gateway: "GatewayTest") -> None:
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]
    with ScriptedUpstream(then=CUT) as broken, ScriptedUpstream(then=answer("never")) as other:
        gateway.target("one", broken)
        gateway.target("two", other, continues="prefix")
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            streamed = await scene.stream("extract", tools=tools)
            assert "error" in streamed.rows[-1]

        gateway.run(story)
        assert other.requests == ()


def test_an_error_inside_the_stream_counts_as_one(gateway: "GatewayTest") -> None:
    words = json.dumps({"error": {"message": "overloaded", "type": "server_error", "code": "overloaded"}})
    ill = answer("", body=f"data: {words}\n\n".encode(), headers={"Content-Type": "text/event-stream"})
    with ScriptedUpstream(then=ill) as broken, ScriptedUpstream(then=answer(WORDS)) as well:
        gateway.target("one", broken)
        gateway.target("two", well)
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            assert (await scene.stream("extract")).text == WORDS
            assert scene.receipts[0].error_code == "target_server_error"

        gateway.run(story)


def test_a_stream_from_a_target_of_the_other_dialect_is_the_clients_own(gateway: "GatewayTest") -> None:
    with ScriptedUpstream(then=answer(WORDS, chunks=4)) as upstream:
        gateway.target("small", upstream, **PRICED)
        gateway.route("extract", "small")

        async def story(scene: "Scene") -> None:
            body = {
                "model": "extract",
                "max_tokens": 100,
                "stream": True,
                "messages": [{"role": "user", "content": "hi"}],
            }
            reply = await scene.client.post("/v1/messages", json=body)
            rows = [json.loads(line[6:]) for line in reply.text.split("\n") if line.startswith("data: ")]
            kinds = [row["type"] for row in rows]
            assert kinds[0] == "message_start"
            assert kinds[-1] == "message_stop"
            deltas = [row["delta"] for row in rows if row["type"] == "content_block_delta"]
            assert "".join(delta["text"] for delta in deltas) == WORDS
            usage = next(row["usage"] for row in rows if row["type"] == "message_delta")
            assert usage["output_tokens"] == 5

        gateway.run(story)


def test_what_came_in_one_read_with_a_failure_is_delivered_before_it(gateway: "GatewayTest") -> None:
    chunks = [
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": word}}]}
        for word in ("one ", "two ")
    ]
    events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    broken = answer("", body=(events + 'data: {"id\n\n').encode())
    with ScriptedUpstream(then=broken) as first, ScriptedUpstream(then=answer("three")) as second:
        gateway.target("one", first)
        gateway.target("two", second, continues="prefix")
        gateway.route("extract", "one", "two")

        async def story(scene: "Scene") -> None:
            assert (await scene.stream("extract")).text == "one two three"
            assert scene.receipts[0].error_code == "malformed_reply"

        gateway.run(story)
        assert second.requests[0].json["messages"][-1] == {"role": "assistant", "content": "one two "}

"""The scripted upstream: what users of `watchkeeper.testing` may rely on."""

import json

import httpx
import pytest

from watchkeeper.testing.scripted_reply import answer, dropped, failure, garbage, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream, refusing_base_url

ASK = {"model": "scripted-1", "messages": [{"role": "user", "content": "hello"}]}


def ask(upstream: ScriptedUpstream, **fields: object) -> httpx.Response:
    return httpx.post(f"{upstream.base_url}/chat/completions", json={**ASK, **fields}, trust_env=False)


def test_answers_come_in_the_order_of_the_script_and_requests_are_kept() -> None:
    with ScriptedUpstream([answer("one"), json_answer({"n": 2})]) as upstream:
        texts = [ask(upstream).json()["choices"][0]["message"]["content"] for _ in range(2)]
        models = httpx.get(f"{upstream.base_url}/models", trust_env=False).json()
        elsewhere = httpx.get(f"{upstream.base_url}/nothing", trust_env=False)

    assert texts == ["one", '{"n": 2}']
    assert [request.method for request in upstream.requests] == ["POST", "POST", "GET", "GET"]
    assert upstream.requests[0].json == ASK
    assert models["data"][0]["id"] == "scripted-1"
    assert elsewhere.status_code == 404


def test_a_script_at_its_end_says_so_unless_told_how_to_go_on() -> None:
    with ScriptedUpstream() as upstream:
        assert ask(upstream).json()["error"]["code"] == "script_ended"
    with ScriptedUpstream(then=answer("again")) as upstream:
        assert [ask(upstream).status_code for _ in range(3)] == [200, 200, 200]


def test_a_step_may_look_at_the_request() -> None:
    def shout(request: RecordedRequest) -> object:
        return answer(request.json["messages"][0]["content"].upper())

    with ScriptedUpstream(then=shout) as upstream:  # type: ignore[arg-type]
        assert ask(upstream).json()["choices"][0]["message"]["content"] == "HELLO"


def test_two_runs_of_a_script_are_equal_to_the_byte() -> None:
    def bodies() -> list[bytes]:
        with ScriptedUpstream([answer("a"), failure(503, retry_after=2), garbage()]) as upstream:
            return [ask(upstream).content for _ in range(3)]

    assert bodies() == bodies()


def test_a_failure_carries_status_code_and_retry_after() -> None:
    with ScriptedUpstream([failure(429, code="rate_limit_exceeded", retry_after=2)]) as upstream:
        response = ask(upstream)
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")
    assert response.json()["error"]["code"] == "rate_limit_exceeded"


def events_of(text: str) -> list[str]:
    return [event.removeprefix("data: ") for event in text.split("\n\n") if event]


def test_a_stream_comes_in_pieces_with_usage_where_asked() -> None:
    with ScriptedUpstream(then=answer("hello world", chunks=4)) as upstream:
        events = events_of(ask(upstream, stream=True, stream_options={"include_usage": True}).text)
        without = events_of(ask(upstream, stream=True).text)

    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    pieces = [c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"]]
    assert "".join(pieces) == "hello world"
    assert len([piece for piece in pieces if piece]) == 4
    assert chunks[-1]["usage"]["completion_tokens"] == 5
    assert all("usage" not in event for event in without)


@pytest.mark.parametrize("stream", [False, True])
def test_a_connection_can_be_cut_in_the_middle(stream: bool) -> None:
    with (
        ScriptedUpstream([answer("hello world", cut_after_bytes=300 if stream else 30)]) as upstream,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        ask(upstream, stream=stream)


def test_a_connection_can_be_dropped_or_refused() -> None:
    with ScriptedUpstream([dropped()]) as upstream, pytest.raises(httpx.RemoteProtocolError):
        ask(upstream)
    with refusing_base_url() as base_url, pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/models", trust_env=False)


def test_bytes_can_drip() -> None:
    with ScriptedUpstream([garbage(b"{}", byte_delay_s=0.01)]) as upstream:
        assert ask(upstream).content == b"{}"


def test_stopping_ends_every_silence_and_every_open_connection() -> None:
    upstream = ScriptedUpstream([answer("never", delay_s=3600)])
    upstream.start()
    with httpx.Client(trust_env=False) as client:
        client.get(f"{upstream.base_url}/models")  # kept alive, and idle when the server stops
        with pytest.raises(httpx.TimeoutException):
            httpx.post(f"{upstream.base_url}/chat/completions", json=ASK, timeout=0.2, trust_env=False)
        upstream.stop()


def test_an_upstream_that_does_not_run_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="with"):
        _ = ScriptedUpstream().base_url

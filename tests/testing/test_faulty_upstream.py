"""The fast provider: vendors' own clients speak with it, it fails as seeded, and it counts truly."""

from collections.abc import Iterator

import anthropic
import httpx
import openai
import pytest

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.provider.plan import Fault, ProviderPlan, plan_of_json
from watchkeeper.testing.provider.said import foretold

HI = [{"role": "user", "content": "hi there"}]
TOOL_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.fixture(scope="module")
def running() -> Iterator[FaultyUpstream]:
    with FaultyUpstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(running: FaultyUpstream) -> FaultyUpstream:
    running.use(ProviderPlan())
    running.reset()
    return running


def openai_client(upstream: FaultyUpstream) -> openai.OpenAI:
    return openai.OpenAI(base_url=upstream.openai_url, api_key="sk-test", max_retries=0)


def anthropic_client(upstream: FaultyUpstream) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=upstream.url, api_key="sk-ant-test", max_retries=0)


def test_openais_client_gets_the_answer_that_was_foretold_whole_and_streamed(
    upstream: FaultyUpstream,
) -> None:
    with openai_client(upstream) as client:
        whole = client.chat.completions.create(model="m", messages=HI)
        stream = client.chat.completions.create(
            model="m", messages=HI, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
    assert whole.choices[0].message.content == foretold("hi", 20)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == foretold("hi", 20)
    assert whole.usage is not None
    assert whole.usage.completion_tokens == chunks[-1].usage.completion_tokens == 20


def test_anthropics_client_gets_the_answer_that_was_foretold_whole_and_streamed(
    upstream: FaultyUpstream,
) -> None:
    with anthropic_client(upstream) as client:
        whole = client.messages.create(model="m", max_tokens=50, messages=HI)
        with client.messages.stream(model="m", max_tokens=50, messages=HI) as stream:
            streamed = stream.get_final_message()
    assert whole.content[0].text == streamed.content[0].text == foretold("hi", 20)
    assert whole.usage.output_tokens == streamed.usage.output_tokens == 20
    assert (whole.stop_reason, streamed.stop_reason) == ("end_turn", "end_turn")


def test_an_answer_is_no_longer_than_asked_for(upstream: FaultyUpstream) -> None:
    with openai_client(upstream) as client:
        reply = client.chat.completions.create(model="m", messages=HI, max_tokens=3)
    assert reply.choices[0].message.content == "hi w1 w2"
    assert reply.choices[0].finish_reason == "length"
    assert upstream.counts().billed["m"].output_tokens == 3


def test_the_first_tool_is_called_with_arguments_that_fit_its_schema(upstream: FaultyUpstream) -> None:
    function = {"name": "weather", "parameters": TOOL_SCHEMA}
    with openai_client(upstream) as client:
        reply = client.chat.completions.create(
            model="m", messages=HI, tools=[{"type": "function", "function": function}]
        )
    [call] = reply.choices[0].message.tool_calls
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"text"}')
    with anthropic_client(upstream) as client:
        tools = [{"name": "weather", "input_schema": TOOL_SCHEMA}]
        with client.messages.stream(model="m", max_tokens=50, messages=HI, tools=tools) as stream:
            [block] = stream.get_final_message().content
    assert (block.name, block.input) == ("weather", {"city": "text"})


def test_words_of_the_assistants_are_gone_on_after(upstream: FaultyUpstream) -> None:
    whole = foretold("hi", 20)
    prefix = whole[:11]
    with openai_client(upstream) as client:
        messages = [*HI, {"role": "assistant", "content": prefix}]
        reply = client.chat.completions.create(model="m", messages=messages)
    assert prefix + str(reply.choices[0].message.content) == whole


def post(upstream: FaultyUpstream, *, stream: bool = False) -> httpx.Response:
    body = {"model": "m", "messages": HI, "stream": stream}
    return httpx.post(f"{upstream.openai_url}/chat/completions", json=body, trust_env=False, timeout=10)


def all_fail(fault: Fault, **fields: object) -> ProviderPlan:
    return ProviderPlan(faults={fault: 1.0}, **fields)


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.RATE_LIMITED, 429), (Fault.SERVER_ERROR, 500), (Fault.UNAVAILABLE, 503)]
)
def test_errors_have_their_status_and_are_not_billed(
    upstream: FaultyUpstream, fault: Fault, status: int
) -> None:
    upstream.use(all_fail(fault, retry_after_s=7))
    reply = post(upstream)
    assert reply.status_code == status
    assert reply.headers.get("retry-after") == ("7" if status == 429 else None)
    assert upstream.counts().billed == {}


BREAKING = [Fault.RESET, Fault.STALL, Fault.HANGING, Fault.CUT, Fault.LENGTH_TOO_LONG]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", BREAKING)
def test_an_answer_that_breaks_off_is_billed_in_full(
    upstream: FaultyUpstream, fault: Fault, stream: bool
) -> None:
    upstream.use(all_fail(fault, stall_s=0.05))
    with pytest.raises(httpx.TransportError):
        post(upstream, stream=stream)
    counts = upstream.counts()
    assert counts.billed["m"].output_tokens == 20
    assert (counts.faults, counts.ended) == ({fault.value: 1}, {"cut": 1})


def test_truncated_json_is_whole_http(upstream: FaultyUpstream) -> None:
    upstream.use(all_fail(Fault.TRUNCATED_JSON))
    reply = post(upstream)
    assert reply.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        reply.json()
    streamed = post(upstream, stream=True)
    assert "[DONE]" not in streamed.text


def test_fewer_bytes_than_announced_are_more_than_a_client_reads(upstream: FaultyUpstream) -> None:
    upstream.use(all_fail(Fault.LENGTH_TOO_SHORT))
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        post(upstream).json()


def test_shares_come_out_as_seeded_and_the_same_every_time(upstream: FaultyUpstream) -> None:
    plan = ProviderPlan(seed=3, faults={Fault.SERVER_ERROR: 0.2, Fault.RATE_LIMITED: 0.3})
    seen = []
    for _ in range(2):
        upstream.use(plan)
        seen.append([post(upstream).status_code for _ in range(60)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 429, 500}
    assert 10 <= seen[0].count(200) <= 50


def test_a_model_may_have_a_plan_of_its_own(upstream: FaultyUpstream) -> None:
    upstream.use(ProviderPlan(), by_model={"m": all_fail(Fault.SERVER_ERROR)})
    assert post(upstream).status_code == 500
    with openai_client(upstream) as client:
        assert client.chat.completions.create(model="other", messages=HI).choices


def test_a_request_counts_from_its_arrival_also_when_its_client_hangs_up(upstream: FaultyUpstream) -> None:
    upstream.use(ProviderPlan(latency_s=30))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{upstream.url}/v1/messages",
            json={"model": "m", "max_tokens": 9, "messages": HI},
            headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "x-api-key": "sk-ant-mine"},
            timeout=0.3,
            trust_env=False,
        )
    billed = upstream.counts().billed["m"]
    assert (billed.requests, billed.output_tokens) == (1, 9)
    [logged] = upstream.requests()
    assert (logged.trace_id, logged.span_id) == ("a" * 32, "b" * 16)
    assert (logged.credential, logged.status, logged.billed) == ("sk-ant-mine", None, True)


def test_the_log_says_what_was_billed(upstream: FaultyUpstream) -> None:
    for stream in (False, True, False):
        post(upstream, stream=stream)
    log, counts = upstream.requests(), upstream.counts()
    assert [one.stream for one in log] == [False, True, False]
    assert {one.ended for one in log} == {"whole"}
    assert sum(one.output_tokens for one in log) == counts.billed["m"].output_tokens
    assert sum(one.input_tokens for one in log) == counts.billed["m"].input_tokens
    assert [one.number for one in upstream.requests(after=2)] == [3]
    upstream.reset()
    assert upstream.requests() == []


def test_a_request_that_is_wrong_is_refused_in_its_dialect(upstream: FaultyUpstream) -> None:
    reply = httpx.post(f"{upstream.url}/v1/messages", json={"model": "m", "messages": HI}, trust_env=False)
    assert (reply.status_code, reply.json()["type"]) == (400, "error")
    counts = upstream.counts()
    assert (counts.refused, counts.billed) == (1, {})


def test_a_plan_reads_back_as_it_was_written() -> None:
    plan = all_fail(Fault.CUT, seed=5, latency_s=0.25)
    assert plan_of_json(plan.to_json()) == plan


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="together at most 1"):
        ProviderPlan(faults={Fault.CUT: 0.7, Fault.RESET: 0.7})

"""The unmodified `anthropic` package, against targets of its own and of the other dialect."""

import asyncio
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from watchkeeper.testing.provider.said import foretold

if TYPE_CHECKING:
    from conftest import House

HI = [{"role": "user", "content": "hi there"}]
EITHER = pytest.mark.parametrize("route", ["claude", "extract"], ids=["own dialect", "other dialect"])
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"name": "weather", "description": "tells", "input_schema": CITY}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@EITHER
def test_an_answer_is_whole_counted_and_receipted(
    house: "House", anthropic_client: anthropic.Anthropic, route: str
) -> None:
    before = len(house.gateway.receipts)
    raw = anthropic_client.messages.with_raw_response.create(model=route, max_tokens=50, messages=HI)
    reply = raw.parse()
    assert [block.text for block in reply.content] == [foretold("hi", 20)]
    assert reply.stop_reason == "end_turn"
    [receipt] = house.receipts_since(before)
    assert raw.headers["x-watchkeeper-receipt"] == receipt.receipt_id
    [logged] = house.log_of([receipt])
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (logged.input_tokens, 20)
    assert (receipt.input_tokens, receipt.output_tokens) == (logged.input_tokens, 20)


@EITHER
def test_an_answer_ends_where_the_tokens_do(anthropic_client: anthropic.Anthropic, route: str) -> None:
    reply = anthropic_client.messages.create(model=route, max_tokens=3, messages=HI)
    assert (reply.content[0].text, reply.stop_reason) == ("hi w1 w2", "max_tokens")


@EITHER
def test_a_stream_is_whole(anthropic_client: anthropic.Anthropic, route: str) -> None:
    with anthropic_client.messages.stream(model=route, max_tokens=50, messages=HI) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == final.content[0].text == foretold("hi", 20)
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", 20)


@EITHER
def test_many_asynchronous_calls_at_once_each_get_their_own_answer(house: "House", route: str) -> None:
    async def story() -> None:
        url = house.gateway.url
        async with anthropic.AsyncAnthropic(base_url=url, api_key="sk-ant-mine", max_retries=0) as client:

            async def whole(name: str) -> str:
                messages: Any = [{"role": "user", "content": f"{name} please"}]
                reply = await client.messages.create(model=route, max_tokens=50, messages=messages)
                return reply.content[0].text

            async def streamed(name: str) -> str:
                messages: Any = [{"role": "user", "content": f"{name} please"}]
                async with client.messages.stream(model=route, max_tokens=50, messages=messages) as stream:
                    return await stream.get_final_text()

            names = [f"caller{n}" for n in range(8)]
            answers = await asyncio.gather(*map(whole, names), *map(streamed, names))
            assert answers == [foretold(name, 20) for name in names * 2]

    asyncio.run(story())


@EITHER
def test_a_tool_is_called_and_its_result_is_taken(anthropic_client: anthropic.Anthropic, route: str) -> None:
    first = anthropic_client.messages.create(model=route, max_tokens=50, messages=HI, tools=[WEATHER])
    assert first.stop_reason == "tool_use"
    [call] = [block for block in first.content if block.type == "tool_use"]
    assert (call.name, call.input) == ("weather", {"city": "text"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
    messages: Any = [
        *HI,
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in first.content]},
        {"role": "user", "content": [result]},
    ]
    second = anthropic_client.messages.create(model=route, max_tokens=50, messages=messages, tools=[WEATHER])
    assert second.stop_reason == "end_turn"


@EITHER
def test_a_tool_is_called_in_a_stream(anthropic_client: anthropic.Anthropic, route: str) -> None:
    with anthropic_client.messages.stream(model=route, max_tokens=50, messages=HI, tools=[WEATHER]) as stream:
        final = stream.get_final_message()
    [call] = [block for block in final.content if block.type == "tool_use"]
    assert (call.name, call.input, final.stop_reason) == ("weather", {"city": "text"}, "tool_use")


@EITHER
def test_an_image_reaches_the_provider(
    house: "House", anthropic_client: anthropic.Anthropic, route: str
) -> None:
    before = len(house.gateway.receipts)
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content: Any = [{"type": "image", "source": source}, {"type": "text", "text": "look here"}]
    reply = anthropic_client.messages.create(
        model=route, max_tokens=50, messages=[{"role": "user", "content": content}]
    )
    assert "images=1" in reply.content[0].text
    [logged] = house.log_of(house.receipts_since(before))
    assert PIXEL in str(logged.body)


@EITHER
def test_the_system_prompt_reaches_the_provider(
    house: "House", anthropic_client: anthropic.Anthropic, route: str
) -> None:
    before = len(house.gateway.receipts)
    anthropic_client.messages.create(model=route, max_tokens=50, system="be brief, owl", messages=HI)
    [logged] = house.log_of(house.receipts_since(before))
    assert "be brief, owl" in str(logged.body)


@pytest.mark.parametrize(
    ("route", "expected", "code"),
    [
        ("no-such-model", anthropic.NotFoundError, "not_found"),
        ("only-limited", anthropic.RateLimitError, "target_rate_limited"),
        ("only-limited-theirs", anthropic.RateLimitError, "target_rate_limited"),
        ("only-down", anthropic.InternalServerError, "target_server_error"),
        ("only-down-theirs", anthropic.InternalServerError, "target_server_error"),
        ("only-silent-theirs", anthropic.InternalServerError, "target_timeout"),
        ("only-garbled", anthropic.InternalServerError, "malformed_reply"),
        ("only-garbled-theirs", anthropic.InternalServerError, "malformed_reply"),
    ],
)
def test_an_error_is_raised_as_the_packages_own_type(
    house: "House",
    anthropic_client: anthropic.Anthropic,
    route: str,
    expected: type[anthropic.APIStatusError],
    code: str,
) -> None:
    before = len(house.gateway.receipts)
    with pytest.raises(expected) as raised:
        anthropic_client.messages.create(model=route, max_tokens=50, messages=HI)
    body: Any = raised.value.body
    assert (body["type"], body["error"]["code"]) == ("error", code)
    [receipt] = house.receipts_since(before)
    assert receipt.error_code == code


@pytest.mark.parametrize("route", ["spare", "spare-theirs"])
def test_the_second_target_answers_where_the_first_is_down(
    house: "House", anthropic_client: anthropic.Anthropic, route: str
) -> None:
    before = len(house.gateway.receipts)
    with anthropic_client.messages.stream(model=route, max_tokens=50, messages=HI) as stream:
        assert stream.get_final_text() == foretold("hi", 20)
    first, second = house.receipts_since(before, at_least=2)
    assert (first.target, first.error_code) == ("down", "target_server_error")
    assert (second.error, second.degraded) == (None, True)

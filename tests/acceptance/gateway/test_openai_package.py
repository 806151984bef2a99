"""The unmodified `openai` package, against targets of its own and of the other dialect."""

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

import openai
import pytest
from pydantic import BaseModel

from watchkeeper.testing.provider.said import foretold

if TYPE_CHECKING:
    from conftest import House

HI = [{"role": "user", "content": "hi there"}]
EITHER = pytest.mark.parametrize("route", ["extract", "claude"], ids=["own dialect", "other dialect"])
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "tells", "parameters": CITY}}
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


@EITHER
def test_an_answer_is_whole_counted_and_receipted(
    house: "House", openai_client: openai.OpenAI, route: str
) -> None:
    before = len(house.gateway.receipts)
    raw = openai_client.chat.completions.with_raw_response.create(model=route, messages=HI, max_tokens=50)
    reply = raw.parse()
    assert reply.choices[0].message.content == foretold("hi", 20)
    assert reply.choices[0].finish_reason == "stop"
    [receipt] = house.receipts_since(before)
    assert raw.headers["x-watchkeeper-receipt"] == receipt.receipt_id
    assert raw.headers["x-watchkeeper-cost-usd"] == receipt.cost_usd
    [logged] = house.log_of([receipt])
    assert reply.usage is not None
    counted = (reply.usage.prompt_tokens, reply.usage.completion_tokens)
    assert counted == (logged.input_tokens, logged.output_tokens)
    assert counted == (receipt.input_tokens, receipt.output_tokens)


@EITHER
def test_a_stream_is_whole_and_ends_with_usage_where_asked(openai_client: openai.OpenAI, route: str) -> None:
    stream = openai_client.chat.completions.create(
        model=route, messages=HI, max_tokens=50, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == foretold("hi", 20)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 20


@EITHER
def test_a_client_that_did_not_ask_for_usage_is_not_sent_it(openai_client: openai.OpenAI, route: str) -> None:
    chunks = list(openai_client.chat.completions.create(model=route, messages=HI, stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


@EITHER
def test_many_asynchronous_calls_at_once_each_get_their_own_answer(house: "House", route: str) -> None:
    async def story() -> None:
        url = house.gateway.openai_url
        async with openai.AsyncOpenAI(base_url=url, api_key="sk-mine", max_retries=0) as client:

            async def whole(name: str) -> str | None:
                messages: Any = [{"role": "user", "content": f"{name} please"}]
                reply = await client.chat.completions.create(model=route, messages=messages)
                return reply.choices[0].message.content

            async def streamed(name: str) -> str:
                messages: Any = [{"role": "user", "content": f"{name} please"}]
                stream = await client.chat.completions.create(model=route, messages=messages, stream=True)
                return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

            names = [f"caller{n}" for n in range(8)]
            answers = await asyncio.gather(*map(whole, names), *map(streamed, names))
            assert answers == [foretold(name, 20) for name in names * 2]

    asyncio.run(story())


@EITHER
def test_a_tool_is_called_and_its_result_is_taken(openai_client: openai.OpenAI, route: str) -> None:
    first = openai_client.chat.completions.create(model=route, messages=HI, tools=[WEATHER])
    assert first.choices[0].finish_reason == "tool_calls"
    message = first.choices[0].message
    [call] = message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "text"})
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    messages: Any = [*HI, message.model_dump(exclude_none=True), result]
    second = openai_client.chat.completions.create(model=route, messages=messages, tools=[WEATHER])
    assert second.choices[0].message.content == foretold("hi", 20)


@EITHER
def test_a_tool_is_called_in_a_stream(openai_client: openai.OpenAI, route: str) -> None:
    with openai_client.chat.completions.stream(model=route, messages=HI, tools=[WEATHER]) as stream:
        final = stream.get_final_completion()
    [call] = final.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "text"})
    assert final.choices[0].finish_reason == "tool_calls"


@EITHER
def test_an_image_reaches_the_provider(house: "House", openai_client: openai.OpenAI, route: str) -> None:
    before = len(house.gateway.receipts)
    content = [
        {"type": "text", "text": "look here"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
    ]
    reply = openai_client.chat.completions.create(
        model=route, messages=[{"role": "user", "content": content}]
    )
    assert "images=1" in str(reply.choices[0].message.content)
    [logged] = house.log_of(house.receipts_since(before))
    assert PIXEL in str(logged.body)


class Weather(BaseModel):
    city: str
    degrees: float


@EITHER
def test_an_answer_fits_the_json_schema_asked_for(openai_client: openai.OpenAI, route: str) -> None:
    reply = openai_client.chat.completions.parse(model=route, messages=HI, response_format=Weather)
    assert reply.choices[0].message.parsed == Weather(city="text", degrees=1.5)


def test_several_choices_are_passed_on_and_counted(openai_client: openai.OpenAI) -> None:
    reply = openai_client.chat.completions.create(model="extract", messages=HI, n=3)
    assert [choice.message.content for choice in reply.choices] == [foretold("hi", 20)] * 3
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 60


def test_texts_are_embedded_in_their_order(openai_client: openai.OpenAI) -> None:
    reply = openai_client.embeddings.create(
        model="extract", input=["first", "second"], encoding_format="float"
    )
    assert [row.embedding.index(1.0) for row in reply.data] == [0, 1]


def test_routes_and_targets_are_the_models(openai_client: openai.OpenAI) -> None:
    names = {model.id for model in openai_client.models.list()}
    assert {"extract", "claude", "well", "well-theirs"} <= names


ERRORS: list[tuple[str, type[openai.APIStatusError], str]] = [
    ("no-such-model", openai.NotFoundError, "not_found"),
    ("only-limited", openai.RateLimitError, "target_rate_limited"),
    ("only-limited-theirs", openai.RateLimitError, "target_rate_limited"),
    ("only-down", openai.InternalServerError, "target_server_error"),
    ("only-down-theirs", openai.InternalServerError, "target_server_error"),
    ("only-silent", openai.InternalServerError, "target_timeout"),
    ("only-garbled", openai.InternalServerError, "malformed_reply"),
    ("only-garbled-theirs", openai.InternalServerError, "malformed_reply"),
]


@pytest.mark.parametrize(
    ("route", "expected", "code", "stream"),
    [
        (*error, stream)
        for error in ERRORS
        for stream in (False, True)
        # A stream that is garbled half-way has begun: that is a story of broken streams.
        if not (stream and "garbled" in error[0])
    ],
)
def test_an_error_is_raised_as_the_packages_own_type(
    house: "House",
    openai_client: openai.OpenAI,
    route: str,
    expected: type[openai.APIStatusError],
    code: str,
    stream: bool,
) -> None:
    before = len(house.gateway.receipts)
    with pytest.raises(expected) as raised:
        openai_client.chat.completions.create(model=route, messages=HI, stream=stream)
    assert raised.value.code == code
    [receipt] = house.receipts_since(before)
    assert receipt.error_code == code
    if expected is openai.RateLimitError:
        assert int(raised.value.response.headers["retry-after"]) >= 30


def test_a_wrong_request_is_refused_with_the_field_that_is_wrong(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        openai_client.chat.completions.create(model="extract", messages="hi")
    assert raised.value.param == "messages"


@pytest.mark.parametrize("route", ["spare", "spare-theirs"])
@pytest.mark.parametrize("stream", [False, True])
def test_the_second_target_answers_where_the_first_is_down(
    house: "House", openai_client: openai.OpenAI, route: str, stream: bool
) -> None:
    before = len(house.gateway.receipts)
    reply = openai_client.chat.completions.create(model=route, messages=HI, stream=stream)
    text = (
        "".join(chunk.choices[0].delta.content or "" for chunk in reply if chunk.choices)
        if stream
        else reply.choices[0].message.content
    )
    assert text == foretold("hi", 20)
    first, second = house.receipts_since(before, at_least=2)
    assert (first.target, first.http_status, first.error_code) == ("down", 503, "target_server_error")
    assert (second.error, second.degraded, second.parent_receipt_id) == (None, True, first.receipt_id)

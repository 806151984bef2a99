"""A client of either dialect reaches a target of either, and nothing is lost in silence."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidFieldError, MalformedReplyError
from watchkeeper.gateway.dialects import (
    Dialect,
    Operation,
    SseReader,
    StreamFacts,
    StreamTranslator,
    read_reply,
    read_request,
    translate_reply,
    translate_request,
)

OPENAI, ANTHROPIC = Dialect.OPENAI, Dialect.ANTHROPIC
PIXEL = "iVBORw0KGgo="
SCHEMA = {"type": "object", "properties": {"assets": {"type": "integer"}}}
TOOL = {"type": "function", "function": {"name": "find", "description": "Find it.", "parameters": SCHEMA}}


def to_anthropic(**fields: Any) -> dict[str, Any]:
    body = {"model": "extract", "messages": [{"role": "user", "content": "hello"}], **fields}
    return translate_request(body, OPENAI, ANTHROPIC, model="large-1")


def to_openai(**fields: Any) -> dict[str, Any]:
    body = {"model": "x", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}], **fields}
    return translate_request(body, ANTHROPIC, OPENAI, model="small-1")


def test_a_conversation_with_pictures_and_tools_reaches_an_anthropic_target() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q": 1}'}}
    second = {"id": "c2", "type": "function", "function": {"name": "find", "arguments": ""}}
    made = to_anthropic(
        messages=[
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                ],
            },
            {"role": "assistant", "content": None, "tool_calls": [call, second]},
            {"role": "tool", "tool_call_id": "c1", "content": "one"},
            {"role": "tool", "tool_call_id": "c2", "content": "two"},
            {"role": "user", "content": "And now?"},
        ],
        tools=[TOOL],
        tool_choice="required",
        parallel_tool_calls=False,
        max_tokens=50,
        stop="END",
        temperature=0.5,
        user="u1",
    )

    assert made == {
        "model": "large-1",
        "max_tokens": 50,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
                    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "c1", "name": "find", "input": {"q": 1}},
                    {"type": "tool_use", "id": "c2", "name": "find", "input": {}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "content": [{"type": "text", "text": "one"}],
                    },
                    {
                        "type": "tool_result",
                        "tool_use_id": "c2",
                        "content": [{"type": "text", "text": "two"}],
                    },
                    {"type": "text", "text": "And now?"},
                ],
            },
        ],
        "tools": [{"name": "find", "description": "Find it.", "input_schema": SCHEMA}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "temperature": 0.5,
        "metadata": {"user_id": "u1"},
    }


def test_a_conversation_with_pictures_and_tools_reaches_an_openai_target() -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    made = to_openai(
        system=[
            {"type": "text", "text": "Be", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "brief."},
        ],
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "Look:"}, picture]},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "I look."},
                    {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": 1}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t1", "content": "nothing", "is_error": True},
                    {"type": "text", "text": "And now?"},
                ],
            },
        ],
        tools=[{"name": "find", "input_schema": SCHEMA}],
        tool_choice={"type": "tool", "name": "find", "disable_parallel_tool_use": True},
        stop_sequences=["END"],
        stream=True,
    )

    assert made == {
        "model": "small-1",
        "max_tokens": 100,
        "messages": [
            {"role": "system", "content": "Be\n\nbrief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
                ],
            },
            {
                "role": "assistant",
                "content": "I look.",
                "tool_calls": [
                    {"id": "t1", "type": "function", "function": {"name": "find", "arguments": '{"q":1}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "t1", "content": "Error:\nnothing"},
            {"role": "user", "content": "And now?"},
        ],
        "tools": [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}],
        "tool_choice": {"type": "function", "function": {"name": "find"}},
        "parallel_tool_calls": False,
        "stop": ["END"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_target_of_the_same_dialect_gets_the_clients_fields_unchanged() -> None:
    body = {"model": "extract", "messages": [], "a_field_of_tomorrow": {"x": 1}}

    assert translate_request(body, OPENAI, OPENAI, model="m") == {**body, "model": "m"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"n": 2}, "n"),
        ({"seed": 1}, "seed"),
        ({"logprobs": True}, "logprobs"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"a_field_of_tomorrow": 1}, "a_field_of_tomorrow"),
        ({"temperature": 1.5}, "temperature"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": "x", "name": "Ada"}]}, "messages[0].name"),
        (
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]},
            "messages[0].content[0].file",
        ),
    ],
)
def test_what_an_anthropic_target_has_no_words_for_is_refused_by_name(
    fields: dict[str, object], named: str
) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        to_anthropic(**fields)

    assert refused.value.field == named


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"top_k": 5}, "top_k"),
        ({"mcp_servers": [{}]}, "mcp_servers"),
        ({"stop_sequences": list("abcde")}, "stop_sequences"),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0].type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "container_upload"}]}]},
            "messages[0].content[0]",
        ),
    ],
)
def test_what_an_openai_target_has_no_words_for_is_refused_by_name(
    fields: dict[str, object], named: str
) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        to_openai(**fields)

    assert refused.value.field == named


def test_values_that_ask_for_nothing_special_are_carried_by_leaving_them_out() -> None:
    plain = to_anthropic()

    assert to_anthropic(n=1, logprobs=False, presence_penalty=0, seed=None, store=False, top_p=1) == plain


def test_a_json_schema_becomes_a_tool_the_model_must_call_and_its_input_the_text() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "sheet", "schema": SCHEMA}}
    made = to_anthropic(response_format=wanted)
    called = {"type": "tool_use", "id": "t1", "name": made["tools"][0]["name"], "input": {"assets": 5}}
    reply = translate_reply(
        {"type": "message", "content": [called], "stop_reason": "tool_use"},
        ANTHROPIC,
        OPENAI,
        asked_model="large-1",
        created_s=1_700_000_000,
    )

    assert made["tools"][0]["input_schema"] == SCHEMA
    assert made["tool_choice"] == {"type": "tool", "name": made["tools"][0]["name"]}
    assert reply["choices"][0]["message"]["content"] == '{"assets":5}'
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert "tool_calls" not in reply["choices"][0]["message"]


def test_a_json_schema_beside_tools_becomes_an_instruction() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "sheet", "schema": SCHEMA}}
    made = to_anthropic(response_format=wanted, tools=[TOOL])

    assert [tool["name"] for tool in made["tools"]] == ["find"]
    assert '"assets"' in made["system"][0]["text"]


def test_an_anthropic_schema_becomes_a_response_format() -> None:
    made = to_openai(output_config={"format": {"type": "json_schema", "schema": SCHEMA}})

    assert made["response_format"]["json_schema"]["schema"] == SCHEMA


def test_effort_and_thinking_stand_for_each_other() -> None:
    assert to_anthropic(reasoning_effort="medium", max_tokens=8000)["thinking"] == {
        "type": "enabled",
        "budget_tokens": 4000,
    }
    assert "thinking" not in to_anthropic(reasoning_effort="low", max_tokens=100)
    thinking = {"type": "enabled", "budget_tokens": 4000}
    assert to_openai(thinking=thinking, max_tokens=8000)["reasoning_effort"] == "medium"


def test_usage_is_carried_with_what_was_cached_and_thought() -> None:
    usage = {
        "input_tokens": 3,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 40,
        "output_tokens": 17,
        "output_tokens_details": {"thinking_tokens": 10},
    }
    message = {"type": "message", "content": [{"type": "text", "text": "hi"}], "usage": usage}
    reply = translate_reply(message, ANTHROPIC, OPENAI, asked_model="m", created_s=1)

    assert reply["usage"] == {
        "prompt_tokens": 143,
        "completion_tokens": 17,
        "total_tokens": 160,
        "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 40},
        "completion_tokens_details": {"reasoning_tokens": 10},
    }
    assert translate_reply(reply, OPENAI, ANTHROPIC, asked_model="m", created_s=1)["usage"] == usage


def test_arguments_that_are_no_json_are_no_reply_for_an_anthropic_client() -> None:
    call = {"id": "c1", "function": {"name": "find", "arguments": '{"q": '}}
    body = {"choices": [{"message": {"content": None, "tool_calls": [call]}, "finish_reason": "length"}]}

    with pytest.raises(MalformedReplyError, match="arguments"):
        translate_reply(body, OPENAI, ANTHROPIC, asked_model="m", created_s=1)


def chunk(delta: dict[str, Any], reason: str | None = None, **fields: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    body = {"id": "chatcmpl-1", "model": "small-1", "choices": [choice], **fields}
    return b"data: " + orjson.dumps(body) + b"\n\n"


def event(kind: str, **fields: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps({"type": kind, **fields}) + b"\n\n"


def carried(sent: bytes, source: Dialect, to: Dialect, *, include_usage: bool = True) -> bytes:
    translator = StreamTranslator(
        source, to, asked_model="m", created_s=1_700_000_000, include_usage=include_usage
    )
    return b"".join(translator.take(one) for one in SseReader().feed(sent))


def facts_of(sent: bytes, dialect: Dialect) -> StreamFacts:
    facts = StreamFacts(dialect)
    for one in SseReader().feed(sent):
        facts.take(one)
    return facts


PIECES = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.text(min_size=1, max_size=8)),
        st.tuples(st.just("thought"), st.text(min_size=1, max_size=8)),
    ),
    max_size=10,
)
ARGUMENTS = st.lists(
    st.dictionaries(st.text(max_size=3), st.one_of(st.integers(0, 9), st.text(max_size=4)), max_size=3),
    max_size=3,
)


def openai_stream(pieces: list[tuple[str, str]], arguments: list[dict[str, Any]]) -> bytes:
    sent = chunk({"role": "assistant", "content": ""})
    for kind, text in pieces:
        sent += chunk({"content" if kind == "text" else "reasoning_content": text})
    for at, given_arguments in enumerate(arguments):
        written = orjson.dumps(given_arguments).decode()
        head = {"index": at, "id": f"c{at}", "type": "function"}
        sent += chunk({"tool_calls": [{**head, "function": {"name": "find", "arguments": ""}}]})
        for letter in written:
            sent += chunk({"tool_calls": [{"index": at, "function": {"arguments": letter}}]})
    sent += chunk({}, "tool_calls" if arguments else "stop")
    usage = {"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 6}}
    sent += b"data: " + orjson.dumps({"choices": [], "usage": usage}) + b"\n\n"
    return sent + b"data: [DONE]\n\n"


@given(pieces=PIECES, arguments=ARGUMENTS)
def test_a_stream_says_the_same_in_the_other_dialect_and_back(
    pieces: list[tuple[str, str]], arguments: list[dict[str, Any]]
) -> None:
    sent = openai_stream(pieces, arguments)
    across = carried(sent, OPENAI, ANTHROPIC)
    back = carried(across, ANTHROPIC, OPENAI)

    first, second, third = facts_of(sent, OPENAI), facts_of(across, ANTHROPIC), facts_of(back, OPENAI)
    for facts in (second, third):
        assert facts.complete
        assert (facts.text, facts.tool_calls) == (first.text, first.tool_calls)
        assert facts.finish_reason == first.finish_reason
        assert facts.reply().reasoning == first.reply().reasoning
        assert (facts.usage.input_tokens, facts.usage.output_tokens, facts.usage.cache_read_tokens) == (
            10,
            4,
            6,
        )


@given(pieces=PIECES, arguments=ARGUMENTS)
def test_a_translated_streams_blocks_begin_and_end_once_each(
    pieces: list[tuple[str, str]], arguments: list[dict[str, Any]]
) -> None:
    across = carried(openai_stream(pieces, arguments), OPENAI, ANTHROPIC)
    parsed = [orjson.loads(one.data) for one in SseReader().feed(across)]
    begun = [one["index"] for one in parsed if one["type"] == "content_block_start"]
    ended = [one["index"] for one in parsed if one["type"] == "content_block_stop"]

    assert begun == list(range(len(begun)))
    assert sorted(ended) == begun
    assert [parsed[0]["type"], parsed[-2]["type"], parsed[-1]["type"]] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]


def test_a_streamed_reply_and_a_whole_one_tell_the_same() -> None:
    sent = (
        event(
            "message_start",
            message={"id": "m1", "model": "large-1", "usage": {"input_tokens": 9, "output_tokens": 1}},
        )
        + event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        + event("ping")
        + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "hel"})
        + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "lo"})
        + event("content_block_stop", index=0)
        + event("message_delta", delta={"stop_reason": "max_tokens"}, usage={"output_tokens": 7})
        + event("message_stop")
    )
    whole = {
        "type": "message",
        "model": "large-1",
        "content": [{"type": "text", "text": "hello"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 9, "output_tokens": 7},
    }

    assert facts_of(sent, ANTHROPIC).reply() == read_reply(ANTHROPIC, whole, operation=Operation.CHAT)


def test_a_stream_without_its_end_mark_is_not_complete() -> None:
    facts = facts_of(chunk({"content": "hel"}) + chunk({}, "stop"), OPENAI)

    assert (facts.complete, facts.first_content, facts.text) == (False, True, "hel")


def test_an_error_inside_a_stream_is_told_in_the_clients_words() -> None:
    sent = event("error", error={"type": "overloaded_error", "message": "busy"})
    facts = facts_of(carried(sent, ANTHROPIC, OPENAI), OPENAI)

    assert facts_of(sent, ANTHROPIC).error is not None
    assert facts.error is not None
    assert facts.error.retryable


def test_usage_is_hidden_from_an_openai_client_that_did_not_ask() -> None:
    sent = openai_stream([("text", "hi")], [])

    assert facts_of(carried(sent, OPENAI, OPENAI, include_usage=False), OPENAI).raw_usage is None
    assert facts_of(carried(sent, OPENAI, OPENAI), OPENAI).raw_usage is not None
    across = carried(carried(sent, OPENAI, ANTHROPIC), ANTHROPIC, OPENAI, include_usage=False)
    assert facts_of(across, OPENAI).raw_usage is None


def test_tool_calls_that_come_in_turns_stay_apart() -> None:
    def piece(at: int, text: str, **more: str) -> bytes:
        return chunk(
            {
                "tool_calls": [
                    {
                        "index": at,
                        **({"id": f"c{at}"} if more else {}),
                        "function": {"arguments": text, **more},
                    }
                ]
            }
        )

    sent = piece(0, '{"a"', name="one") + piece(1, '{"b"', name="two") + piece(0, ":1}") + piece(1, ":2}")
    calls = facts_of(carried(sent + b"data: [DONE]\n\n", OPENAI, ANTHROPIC), ANTHROPIC).tool_calls

    assert [(call.name, call.arguments) for call in calls] == [("one", '{"a":1}'), ("two", '{"b":2}')]


EVENT_KEYS = [
    *(
        "type",
        "index",
        "delta",
        "choices",
        "message",
        "content_block",
        "usage",
        "error",
        "tool_calls",
        "function",
    ),
    *("content", "partial_json", "finish_reason", "text", "id", "name", "arguments"),
]
EVENT_KINDS = [
    *("content_block_delta", "content_block_start", "content_block_stop", "message_start", "message_delta"),
    *("error", "tool_use", "input_json_delta", "text_delta"),
]
ODD_EVENT = st.recursive(
    st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=5), st.sampled_from(EVENT_KINDS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(EVENT_KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(data=ODD_EVENT)
def test_whatever_an_upstream_sends_only_the_typed_error_comes_out(data: object) -> None:
    sent = b"data: " + orjson.dumps(data) + b"\n\n"
    for source, to in ((OPENAI, ANTHROPIC), (ANTHROPIC, OPENAI)):
        try:
            carried(sent, source, to)
        except MalformedReplyError:
            continue


ODD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-2, 5), st.sampled_from(["user", "tool", "text", "auto", "x"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(
                ["type", "role", "content", "text", "function", "name", "id", "source", "url", "input"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)
FIELDS = [
    *(
        "messages",
        "system",
        "tools",
        "tool_choice",
        "stop",
        "stop_sequences",
        "response_format",
        "output_config",
    ),
    *("thinking", "metadata", "service_tier", "reasoning_effort", "temperature", "max_tokens", "n", "user"),
]


@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=4),
    message=st.dictionaries(
        st.sampled_from(["content", "tool_calls", "tool_call_id", "name"]), ODD, max_size=3
    ),
    role=st.sampled_from(["user", "assistant", "tool", "system"]),
)
def test_whatever_a_client_sends_only_an_error_with_a_name_comes_out(
    fields: dict[str, Any], message: dict[str, Any], role: str
) -> None:
    body = {"model": "m", "messages": [{"role": role, **message}], **fields}
    for source, to in ((OPENAI, ANTHROPIC), (ANTHROPIC, OPENAI)):
        try:
            read_request(source, body, operation=Operation.CHAT).text()
            translate_request(body, source, to, model="m")
        except InvalidFieldError as refused:
            assert refused.field

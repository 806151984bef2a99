"""What is told of a request, and what is refused with the field's name."""

import pytest

from watchkeeper.domain.errors import InvalidFieldError
from watchkeeper.gateway.dialects import Dialect, Operation, RequestFacts, read_request

SCHEMA = {"type": "object", "properties": {"assets": {"type": "integer"}}}
HELLO = [{"role": "user", "content": "hello"}]


def openai(**fields: object) -> RequestFacts:
    return read_request(
        Dialect.OPENAI, {"model": "extract", "messages": HELLO, **fields}, operation=Operation.CHAT
    )


def anthropic(**fields: object) -> RequestFacts:
    body = {"model": "extract", "max_tokens": 50, "messages": HELLO, **fields}
    return read_request(Dialect.ANTHROPIC, body, operation=Operation.CHAT)


def test_an_openai_request_tells_what_it_asks_for() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    facts = openai(
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Look:"}, picture]},
        ],
        stream=True,
        stream_options={"include_usage": True},
        max_completion_tokens=77,
        n=2,
        tools=[{"type": "function", "function": {"name": "find"}}],
        response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}},
    )

    assert (facts.model, facts.stream, facts.include_usage) == ("extract", True, True)
    assert (facts.max_output_tokens, facts.n, facts.has_tools) == (77, 2, True)
    assert (facts.json_schema, facts.is_json_mode) == (SCHEMA, True)
    assert (facts.image_count, facts.plain_text) == (1, False)
    assert facts.text() == "Be brief.\nLook:"


def test_an_anthropic_request_tells_what_it_asks_for() -> None:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "found"}]}
    facts = anthropic(
        system=[{"type": "text", "text": "Be brief."}],
        messages=[*HELLO, {"role": "user", "content": [result]}],
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
    )

    assert (facts.max_output_tokens, facts.json_schema, facts.plain_text) == (50, SCHEMA, False)
    assert facts.text() == "Be brief.\nhello\nfound"


def test_what_is_not_said_stays_unknown() -> None:
    facts = openai()

    assert facts.max_output_tokens is None
    assert (facts.stream, facts.n, facts.json_schema, facts.plain_text) == (False, 1, None, True)


def test_embeddings_take_texts_and_tokens() -> None:
    body = {"model": "embed", "input": ["one", "two"]}

    assert read_request(Dialect.OPENAI, body, operation=Operation.EMBEDDINGS).text() == "one\ntwo"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"model": 3}, "model"),
        ({"model": ""}, "model"),
        ({"model": "a\r\nx-header: b"}, "model"),
        ({"messages": "hello"}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"role": 1}]}, "messages[0].role"),
        ({"messages": [{"role": "king", "content": ""}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [5]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content[0].text"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": []}, "stream_options"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": "9"}, "max_tokens"),
        ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
        ({"n": True}, "n"),
        ({"temperature": "hot"}, "temperature"),
        ({"stop": [1]}, "stop[0]"),
        ({"tools": {}}, "tools"),
        ({"tools": ["find"]}, "tools[0]"),
        ({"response_format": "json"}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_its_name(fields: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        openai(**fields)

    assert refused.value.field == named
    assert named in refused.value.message


@pytest.mark.parametrize("body", [None, [], "text", 3])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(InvalidFieldError, match="`body` must be an object"):
        read_request(Dialect.OPENAI, body, operation=Operation.CHAT)

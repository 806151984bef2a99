"""What is told of a reply; what the provider did not say stays unknown."""

from typing import Any

import pytest

from watchkeeper.domain.call import Usage
from watchkeeper.domain.errors import MalformedReplyError, TargetRateLimitedError, TargetRefusedError
from watchkeeper.gateway.dialects import Dialect, Operation, ReplyFacts, ToolCall, read_reply


def completion(usage: object = None, **message: Any) -> ReplyFacts:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    body = {"model": "small-1", "choices": [choice], "usage": usage}
    return read_reply(Dialect.OPENAI, body, operation=Operation.CHAT)


def message(*content: dict[str, Any], usage: object = None, stop_reason: str = "end_turn") -> ReplyFacts:
    body = {"type": "message", "model": "large-1", "content": list(content), "usage": usage}
    return read_reply(Dialect.ANTHROPIC, {**body, "stop_reason": stop_reason}, operation=Operation.CHAT)


def test_a_completion_tells_text_tools_and_tokens() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q":1}'}}
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "prompt_tokens_details": {"cached_tokens": 60},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    facts = completion(usage, content="hello", tool_calls=[call])

    assert (facts.model, facts.text, facts.finish_reason, facts.flavor) == (
        "small-1",
        "hello",
        "stop",
        "chat",
    )
    assert facts.tool_calls == (ToolCall("c1", "find", '{"q":1}'),)
    assert facts.usage == Usage(100, 20, cache_read_tokens=60, reasoning_tokens=5)
    assert facts.raw_usage == usage


def test_a_message_counts_what_came_from_the_cache_as_input() -> None:
    usage = {
        "input_tokens": 3,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 40,
        "output_tokens": 7,
    }
    facts = message({"type": "text", "text": "hello"}, usage=usage)

    assert facts.usage == Usage(143, 7, cache_read_tokens=100, cache_write_tokens=40)
    assert (facts.finish_reason, facts.provider_finish_reason) == ("stop", "end_turn")
    assert facts.flavor == "anthropic"


def test_thinking_and_tools_of_a_message_are_told_apart_from_its_text() -> None:
    facts = message(
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "one "},
        {"type": "text", "text": "two"},
        {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": "å"}},
        stop_reason="tool_use",
    )

    assert (facts.reasoning, facts.text, facts.finish_reason) == ("hm", "one two", "tool_calls")
    assert facts.tool_calls == (ToolCall("t1", "find", '{"q":"å"}'),)


def test_a_refusal_is_not_text() -> None:
    facts = completion(content=None, refusal="I will not.")

    assert (facts.text, facts.refusal) == ("", "I will not.")


@pytest.mark.parametrize("lie", [-1, 1.5, "12", True, None, 2**60])
def test_a_count_that_is_no_count_is_unknown_and_never_zero(lie: object) -> None:
    assert completion({"prompt_tokens": lie, "completion_tokens": lie}, content="x").usage == Usage()
    assert message(usage={"input_tokens": lie, "output_tokens": lie}).usage == Usage()


def test_no_usage_is_told_as_none() -> None:
    assert completion(content="x").raw_usage is None


def test_an_error_sent_as_a_reply_is_the_error_it_names() -> None:
    with pytest.raises(TargetRateLimitedError):
        read_reply(Dialect.OPENAI, {"error": {"code": 429}}, operation=Operation.CHAT)
    with pytest.raises(TargetRefusedError):
        read_reply(
            Dialect.OPENAI, {"error": {"code": "content_filter", "status": 400}}, operation=Operation.CHAT
        )


@pytest.mark.parametrize("body", [None, [], {}, {"choices": []}, {"choices": [{}]}, {"choices": "x"}])
def test_what_is_no_completion_is_refused(body: object) -> None:
    with pytest.raises(MalformedReplyError):
        read_reply(Dialect.OPENAI, body, operation=Operation.CHAT)


@pytest.mark.parametrize("body", [None, [], {}, {"content": "x"}, {"type": "error", "content": []}])
def test_what_is_no_message_is_refused(body: object) -> None:
    with pytest.raises(MalformedReplyError):
        read_reply(Dialect.ANTHROPIC, body, operation=Operation.CHAT)

"""What the gateway must know of a reply, whatever its dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.call import Usage
from watchkeeper.domain.errors import MalformedReplyError
from watchkeeper.gateway.dialects.dialect import FLAVORS, Dialect, Operation
from watchkeeper.gateway.dialects.fields import count, label
from watchkeeper.gateway.dialects.finish_reason import openai_words
from watchkeeper.gateway.dialects.json_text import compact_json
from watchkeeper.gateway.dialects.stream_failure import stream_failure
from watchkeeper.gateway.dialects.usage import usage_of

_NOTHING_KNOWN = Usage()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool a model wants called."""

    id: str | None
    name: str
    arguments: str = field(repr=False)
    """JSON, as the model wrote it; it may be broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFacts:
    """What a reply holds; the body itself stays the caller's."""

    model: str | None
    """The model that really answered; None when the provider does not say."""
    text: str = field(default="", repr=False)
    """Of the first choice, when there are several."""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    """In OpenAI's words."""
    provider_finish_reason: str | None = None
    """In the provider's own."""
    refusal: str | None = field(default=None, repr=False)
    """The words of a model that declined; not part of `text`."""
    reasoning: str = field(default="", repr=False)
    """Thinking the provider shows; not part of `text`."""
    choices: int = 1
    says_nothing: bool = False
    """Its message has no text at all, not even an empty one, and neither tool call nor refusal."""
    usage: Usage = _NOTHING_KNOWN
    raw_usage: dict[str, Any] | None = None
    """The usage block as sent, for prices; None when there is none."""
    flavor: str = "chat"
    """The shape of `raw_usage`, as `watchkeeper.gateway.ports.Pricer.cost` calls it."""


def read_reply(dialect: Dialect, body: object, *, operation: Operation) -> ReplyFacts:
    """The facts of a reply that was not streamed.

    Raises:
        MalformedReplyError: It is no reply; the message says why and repeats nothing of it.
        TargetError: It is an error after all, sent with a status that says otherwise.
    """
    if not isinstance(body, dict):
        raise malformed("it is not a JSON object")
    if isinstance(body.get("error"), dict) and not body.get("choices"):
        raise stream_failure(dialect, body)
    if dialect is Dialect.ANTHROPIC:
        return _read_message(body)
    if operation is Operation.EMBEDDINGS:
        return _read_embeddings(body)
    return _read_completion(body)


def malformed(why: str) -> MalformedReplyError:
    """The error for a reply, or an event of a stream, that is none."""
    return MalformedReplyError(
        f"the target's reply cannot be read: {why}",
        action="see that the target's base_url leads to a server of the dialect its settings name",
    )


def raw_usage_of(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The usage block as sent; None when there is none.

    OpenAI says beside it which service tier it charged by; prices need to hear that, so it is put in.
    """
    found = body.get("usage")
    if not isinstance(found, dict) or not found:
        return None
    tier = body.get("service_tier")
    return {**found, "service_tier": tier} if isinstance(tier, str) and "service_tier" not in found else found


def reasoning_of(message: Mapping[str, Any]) -> str:
    """Thinking in an OpenAI message or delta; servers differ in what they call it."""
    found = message.get("reasoning_content") or message.get("reasoning")
    return found if isinstance(found, str) else ""


def _read_completion(body: dict[str, Any]) -> ReplyFacts:
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise malformed("it has no choices")
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise malformed("its first choice has no message")
    text = openai_text(message.get("content"))
    tool_calls = _tool_calls(message)
    refusal = message.get("refusal")
    reason = label(choices[0].get("finish_reason"))
    raw = raw_usage_of(body)
    return ReplyFacts(
        model=label(body.get("model")),
        text=text,
        tool_calls=tool_calls,
        finish_reason=reason,
        provider_finish_reason=reason,
        refusal=refusal if isinstance(refusal, str) and refusal else None,
        says_nothing=message.get("content") is None and not tool_calls and not refusal,
        reasoning=reasoning_of(message),
        choices=len(choices),
        usage=usage_of(Dialect.OPENAI, raw),
        raw_usage=raw,
        flavor=FLAVORS[Dialect.OPENAI, Operation.CHAT],
    )


def openai_text(content: object) -> str:
    """The text of an OpenAI message's content: a string, nothing, or (some servers) parts.

    Raises:
        MalformedReplyError: It is something else.
    """
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if not isinstance(content, list):
        raise malformed("its message has no text")
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(text for text in texts if isinstance(text, str))


def _tool_calls(message: dict[str, Any]) -> tuple[ToolCall, ...]:
    calls = message.get("tool_calls")
    if calls is None:
        old = message.get("function_call")
        calls = [{"function": old}] if isinstance(old, dict) else []
    if not isinstance(calls, list):
        raise malformed("its tool calls are no array")
    return tuple(_tool_call(call) for call in calls)


def _tool_call(call: object) -> ToolCall:
    # `custom` tools are called with plain text where functions have JSON.
    function = call.get("function") or call.get("custom") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict):
        raise malformed("a tool call names no function")
    name, arguments = function.get("name"), function.get("arguments", function.get("input", ""))
    if not isinstance(name, str):
        raise malformed("a tool call names no function")
    if isinstance(arguments, dict):  # some servers give the object itself
        arguments = compact_json(arguments)
    identity = call.get("id")
    return ToolCall(
        identity if isinstance(identity, str) else None,
        name,
        arguments if isinstance(arguments, str) else "",
    )


def _read_message(body: dict[str, Any]) -> ReplyFacts:
    content = body.get("content")
    if body.get("type", "message") != "message" or not isinstance(content, list):
        raise malformed("it is no message: it has no content")
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[ToolCall] = []
    for block in content:
        if not isinstance(block, dict):
            raise malformed("a block of its content is no object")
        kind = block.get("type")
        if kind == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
        elif kind == "thinking" and isinstance(block.get("thinking"), str):
            thoughts.append(block["thinking"])
        elif kind == "tool_use":
            calls.append(_tool_use(block))
    reason = label(body.get("stop_reason"))
    raw = raw_usage_of(body)
    return ReplyFacts(
        model=label(body.get("model")),
        text="".join(texts),
        tool_calls=tuple(calls),
        finish_reason=openai_words(reason),
        provider_finish_reason=reason,
        reasoning="".join(thoughts),
        says_nothing=not texts and not calls,
        usage=usage_of(Dialect.ANTHROPIC, raw),
        raw_usage=raw,
        flavor=FLAVORS[Dialect.ANTHROPIC, Operation.CHAT],
    )


def _tool_use(block: dict[str, Any]) -> ToolCall:
    name, identity = block.get("name"), block.get("id")
    if not isinstance(name, str):
        raise malformed("a tool_use block names no tool")
    return ToolCall(
        identity if isinstance(identity, str) else None, name, compact_json(block.get("input") or {})
    )


def _read_embeddings(body: dict[str, Any]) -> ReplyFacts:
    data = body.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) and "embedding" in one for one in data):
        raise malformed("it holds no embeddings")
    raw = raw_usage_of(body)
    usage = usage_of(Dialect.OPENAI, raw)
    return ReplyFacts(
        model=label(body.get("model")),
        choices=len(data),
        usage=Usage(
            input_tokens=usage.input_tokens, output_tokens=count((raw or {}).get("completion_tokens"))
        ),
        raw_usage=raw,
        flavor=FLAVORS[Dialect.OPENAI, Operation.EMBEDDINGS],
    )

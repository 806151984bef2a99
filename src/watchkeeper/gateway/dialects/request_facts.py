"""What the gateway must know of a request, whatever its dialect: read without copying, checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.errors import InvalidFieldError
from watchkeeper.gateway.dialects.dialect import Dialect, Operation
from watchkeeper.gateway.dialects.fields import (
    a_string,
    an_array,
    an_object,
    optional_flag,
    optional_number,
    optional_positive,
    wrong_type,
)

_MODEL_CHARACTERS = 256
"""Longest name of a route or model that is taken; names are repeated in receipts and metrics."""
_ROLES: dict[Dialect, frozenset[str]] = {
    Dialect.OPENAI: frozenset({"system", "developer", "user", "assistant", "tool", "function"}),
    Dialect.ANTHROPIC: frozenset({"user", "assistant", "system"}),
}
_NUMBERS = ("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed")
_IMAGES = frozenset({"image_url", "image"})
_TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """What a request asks for; the body itself stays the caller's."""

    model: str
    """As asked for: a route, a target or a provider's model."""
    stream: bool = False
    include_usage: bool = False
    """The client asked for usage at the end of the stream; Anthropic's streams always carry it."""
    max_output_tokens: int | None = None
    n: int = 1
    has_tools: bool = False
    json_schema: Mapping[str, Any] | None = None
    """The schema the answer must fit."""
    is_json_mode: bool = False
    """The answer must be JSON, of whatever schema."""
    image_count: int = 0
    plain_text: bool = True
    """The messages hold text only: no image, file, sound, tool call or tool result."""
    body: Mapping[str, Any] = field(repr=False)
    """As received; not copied."""

    def text(self) -> str:
        """All text that is sent, for guards and estimates: instructions, messages, tool results, inputs.

        It is put together when asked for, each time.
        """
        return "\n".join(_texts(self.body))


def read_request(dialect: Dialect, body: object, *, operation: Operation) -> RequestFacts:
    """The facts of a request.

    Fields the gateway does not know are left to the provider.

    Args:
        dialect: Whose words the client speaks.
        body: The parsed body.
        operation: What its address asks for.

    Raises:
        InvalidFieldError: A field is missing or of the wrong type; the message names it.
    """
    if not isinstance(body, dict):
        raise wrong_type("body", "an object", body)
    model = _model(body)
    if operation is Operation.EMBEDDINGS:
        if dialect is not Dialect.OPENAI:
            raise InvalidFieldError(
                "the Anthropic dialect has no embeddings",
                field="body",
                action="post an OpenAI body to /v1/embeddings",
            )
        return _read_embeddings(model, body)
    for name in _NUMBERS:
        if name in body:
            optional_number(body, name)
    kinds = _content_kinds(body, _ROLES[dialect])
    facts = _openai_chat if dialect is Dialect.OPENAI else _anthropic_chat
    return facts(model, body, kinds)


@dataclass(slots=True)
class _Kinds:
    """What kinds of content messages hold."""

    images: int = 0
    plain_text: bool = True


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if model is None:
        raise InvalidFieldError(
            "`model` is missing", field="model", action="name a route or target; `/v1/models` lists them"
        )
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    if not model or len(model) > _MODEL_CHARACTERS or not model.isprintable():
        raise InvalidFieldError(
            f"`model` is no name: it must have 1 to {_MODEL_CHARACTERS} printable characters",
            field="model",
            action="name a route or target; `/v1/models` lists them",
        )
    return model


def _openai_chat(model: str, body: dict[str, Any], kinds: _Kinds) -> RequestFacts:
    most = optional_positive(body, "max_completion_tokens")
    if most is None:
        most = optional_positive(body, "max_tokens")
    options = body.get("stream_options")
    asked = False if options is None else an_object(options, "stream_options").get("include_usage") is True
    schema, json_mode = _response_format(body)
    _check_stop(body, "stop")
    return RequestFacts(
        model=model,
        stream=optional_flag(body, "stream") or False,
        include_usage=asked,
        max_output_tokens=most,
        n=optional_positive(body, "n") or 1,
        has_tools=_has_tools(body, "tools") or _has_tools(body, "functions"),
        json_schema=schema,
        is_json_mode=json_mode,
        image_count=kinds.images,
        plain_text=kinds.plain_text,
        body=body,
    )


def _anthropic_chat(model: str, body: dict[str, Any], kinds: _Kinds) -> RequestFacts:
    system = body.get("system")
    if system is not None and not isinstance(system, str):
        for at, block in enumerate(an_array(system, "system")):
            a_string(an_object(block, f"system[{at}]").get("type"), f"system[{at}].type")
    _check_stop(body, "stop_sequences")
    return RequestFacts(
        model=model,
        stream=optional_flag(body, "stream") or False,
        include_usage=True,
        max_output_tokens=optional_positive(body, "max_tokens"),
        has_tools=_has_tools(body, "tools"),
        json_schema=_output_format(body),
        image_count=kinds.images,
        plain_text=kinds.plain_text,
        body=body,
    )


def _read_embeddings(model: str, body: dict[str, Any]) -> RequestFacts:
    found = body.get("input")
    if not isinstance(found, str | list) or not found:
        raise wrong_type("input", "a string or an array that is not empty", found)
    if isinstance(found, list):
        for at, one in enumerate(found):
            if not isinstance(one, str | list) and type(one) is not int:
                raise wrong_type(f"input[{at}]", "a string or an array of tokens", one)
    optional_positive(body, "dimensions")
    return RequestFacts(model=model, body=body)


def _content_kinds(body: dict[str, Any], roles: frozenset[str]) -> _Kinds:
    messages = body.get("messages")
    if messages is None:
        raise InvalidFieldError("`messages` is missing", field="messages", action="give at least one message")
    if not an_array(messages, "messages"):
        raise InvalidFieldError("`messages` is empty", field="messages", action="give at least one message")
    kinds = _Kinds()
    for at, message in enumerate(messages):
        if not isinstance(message, dict):
            raise wrong_type(f"messages[{at}]", "an object", message)
        role = message.get("role")
        if not isinstance(role, str):
            raise wrong_type(f"messages[{at}].role", "a string", role)
        if role not in roles:
            raise InvalidFieldError(
                f"`messages[{at}].role` is none of {', '.join(sorted(roles))}",
                field=f"messages[{at}].role",
                action="use one of these roles",
            )
        content = message.get("content")
        if isinstance(content, list):
            _note_parts(content, f"messages[{at}].content", kinds)
        elif content is not None and not isinstance(content, str):
            raise wrong_type(f"messages[{at}].content", "a string or an array", content)
        if message.get("tool_calls") or message.get("function_call") or role in {"tool", "function"}:
            kinds.plain_text = False
    return kinds


def _note_parts(parts: list[Any], field: str, kinds: _Kinds) -> None:
    for at, part in enumerate(parts):
        if not isinstance(part, dict):
            raise wrong_type(f"{field}[{at}]", "an object", part)
        kind = part.get("type")
        if not isinstance(kind, str):
            raise wrong_type(f"{field}[{at}].type", "a string", kind)
        if kind == _TEXT:
            if not isinstance(part.get("text"), str):
                raise wrong_type(f"{field}[{at}].text", "a string", part.get("text"))
            continue
        kinds.plain_text = False
        if kind in _IMAGES:
            kinds.images += 1
        elif kind == "tool_result" and isinstance(part.get("content"), list):
            _note_parts(part["content"], f"{field}[{at}].content", kinds)


def _has_tools(body: dict[str, Any], name: str) -> bool:
    tools = body.get(name)
    if tools is None:
        return False
    for at, tool in enumerate(an_array(tools, name)):
        an_object(tool, f"{name}[{at}]")
    return bool(tools)


def _response_format(body: dict[str, Any]) -> tuple[Mapping[str, Any] | None, bool]:
    found = body.get("response_format")
    if found is None:
        return None, False
    kind = a_string(an_object(found, "response_format").get("type"), "response_format.type")
    if kind != "json_schema":
        return None, kind == "json_object"
    described = an_object(found.get("json_schema"), "response_format.json_schema")
    schema = described.get("schema")
    if schema is None:
        return None, True
    return an_object(schema, "response_format.json_schema.schema"), True


def _output_format(body: dict[str, Any]) -> Mapping[str, Any] | None:
    """Anthropic's structured output: `output_config.format`, in its beta `output_format`."""
    config = body.get("output_config")
    if config is not None:
        config = an_object(config, "output_config").get("format")
    found = config if config is not None else body.get("output_format")
    if found is None:
        return None
    if an_object(found, "output_config.format").get("type") != "json_schema":
        return None
    return an_object(found.get("schema"), "output_config.format.schema")


def _check_stop(body: dict[str, Any], field: str) -> None:
    found = body.get(field)
    if found is None or isinstance(found, str):
        return
    for at, one in enumerate(an_array(found, field)):
        a_string(one, f"{field}[{at}]")


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    for name in ("system", "input"):
        yield from _texts_of(body.get(name))
    for message in body.get("messages") or ():
        yield from _texts_of(message.get("content"))
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            function = call.get("function") if isinstance(call, dict) else None
            arguments = function.get("arguments") if isinstance(function, dict) else None
            yield from _texts_of(arguments)


def _texts_of(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, str):
                yield part
            elif isinstance(part, dict):
                yield from _texts_of(part.get("text"))
                yield from _texts_of(part.get("content"))

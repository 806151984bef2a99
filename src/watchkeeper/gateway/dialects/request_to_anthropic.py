"""An OpenAI chat request in Anthropic's words.

What has no counterpart is refused by name. Left out without a word are only: `metadata` and
`prompt_cache_*` (they change no answer), `prediction` and an image's `detail` (they change speed and
price), `reasoning_effort` where the output limit leaves no room to think, and thinking of earlier
turns (it cannot be given back without the provider's own signature). System messages move to the
front, into `system`, wherever they stood.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from watchkeeper.domain.errors import InvalidFieldError
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.effort import thinking_budget
from watchkeeper.gateway.dialects.fields import (
    a_string,
    an_array,
    an_object,
    cannot_carry,
    optional_number,
    optional_positive,
)
from watchkeeper.gateway.dialects.json_text import compact_json
from watchkeeper.gateway.dialects.media import anthropic_document, anthropic_image

ANSWER_TOOL = "watchkeeper_answer"
"""The tool a model must call where a JSON schema is asked for; its input is the answer's text."""
_ASK_JSON = "Answer with one JSON object and nothing else: no fences and no words around it."
_ASK_SCHEMA = "Your final answer must be one JSON object, without fences or words around it, that fits: "

_HARMLESS = frozenset(
    {"metadata", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "prediction"}
)
_HANDLED = frozenset({
    *("model", "messages", "max_tokens", "max_completion_tokens", "stream", "stream_options", "stop"),
    *("temperature", "top_p", "tools", "tool_choice", "parallel_tool_calls", "response_format"),
    *("reasoning_effort", "user", "safety_identifier"),
})  # fmt: skip
_NEUTRAL: dict[str, tuple[object, ...]] = {
    "n": (1,),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "store": (False,),
    "modalities": (["text"],),
    "verbosity": ("medium",),
    "service_tier": ("auto", "default"),
}
"""Values that ask for what happens anyway."""
_WHY = {
    "n": "it gives one answer a request; send the request several times",
    "functions": "they are an older form of `tools`; use `tools`",
    "function_call": "it is an older form of `tool_choice`; use `tools` and `tool_choice`",
}
_MESSAGE_FIELDS = frozenset({"role", "content", "tool_calls", "tool_call_id", "refusal"})
_MESSAGE_HARMLESS = frozenset({"reasoning_content", "reasoning", "reasoning_details", "annotations"})


def anthropic_request(body: Mapping[str, Any], *, model: str, default_max_tokens: int) -> dict[str, Any]:
    """The request in Anthropic's words.

    Args:
        body: As `read_request` has checked it.
        model: The target's model.
        default_max_tokens: Stands for the output limit where the client sets none; Anthropic needs one.

    Raises:
        InvalidFieldError: Something in it cannot be carried; the message names it.
    """
    _refuse_unknown(body)
    limit = optional_positive(body, "max_completion_tokens") or optional_positive(body, "max_tokens")
    system, messages = _conversation(body["messages"])
    made: dict[str, Any] = {"model": model, "max_tokens": limit or default_max_tokens, "messages": messages}
    if body.get("stream"):
        made["stream"] = True
    _carry_sampling(body, made)
    _carry_user(body, made)
    _carry_effort(body, made)
    _carry_tools(body, made)
    system += _carry_format(body, made)
    if system:
        made["system"] = system
    return made


def _refuse_unknown(body: Mapping[str, Any]) -> None:
    for name, found in body.items():
        if found is None or name in _HANDLED or name in _HARMLESS:
            continue
        if found in _NEUTRAL.get(name, ()):
            continue
        raise cannot_carry(name, _WHY.get(name, "it has no counterpart there"), to=Dialect.ANTHROPIC)


def _carry_sampling(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    temperature = optional_number(body, "temperature")
    if temperature is not None:
        if temperature > 1:
            raise cannot_carry("temperature", "it takes 0 to 1", to=Dialect.ANTHROPIC)
        made["temperature"] = temperature
    top_p = optional_number(body, "top_p")
    if top_p is not None and top_p != 1:
        made["top_p"] = top_p
    stop = body.get("stop")
    if stop:
        made["stop_sequences"] = [stop] if isinstance(stop, str) else stop


def _carry_user(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    user = body.get("safety_identifier") or body.get("user")
    if user is not None:
        made["metadata"] = {"user_id": a_string(user, "user")}


def _carry_effort(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    effort = body.get("reasoning_effort")
    if effort is None:
        return
    budget = thinking_budget(a_string(effort, "reasoning_effort"), max_tokens=made["max_tokens"])
    if budget is None:
        return
    if made.get("temperature", 1) != 1:
        raise cannot_carry("temperature", "a model that thinks takes only 1", to=Dialect.ANTHROPIC)
    made["thinking"] = {"type": "enabled", "budget_tokens": budget}


def _carry_tools(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    tools = body.get("tools")
    if not tools:
        return
    made["tools"] = [_tool(tool, f"tools[{at}]") for at, tool in enumerate(an_array(tools, "tools"))]
    choice = _tool_choice(body.get("tool_choice"))
    if body.get("parallel_tool_calls") is False and choice.get("type") != "none":
        choice["disable_parallel_tool_use"] = True
    if choice != {"type": "auto"}:
        if "thinking" in made and choice["type"] in {"any", "tool"}:
            why = "a model that thinks cannot be made to call a tool"
            raise cannot_carry("tool_choice", why, to=Dialect.ANTHROPIC)
        made["tool_choice"] = choice


def _tool(tool: dict[str, Any], field: str) -> dict[str, Any]:
    if tool.get("type") != "function":
        raise cannot_carry(f"{field}.type", "only function tools are known there", to=Dialect.ANTHROPIC)
    function = an_object(tool.get("function"), f"{field}.function")
    made: dict[str, Any] = {
        "name": a_string(function.get("name"), f"{field}.function.name"),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description") is not None:
        made["description"] = function["description"]
    if function.get("strict") is True:
        made["strict"] = True
    return made


def _tool_choice(found: object) -> dict[str, Any]:
    if found is None or found == "auto":
        return {"type": "auto"}
    if found == "none":
        return {"type": "none"}
    if found == "required":
        return {"type": "any"}
    choice = an_object(found, "tool_choice")
    if choice.get("type") != "function":
        why = "it knows auto, none, required and one function"
        raise cannot_carry("tool_choice", why, to=Dialect.ANTHROPIC)
    function = an_object(choice.get("function"), "tool_choice.function")
    return {"type": "tool", "name": a_string(function.get("name"), "tool_choice.function.name")}


def _carry_format(body: Mapping[str, Any], made: dict[str, Any]) -> list[dict[str, Any]]:
    """A JSON schema becomes a tool the model must call; where it may not be made to, an instruction.

    The tool holds every model to the form of JSON; it cannot stand beside the client's own tools, nor
    be forced on a model that thinks. Either way the route checks the answer against the schema.
    """
    found = body.get("response_format")
    if found is None or found.get("type") == "text":
        return []
    if found.get("type") == "json_object":
        return [_text(_ASK_JSON)]
    if found.get("type") != "json_schema":
        raise cannot_carry("response_format", "it has no counterpart there", to=Dialect.ANTHROPIC)
    described = an_object(found.get("json_schema"), "response_format.json_schema")
    schema = an_object(described.get("schema"), "response_format.json_schema.schema")
    if "tools" in made or "thinking" in made or schema.get("type") != "object":
        return [_text(_ASK_SCHEMA + compact_json(schema))]
    about = described.get("description")
    wanted = "Give the answer by calling this tool." + (f" {about}" if isinstance(about, str) else "")
    made["tools"] = [{"name": ANSWER_TOOL, "description": wanted, "input_schema": schema}]
    made["tool_choice"] = {"type": "tool", "name": ANSWER_TOOL}
    return []


def _conversation(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The system prompt's blocks, and the turns; neighbours of one role become one turn."""
    system: list[dict[str, Any]] = []
    turns: list[dict[str, Any]] = []
    for at, message in enumerate(messages):
        field = f"messages[{at}]"
        _refuse_unknown_in(message, field)
        role = message["role"]
        if role in {"system", "developer"}:
            system += _blocks(message.get("content"), f"{field}.content", role="system")
            continue
        blocks = _turn_blocks(message, field)
        spoken = "assistant" if role == "assistant" else "user"
        if turns and turns[-1]["role"] == spoken:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": spoken, "content": blocks})
    if not turns:
        raise InvalidFieldError(
            "`messages` says nothing to answer",
            field="messages",
            action="give at least one user message with text",
        )
    return system, turns


def _refuse_unknown_in(message: Mapping[str, Any], field: str) -> None:
    for name, found in message.items():
        if found is None or name in _MESSAGE_FIELDS or name in _MESSAGE_HARMLESS:
            continue
        raise cannot_carry(f"{field}.{name}", "it has no counterpart there", to=Dialect.ANTHROPIC)


def _turn_blocks(message: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    role = message["role"]
    if role == "function":
        raise cannot_carry(f"{field}.role", _WHY["functions"], to=Dialect.ANTHROPIC)
    blocks = _blocks(message.get("content"), f"{field}.content", role=role)
    if role == "tool":
        identity = a_string(message.get("tool_call_id"), f"{field}.tool_call_id")
        result: dict[str, Any] = {"type": "tool_result", "tool_use_id": identity}
        if blocks:
            result["content"] = blocks
        return [result]
    refusal = message.get("refusal")
    if role == "assistant" and isinstance(refusal, str) and refusal:
        blocks.append(_text(refusal))
    calls = message.get("tool_calls")
    if calls:
        found = enumerate(an_array(calls, f"{field}.tool_calls"))
        blocks += [_tool_use(call, f"{field}.tool_calls[{at}]") for at, call in found]
    return blocks


def _tool_use(call: object, field: str) -> dict[str, Any]:
    given = an_object(call, field)
    function = an_object(given.get("function"), f"{field}.function")
    return {
        "type": "tool_use",
        "id": a_string(given.get("id"), f"{field}.id"),
        "name": a_string(function.get("name"), f"{field}.function.name"),
        "input": _arguments(function.get("arguments"), f"{field}.function.arguments"),
    }


def _arguments(found: object, field: str) -> dict[str, Any]:
    text = a_string(found, field)
    try:
        parsed = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict):
        raise cannot_carry(field, "it must be a JSON object there", to=Dialect.ANTHROPIC)
    return parsed


def _blocks(content: object, field: str, *, role: str) -> list[dict[str, Any]]:
    """Content as blocks; empty texts, which Anthropic refuses, are left out."""
    if content is None:
        return []
    if isinstance(content, str):
        return [_text(content)] if content else []
    made = []
    for at, part in enumerate(an_array(content, field)):
        block = _block(an_object(part, f"{field}[{at}]"), f"{field}[{at}]", role=role)
        if block.get("text") != "":
            if isinstance(part.get("cache_control"), dict):  # some routers take Anthropic's here
                block["cache_control"] = part["cache_control"]
            made.append(block)
    return made


def _block(part: dict[str, Any], field: str, *, role: str) -> dict[str, Any]:
    kind = part.get("type")
    if kind == "text":
        return _text(a_string(part.get("text"), f"{field}.text"))
    if kind == "refusal":
        return _text(a_string(part.get("refusal"), f"{field}.refusal"))
    if kind == "image_url" and role in {"user", "tool"}:
        return anthropic_image(part, field)
    if kind == "file" and role in {"user", "tool"}:
        return anthropic_document(part, field)
    raise cannot_carry(field, f"a {role} message there holds no such part", to=Dialect.ANTHROPIC)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}

"""An Anthropic messages request in OpenAI's words.

What has no counterpart is refused by name. Left out without a word are only: `cache_control` (OpenAI
caches by itself), `diagnostics`, and thinking of earlier turns (a provider takes back only its own). An
image inside a tool's result follows in a user message, for a tool message holds text alone; a result
that is an error says so in its first word.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.effort import effort_of
from watchkeeper.gateway.dialects.fields import (
    a_string,
    an_array,
    an_object,
    cannot_carry,
    optional_number,
    optional_positive,
    word,
)
from watchkeeper.gateway.dialects.json_text import compact_json
from watchkeeper.gateway.dialects.media import openai_document, openai_image

_HARMLESS = frozenset({"cache_control", "diagnostics"})
_HANDLED = frozenset({
    *("model", "messages", "max_tokens", "system", "stream", "stop_sequences", "temperature", "top_p"),
    *("tools", "tool_choice", "metadata", "thinking", "output_config", "output_format", "service_tier"),
})  # fmt: skip
_NEUTRAL: dict[str, tuple[object, ...]] = {"speed": ("standard",), "mcp_servers": ([],)}
_MOST_STOPS = 4
"""OpenAI takes no more stop sequences."""
_TIERS = {"auto": "auto", "standard_only": "default"}
_EFFORTS = {"low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "xhigh"}
_SCHEMA_NAME = "answer"


def openai_request(body: Mapping[str, Any], *, model: str, output_limit_field: str) -> dict[str, Any]:
    """The request in OpenAI's words.

    Args:
        body: As `read_request` has checked it.
        model: The target's model.
        output_limit_field: How the target calls the output limit: `max_tokens` or, with OpenAI's newest
            models, `max_completion_tokens`.

    Raises:
        InvalidFieldError: Something in it cannot be carried; the message names it.
    """
    for name, found in body.items():
        if found is None or name in _HANDLED or name in _HARMLESS or found in _NEUTRAL.get(name, ()):
            continue
        raise cannot_carry(name, "it has no counterpart there", to=Dialect.OPENAI)
    made: dict[str, Any] = {"model": model, "messages": list(_messages(body))}
    limit = optional_positive(body, "max_tokens")
    if limit is not None:
        made[output_limit_field] = limit
    if body.get("stream"):
        made["stream"] = True
        made["stream_options"] = {"include_usage": True}
    _carry_sampling(body, made)
    _carry_account(body, made)
    _carry_effort(body, made)
    _carry_tools(body, made)
    _carry_format(body, made)
    return made


def _carry_sampling(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    for name in ("temperature", "top_p"):
        found = optional_number(body, name)
        if found is not None:
            made[name] = found
    stops = body.get("stop_sequences")
    if stops:
        if len(an_array(stops, "stop_sequences")) > _MOST_STOPS:
            raise cannot_carry("stop_sequences", f"it takes {_MOST_STOPS} at most", to=Dialect.OPENAI)
        made["stop"] = stops


def _carry_account(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    metadata = body.get("metadata")
    if metadata:
        user = an_object(metadata, "metadata").get("user_id")
        if user is not None:
            made["user"] = a_string(user, "metadata.user_id")
    tier = body.get("service_tier")
    if tier is not None:
        if word(tier) not in _TIERS:
            raise cannot_carry("service_tier", "it has no such tier", to=Dialect.OPENAI)
        made["service_tier"] = _TIERS[tier]


def _carry_effort(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    thinking = body.get("thinking")
    if thinking is not None and an_object(thinking, "thinking").get("type") == "enabled":
        budget = optional_positive(thinking, "budget_tokens")
        limit = optional_positive(body, "max_tokens")
        if budget is not None and limit is not None:
            made["reasoning_effort"] = effort_of(budget, max_tokens=limit)
    effort = an_object(body.get("output_config") or {}, "output_config").get("effort")
    if effort is not None:
        if word(effort) not in _EFFORTS:
            raise cannot_carry("output_config.effort", "it has no such effort", to=Dialect.OPENAI)
        made["reasoning_effort"] = _EFFORTS[effort]


def _carry_tools(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    tools = body.get("tools")
    if not tools:
        return
    made["tools"] = [_tool(tool, f"tools[{at}]") for at, tool in enumerate(an_array(tools, "tools"))]
    choice = body.get("tool_choice")
    if choice is None:
        return
    kind = word(an_object(choice, "tool_choice").get("type"))
    if kind == "tool":
        name = a_string(choice.get("name"), "tool_choice.name")
        made["tool_choice"] = {"type": "function", "function": {"name": name}}
    elif kind in {"auto", "any", "none"}:
        made["tool_choice"] = "required" if kind == "any" else kind
    else:
        raise cannot_carry("tool_choice", "it knows auto, any, none and one tool", to=Dialect.OPENAI)
    if choice.get("disable_parallel_tool_use") is True:
        made["parallel_tool_calls"] = False


def _tool(tool: dict[str, Any], field: str) -> dict[str, Any]:
    if tool.get("type") is not None and tool["type"] != "custom":
        why = "the provider itself runs this tool; only tools the client runs can be carried"
        raise cannot_carry(f"{field}.type", why, to=Dialect.OPENAI)
    function: dict[str, Any] = {
        "name": a_string(tool.get("name"), f"{field}.name"),
        "parameters": tool.get("input_schema") or {"type": "object", "properties": {}},
    }
    if tool.get("description") is not None:
        function["description"] = tool["description"]
    if tool.get("strict") is True:
        function["strict"] = True
    return {"type": "function", "function": function}


def _carry_format(body: Mapping[str, Any], made: dict[str, Any]) -> None:
    config = an_object(body.get("output_config") or {}, "output_config")
    for name in config:
        if name not in {"effort", "format"} and config[name] is not None:
            raise cannot_carry(f"output_config.{name}", "it has no counterpart there", to=Dialect.OPENAI)
    found = config.get("format") or body.get("output_format")
    if not found:
        return
    if an_object(found, "output_config.format").get("type") != "json_schema":
        raise cannot_carry("output_config.format", "it has no such format", to=Dialect.OPENAI)
    schema = an_object(found.get("schema"), "output_config.format.schema")
    described = {"name": _SCHEMA_NAME, "strict": True, "schema": schema}
    made["response_format"] = {"type": "json_schema", "json_schema": described}


def _messages(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    system = _system_text(body.get("system"), "system")
    if system:
        yield {"role": "system", "content": system}
    for at, message in enumerate(body["messages"]):
        field = f"messages[{at}].content"
        role, content = message["role"], message.get("content")
        if role == "system":
            yield {"role": "system", "content": _system_text(content, field)}
        elif isinstance(content, str):
            yield {"role": role, "content": content}
        elif role == "assistant":
            yield _assistant(an_array(content, field), field)
        else:
            yield from _user(an_array(content, field), field)


def _system_text(found: object, field: str) -> str:
    if found is None or isinstance(found, str):
        return found or ""
    blocks = enumerate(an_array(found, field))
    return "\n\n".join(
        a_string(an_object(block, f"{field}[{at}]").get("text"), f"{field}[{at}].text")
        for at, block in blocks
    )


def _assistant(blocks: list[dict[str, Any]], field: str) -> dict[str, Any]:
    texts: list[str] = []
    calls: list[dict[str, Any]] = []
    for at, block in enumerate(blocks):
        kind, where = block.get("type"), f"{field}[{at}]"
        if kind == "text":
            texts.append(a_string(block.get("text"), f"{where}.text"))
        elif kind == "tool_use":
            name = a_string(block.get("name"), f"{where}.name")
            arguments = compact_json(an_object(block.get("input"), f"{where}.input"))
            call = {"name": name, "arguments": arguments}
            identity = a_string(block.get("id"), f"{where}.id")
            calls.append({"id": identity, "type": "function", "function": call})
        elif kind not in {"thinking", "redacted_thinking"}:
            raise cannot_carry(where, "an assistant message there holds no such block", to=Dialect.OPENAI)
    made: dict[str, Any] = {"role": "assistant", "content": "".join(texts) or None}
    if calls:
        made["tool_calls"] = calls
    elif not texts:
        made["content"] = ""
    return made


def _user(blocks: list[dict[str, Any]], field: str) -> Iterator[dict[str, Any]]:
    """A turn of the user: results of tools first, each a message, then what else was said."""
    parts: list[dict[str, Any]] = []
    for at, block in enumerate(blocks):
        where = f"{field}[{at}]"
        if block.get("type") == "tool_result":
            text, images = _result(block, where)
            identity = a_string(block.get("tool_use_id"), f"{where}.tool_use_id")
            yield {"role": "tool", "tool_call_id": identity, "content": text}
            parts += images
        else:
            parts.append(_part(block, where))
    if len(parts) == 1 and parts[0]["type"] == "text":
        yield {"role": "user", "content": parts[0]["text"]}
    elif parts:
        yield {"role": "user", "content": parts}


def _result(block: dict[str, Any], field: str) -> tuple[str, list[dict[str, Any]]]:
    content = block.get("content")
    texts: list[str] = ["Error:"] if block.get("is_error") is True else []
    images: list[dict[str, Any]] = []
    if isinstance(content, str):
        texts.append(content)
    elif content is not None:
        for at, inner in enumerate(an_array(content, f"{field}.content")):
            part = _part(an_object(inner, f"{field}.content[{at}]"), f"{field}.content[{at}]")
            if part["type"] == "text":
                texts.append(part["text"])
            else:
                images.append(part)
    return "\n".join(texts), images


def _part(block: dict[str, Any], field: str) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "text":
        return {"type": "text", "text": a_string(block.get("text"), f"{field}.text")}
    if kind == "image":
        return openai_image(block, field)
    if kind == "document":
        return openai_document(block, field)
    raise cannot_carry(field, "a user message there holds no such block", to=Dialect.OPENAI)

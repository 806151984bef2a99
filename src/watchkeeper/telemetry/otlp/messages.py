"""Messages in one shape, from whatever shape instrumentation tells them in.

A message is a mapping with `role`, and as far as they are told `content` (text), `tool_calls` (each
`id`, `type`, `name`, `arguments` as JSON text), `tool_call_id`, `name`, `reasoning`, and `parts` for what is
no text.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

Message = dict[str, Any]

_TEXT_KINDS = frozenset({"text", "input_text", "output_text"})
_THINKING_KINDS = frozenset({"reasoning", "thinking"})
_CALL_KINDS = frozenset({"tool_call", "tool-call", "tool_use", "function_call"})
_RESULT_KINDS = frozenset({"tool_call_response", "tool-result", "tool_result", "function_call_output"})
_SAYING = frozenset({"content", "parts", "contents", "tool_calls", "tool_call_id", "toolCalls"})
_TEXT_ALONE = frozenset({"role", "content", "parts", "finish_reason"})
MOST_MESSAGES = 10_000


def messages_of(value: object, role: str) -> list[Message] | None:
    """The messages a value holds; None where it holds something else.

    Args:
        value: Text (JSON or plain), a list or a mapping.
        role: Whose a message is that names nobody.
    """
    if isinstance(value, str):
        value = _json_or_none(value)
    if isinstance(value, dict):
        value = _held_messages(value)
    if isinstance(value, dict) and _is_message(value):
        value = [value]
    if not isinstance(value, list) or not value:
        return None
    found: list[Message] = []
    for one in value[:MOST_MESSAGES]:
        if isinstance(one, str) and one.lstrip().startswith("{"):
            one = _json_or_none(one)
        if not isinstance(one, dict) or not _is_message(one):
            return None
        plain = _of_text_alone(one)
        if plain is not None:
            found.append(plain)
        else:
            found.extend(normal_messages(one, role))
    return found or None


def _of_text_alone(one: dict[str, Any]) -> Message | None:
    """What nearly all messages are, without the work that the others need: a role and one text."""
    role, parts = one.get("role"), one.get("parts")
    if not isinstance(role, str) or not one.keys() <= _TEXT_ALONE:
        return None
    if parts is None:
        content = one.get("content")
        return {"role": role, "content": content} if isinstance(content, str) and content else None
    if not isinstance(parts, list) or len(parts) != 1 or "content" in one:
        return None
    part = parts[0]
    text = part.get("content") if isinstance(part, dict) and part.get("type") == "text" else None
    return {"role": role, "content": text} if isinstance(text, str) and text else None


def _held_messages(body: dict[str, Any]) -> object:
    """The messages in a provider's own request or reply; else the body itself."""
    for name in ("messages", "choices"):
        if isinstance(body.get(name), list):
            return body[name]
    content = body.get("content")
    # Gemini's reply is one message under `content`.
    return [content] if isinstance(content, dict) and "role" not in body and "parts" in content else body


def _json_or_none(text: str) -> object:
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_message(one: Mapping[str, Any]) -> bool:
    if isinstance(one.get("message"), dict):
        return True
    return "role" in one and not one.keys().isdisjoint(_SAYING)


def normal_messages(raw: Mapping[str, Any], role: str) -> Iterable[Message]:
    """One told message as messages of ours: several where it holds results of several tools."""
    if isinstance(raw.get("message"), dict):
        raw = raw["message"]
    message: Message = {"role": _as_text(raw.get("role")) or role}
    results: list[Message] = []
    texts: list[str] = []
    for part in _parts_of(raw):
        _take_part(part, message, texts, results)
    calls = raw.get("tool_calls") or raw.get("toolCalls")
    if isinstance(calls, list):
        message.setdefault("tool_calls", []).extend(
            _call_of(call) for call in calls if isinstance(call, dict)
        )
    if raw.get("function_call_name"):
        call = {"name": raw["function_call_name"], "arguments": raw.get("function_call_arguments_json")}
        message.setdefault("tool_calls", []).append(_call_of(call))
    if texts:
        message["content"] = "".join(texts)
    for mine, theirs in (("tool_call_id", "tool_call_id"), ("tool_call_id", "id"), ("name", "name")):
        if raw.get(theirs) and mine not in message and (theirs != "id" or message["role"] == "tool"):
            message[mine] = _as_text(raw[theirs])
    if not results:
        return (message,)
    if len(message) == 1:
        return results
    return (message, *results)


def _parts_of(raw: Mapping[str, Any]) -> Iterable[object]:
    for name in ("parts", "content", "contents"):
        held = raw.get(name)
        if isinstance(held, dict):
            yield held
        elif isinstance(held, list):
            yield from held
        elif held is not None:
            yield held


def _take_part(part: object, message: Message, texts: list[str], results: list[Message]) -> None:
    """Put a part of a message where it belongs."""
    if isinstance(part, dict) and isinstance(part.get("message_content"), dict):
        part = part["message_content"]
    if not isinstance(part, dict):
        texts.append(_as_text(part) or "")
        return
    kind = part.get("type") or part.get("kind")
    if kind in _TEXT_KINDS or (kind is None and isinstance(part.get("text"), str)):
        texts.append(_as_text(part.get("content", part.get("text"))) or "")
    elif kind in _THINKING_KINDS:
        told = _as_text(part.get("content", part.get("text", part.get("thinking")))) or ""
        message["reasoning"] = message.get("reasoning", "") + told
    elif kind in _CALL_KINDS:
        message.setdefault("tool_calls", []).append(_call_of(part))
    elif kind in _RESULT_KINDS:
        results.append(_result_of(part))
    else:
        message.setdefault("parts", []).append(dict(part))


def _call_of(call: Mapping[str, Any]) -> Message:
    inner = call.get("tool_call", call)
    function = inner.get("function", inner) if isinstance(inner, dict) else {}
    inner = inner if isinstance(inner, dict) else {}
    function = function if isinstance(function, dict) else {}
    arguments = next(
        (function[name] for name in ("arguments", "args", "input") if function.get(name) is not None), None
    )
    made: Message = {
        "id": _as_text(inner.get("id", inner.get("toolCallId", inner.get("call_id")))),
        "type": "function",
        "name": _as_text(function.get("name", function.get("toolName"))) or "",
        "arguments": _as_text(arguments) or "",
    }
    return {name: value for name, value in made.items() if value is not None}


def _result_of(part: Mapping[str, Any]) -> Message:
    result: Message = {"role": "tool"}
    called = part.get("id", part.get("tool_call_id", part.get("toolCallId", part.get("tool_use_id"))))
    if called is not None:
        result["tool_call_id"] = _as_text(called)
    held = next((part[name] for name in ("response", "result", "output", "content") if name in part), None)
    result["content"] = _as_text(held) or ""
    return result


def _as_text(value: object) -> str | None:
    """Text as it is, anything else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def nested(leaves: Iterable[tuple[str, object]]) -> object:
    """A flattened list as the list it was, whatever order its leaves come in and whatever is missing.

    >>> nested([("1.message.role", "user"), ("0.message.role", "system"), ("1.message.content", "Hej")])
    [{'message': {'role': 'system'}}, {'message': {'role': 'user', 'content': 'Hej'}}]
    """
    root: dict[str, Any] = {}
    for path, value in leaves:
        at = root
        *ways, last = path.split(".", _MOST_LEVELS)
        for step in ways:
            inner = at.get(step)
            if not isinstance(inner, dict):
                inner = at[step] = {}
            at = inner
        at[last] = value
    return _listed(root)


_MOST_LEVELS = 16


def _listed(tree: dict[str, Any]) -> object:
    if tree and all(name.isdigit() for name in tree):
        # Positions only order: a position of a million makes no million places.
        positions = sorted(tree, key=lambda name: (len(name.lstrip("0")), name))
        return [_listed(tree[at]) if isinstance(tree[at], dict) else tree[at] for at in positions]
    return {name: _listed(held) if isinstance(held, dict) else held for name, held in tree.items()}


def text_of_messages(messages: Sequence[Message], *, role: str | None = None) -> str | None:
    """What a list shows of messages: of the last one of that role, else of the last that says anything."""
    for wanted in (role, None) if role else (None,):
        for message in reversed(messages):
            if wanted is None or message.get("role") == wanted:
                told = message.get("content") or _told_calls(message)
                if told:
                    return str(told)
    return None


def _told_calls(message: Message) -> str | None:
    calls = message.get("tool_calls")
    return (
        ", ".join(f"{call.get('name', '')}({call.get('arguments', '')})" for call in calls) if calls else None
    )

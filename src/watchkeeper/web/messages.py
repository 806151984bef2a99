"""What was asked and answered as a person reads it: message by message, long ones folded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

FOLDED_FROM = 1200
"""Characters from which a message is folded."""
_OPENED_LETTERS = 300
"""Characters a folded message shows."""
_LISTS = ("messages", "input", "choices", "output", "contents", "candidates")
"""Where providers' bodies keep their messages."""
_TEXTS = ("text", "content", "input_text", "output_text", "refusal", "thinking", "reasoning")
"""Where a part of a message keeps its text."""


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """Who said what."""

    role: str
    text: str


def messages_of(content: str) -> tuple[ShownMessage, ...]:
    """The messages of a request's or reply's content; a text that is no such JSON is one message.

    >>> messages_of('{"messages": [{"role": "user", "content": "Hi"}]}')
    (ShownMessage(role='user', text='Hi'),)
    >>> messages_of('[{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]')
    (ShownMessage(role='user', text='Hi'),)
    >>> messages_of("plain")
    (ShownMessage(role='', text='plain'),)
    """
    try:
        body = json.loads(content)
    except ValueError:
        return (ShownMessage("", content),)
    found = tuple(_in_body(body))
    return found or (ShownMessage("", json.dumps(body, ensure_ascii=False, indent=2)),)


def messages_html(messages: Sequence[ShownMessage]) -> str:
    """The messages, every text escaped."""
    return "".join(_html(one) for one in messages)


def _in_body(body: Any) -> Iterator[ShownMessage]:
    if isinstance(body, str):
        yield ShownMessage("", body)
    elif isinstance(body, list):
        for one in body:
            yield from _message(one)
    elif isinstance(body, Mapping):
        system = body.get("system") or body.get("instructions") or body.get("system_instructions")
        if system:
            yield ShownMessage("system", _text(system))
        listed = next((body[name] for name in _LISTS if body.get(name)), None)
        if isinstance(listed, str):
            yield ShownMessage("user", listed)
        elif isinstance(listed, list):
            yield from _in_body(listed)
        elif "role" in body or "content" in body:
            yield from _message(body)


def _message(one: Any) -> Iterator[ShownMessage]:
    if isinstance(one, str):
        yield ShownMessage("", one)
    elif isinstance(one, Mapping):
        inner = one.get("message", one.get("delta"))
        if isinstance(inner, Mapping):
            yield from _message(inner)
            return
        role = str(one.get("role") or one.get("type") or "")
        said = [_text(one[name]) for name in ("content", "parts", "text", "refusal") if one.get(name)]
        said += [_called(call) for call in one.get("tool_calls") or ()]
        yield ShownMessage(role, "\n".join(said) if said else json.dumps(one, ensure_ascii=False, indent=2))


def _text(content: Any) -> str:
    """The text of a message or part; what is none is shown as it is."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_text(part) for part in content)
    if isinstance(content, Mapping):
        for name in _TEXTS:
            if isinstance(content.get(name), str):
                return str(content[name])
        if isinstance(content.get("parts"), list):
            return _text(content["parts"])
    return json.dumps(content, ensure_ascii=False)


def _called(call: Any) -> str:
    if isinstance(call, Mapping) and isinstance(call.get("function"), Mapping):
        return f"→ {call['function'].get('name')}({call['function'].get('arguments', '')})"
    return f"→ {json.dumps(call, ensure_ascii=False)}"


def _html(one: ShownMessage) -> str:
    role = f'<div class="wk-label">{escape(one.role)}</div>' if one.role else ""
    text = f'<pre class="wk-said">{escape(one.text)}</pre>'
    if len(one.text) >= FOLDED_FROM:
        begins = escape(" ".join(one.text[:_OPENED_LETTERS].split()))
        text = (
            f"<details><summary>{begins}… "
            f'<span class="wk-note">{len(one.text)} characters, open</span></summary>{text}</details>'
        )
    return f'<div class="wk-message">{role}{text}</div>'

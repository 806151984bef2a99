"""An OpenAI completion in Anthropic's words.

Shown reasoning becomes a thinking block with an empty signature; the words of a refusal become text,
with `refusal` as the reason.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from watchkeeper.gateway.dialects.dialect import Dialect, Operation
from watchkeeper.gateway.dialects.finish_reason import anthropic_words
from watchkeeper.gateway.dialects.reply_facts import ReplyFacts, ToolCall, malformed, read_reply
from watchkeeper.gateway.dialects.usage import anthropic_block


def anthropic_reply(body: Mapping[str, Any], *, asked_model: str) -> dict[str, Any]:
    """The reply in Anthropic's words.

    Args:
        body: As received.
        asked_model: Stands for the model where the provider names none.

    Raises:
        MalformedReplyError: It is no completion, or a tool's arguments are no JSON object.
    """
    facts = read_reply(Dialect.OPENAI, body, operation=Operation.CHAT)
    return {
        "id": body.get("id") or "",
        "type": "message",
        "role": "assistant",
        "model": facts.model or asked_model,
        "content": _content(facts),
        "stop_reason": "refusal" if facts.refusal else anthropic_words(facts.finish_reason),
        "stop_sequence": None,
        "usage": anthropic_block(facts.usage),
    }


def _content(facts: ReplyFacts) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    if facts.reasoning:
        content.append({"type": "thinking", "thinking": facts.reasoning, "signature": ""})
    text = facts.text + (facts.refusal or "")
    if text:
        content.append({"type": "text", "text": text})
    return content + [_tool_use(call) for call in facts.tool_calls]


def _tool_use(call: ToolCall) -> dict[str, Any]:
    try:
        given = orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise malformed("the arguments of a tool call are no JSON object")
    return {"type": "tool_use", "id": call.id or "", "name": call.name, "input": given}

"""An Anthropic message in OpenAI's words.

A thinking block becomes `reasoning_content`, as OpenAI-compatible servers call it; its signature has no
place there. The call of the tool that stood for a JSON schema becomes the text it stood for.
"""

from collections.abc import Mapping
from typing import Any

from watchkeeper.gateway.dialects.dialect import Dialect, Operation
from watchkeeper.gateway.dialects.reply_facts import ReplyFacts, ToolCall, read_reply
from watchkeeper.gateway.dialects.request_to_anthropic import ANSWER_TOOL
from watchkeeper.gateway.dialects.usage import openai_block


def openai_reply(body: Mapping[str, Any], *, asked_model: str, created_s: int) -> dict[str, Any]:
    """The reply in OpenAI's words.

    Args:
        body: As received.
        asked_model: Stands for the model where the provider names none.
        created_s: When the reply was made, in seconds since the epoch.

    Raises:
        MalformedReplyError: It is no message.
    """
    facts = read_reply(Dialect.ANTHROPIC, body, operation=Operation.CHAT)
    text, calls, reason = _answer(facts)
    message: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": None}
    if facts.reasoning:
        message["reasoning_content"] = facts.reasoning
    if calls:
        message["tool_calls"] = [_call(call) for call in calls]
    elif not text:
        message["content"] = ""
    made: dict[str, Any] = {
        "id": body.get("id") or "",
        "object": "chat.completion",
        "created": created_s,
        "model": facts.model or asked_model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
    }
    usage = openai_block(facts.usage)
    if usage is not None:
        made["usage"] = usage
    return made


def _answer(facts: ReplyFacts) -> tuple[str, list[ToolCall], str | None]:
    answers = [call.arguments for call in facts.tool_calls if call.name == ANSWER_TOOL]
    calls = [call for call in facts.tool_calls if call.name != ANSWER_TOOL]
    if not answers:
        return facts.text, calls, facts.finish_reason
    # Words beside the forced answer would make it something else than JSON.
    reason = "stop" if facts.finish_reason == "tool_calls" else facts.finish_reason
    return "".join(answers), calls, reason


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id or "", "type": "function", "function": function}

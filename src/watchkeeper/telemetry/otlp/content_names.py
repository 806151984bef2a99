"""Where instrumentation puts what was asked and answered: tables, first found first used.

Content is kept apart from the row (law 10), so none of these names stays among a row's attributes.
"""

import re
from collections.abc import Mapping

PROMPT_NAMES: tuple[str, ...] = (
    "gen_ai.input.messages",
    "gen_ai.prompt",
    "events",
    "all_messages_events",
    "pydantic_ai.all_messages",
    "ai.prompt.messages",
    "ai.prompt",
    "ai.value",
    "ai.values",
    "gcp.vertex.agent.llm_request",
    "gen_ai.tool.call.arguments",
    "tool_arguments",
    "ai.toolCall.args",
    "gcp.vertex.agent.tool_call_args",
    "tool.parameters",
    "gen_ai.retrieval.query.text",
    "gen_ai.memory.query.text",
    "reranker.query",
    "traceloop.entity.input",
    "input.value",
)
REPLY_NAMES: tuple[str, ...] = (
    "gen_ai.output.messages",
    "gen_ai.completion",
    "ai.response.text",
    "ai.response.object",
    "gcp.vertex.agent.llm_response",
    "gen_ai.tool.call.result",
    "tool_response",
    "ai.toolCall.result",
    "gcp.vertex.agent.tool_response",
    "gen_ai.retrieval.documents",
    "final_result",
    "traceloop.entity.output",
    "output.value",
)
SYSTEM_NAMES: tuple[str, ...] = ("gen_ai.system_instructions",)
TOOL_CALL_NAMES: tuple[str, ...] = ("ai.response.toolCalls",)
CONTENT_NAMES: frozenset[str] = frozenset((*PROMPT_NAMES, *REPLY_NAMES, *SYSTEM_NAMES, *TOOL_CALL_NAMES))

PROMPT_LISTS: tuple[str, ...] = (
    "gen_ai.prompt.",
    "llm.input_messages.",
    "llm.prompts.",
    "embedding.embeddings.",
    "reranker.input_documents.",
)
REPLY_LISTS: tuple[str, ...] = (
    "gen_ai.completion.",
    "llm.output_messages.",
    "llm.choices.",
    "retrieval.documents.",
    "reranker.output_documents.",
)
LISTS: tuple[str, ...] = (*PROMPT_LISTS, *REPLY_LISTS)
"""Lists that are flattened: an attribute for each leaf, with its position in the name."""
_LISTED = re.compile(f"({'|'.join(map(re.escape, LISTS))})[0-9]").match

MESSAGE_EVENTS: Mapping[str, str] = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
"""Events that are a message of the prompt, to its sender."""
CHOICE_EVENT = "gen_ai.choice"
"""An event that is a message of the reply."""
DETAILS_EVENT = "gen_ai.client.inference.operation.details"
"""An event that holds both, as the span's attributes would."""
OLD_CONTENT_EVENTS: Mapping[str, str] = {
    "gen_ai.content.prompt": "gen_ai.prompt",
    "gen_ai.content.completion": "gen_ai.completion",
}
"""Events that hold a side whole, in an attribute of that name."""


def list_of(name: str) -> str | None:
    """Which flattened list an attribute's name belongs to; None where to none.

    >>> list_of("gen_ai.prompt.0.content"), list_of("gen_ai.prompt.name")
    ('gen_ai.prompt.', None)
    """
    found = _LISTED(name)
    return None if found is None else found.group(1)

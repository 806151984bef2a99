"""Why an answer ended, in either dialect's words."""

TO_OPENAI: dict[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""Anthropic's `stop_reason`. `pause_turn` asks to be continued, for which OpenAI has no word."""

TO_ANTHROPIC: dict[str, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
"""OpenAI's `finish_reason`. It does not tell a stop sequence from an end of its own."""


def openai_words(stop_reason: str | None) -> str | None:
    """OpenAI's word for Anthropic's; a word nobody knows stays as it is.

    >>> openai_words("max_tokens")
    'length'
    """
    return None if stop_reason is None else TO_OPENAI.get(stop_reason, stop_reason)


def anthropic_words(finish_reason: str | None) -> str | None:
    """Anthropic's word for OpenAI's; a word nobody knows stays as it is.

    >>> anthropic_words("length")
    'max_tokens'
    """
    return None if finish_reason is None else TO_ANTHROPIC.get(finish_reason, finish_reason)

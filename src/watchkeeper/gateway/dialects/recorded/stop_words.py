"""Why an answer ended, from every provider's words to OpenAI's."""

from watchkeeper.gateway.dialects.finish_reason import TO_OPENAI

_WORDS: dict[str, str] = {
    **TO_OPENAI,
    # OpenAI's responses and assistants, and Gemini's interactions
    "completed": "stop",
    "incomplete": "length",
    "max_output_tokens": "length",
    "max_completion_tokens": "length",
    "max_prompt_tokens": "length",
    "requires_action": "tool_calls",
    # Gemini and Vertex
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "LANGUAGE": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    # Bedrock
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "FINISH": "stop",
    "LENGTH": "length",
    "CONTENT_FILTERED": "content_filter",
    "endoftext": "stop",
    # Cohere
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
    "ERROR_LIMIT": "length",
    # servers that run open models
    "eos": "stop",
    "eos_token": "stop",
    "model_length": "length",
}


def openai_word(stop_reason: str | None, *, has_calls: bool) -> str | None:
    """OpenAI's word; one nobody knows stays as it is.

    Providers that say only "stop" where tools are to be called are read as what they mean.

    Args:
        stop_reason: In the provider's words.
        has_calls: The reply calls tools that the client must run.

    >>> openai_word("STOP", has_calls=True), openai_word("COMPLETE", has_calls=False)
    ('tool_calls', 'stop')
    """
    if stop_reason is None:
        return None
    word = _WORDS.get(stop_reason, stop_reason)
    return "tool_calls" if word == "stop" and has_calls else word

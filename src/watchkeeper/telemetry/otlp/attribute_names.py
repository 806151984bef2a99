"""The names that instrumentation gives to what our columns hold: tables, by the vocabulary they are from.

A new convention is a new line here. `NAMES_VERSION` tells which edition of these tables made a row.

Source:
    OpenTelemetry semantic conventions for generative AI, v1.41.1 and what follows; OpenInference; OpenLLMetry
    (`llm.*`, `traceloop.*`); the Vercel AI SDK (`ai.*`).
"""

from collections.abc import Mapping

NAMES_VERSION = 1

RENAMED: Mapping[str, str] = {
    "gen_ai.system": "gen_ai.provider.name",
    "gen_ai.usage.prompt_tokens": "gen_ai.usage.input_tokens",
    "gen_ai.usage.completion_tokens": "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_creation.input_tokens": "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens": "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_read_input_tokens": "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.openai.request.response_format": "gen_ai.output.type",
    "gen_ai.openai.request.seed": "gen_ai.request.seed",
    "gen_ai.openai.request.service_tier": "openai.request.service_tier",
    "gen_ai.openai.response.service_tier": "openai.response.service_tier",
    "gen_ai.openai.response.system_fingerprint": "openai.response.system_fingerprint",
}
"""Old names of one and the same thing; they are read as the new ones."""

_OURS = {
    "workload": ("watchkeeper.workload",),
    "run_id": ("watchkeeper.run",),
    "item_id": ("watchkeeper.item",),
    "agent": ("watchkeeper.agent",),
    "release": ("watchkeeper.release",),
    "route": ("watchkeeper.route",),
    "target": ("watchkeeper.target",),
    "component": ("watchkeeper.component",),
    "query_type": ("watchkeeper.query_type",),
    "cached": ("watchkeeper.cached",),
    "degraded": ("watchkeeper.degraded",),
}
_GEN_AI = {
    "operation": ("gen_ai.operation.name",),
    "provider": ("gen_ai.provider.name",),
    "model": ("gen_ai.response.model", "gen_ai.request.model"),
    "agent": ("gen_ai.agent.name",),
    "conversation_id": ("gen_ai.conversation.id",),
    "finish_reason": ("gen_ai.response.finish_reasons",),
    "ttft": ("gen_ai.response.time_to_first_chunk",),
    "input_tokens": ("gen_ai.usage.input_tokens",),
    "output_tokens": ("gen_ai.usage.output_tokens",),
    "cache_read_tokens": ("gen_ai.usage.cache_read.input_tokens",),
    "cache_write_tokens": ("gen_ai.usage.cache_write.input_tokens",),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.details.reasoning_tokens"),
    "cost": ("gen_ai.usage.cost.amount", "gen_ai.usage.cost", "operation.cost"),
    "error_code": ("error.type",),
    "http_status": ("http.response.status_code", "http.status_code"),
}
_OPENINFERENCE = {
    "kind": ("openinference.span.kind",),
    "provider": ("llm.provider", "llm.system"),
    "model": (
        "llm.response.model_name",
        "llm.model_name",
        "llm.request.model_name",
        "embedding.model_name",
        "reranker.model_name",
    ),
    "agent": ("agent.name",),
    "conversation_id": ("session.id",),
    "finish_reason": ("llm.finish_reason",),
    "input_tokens": ("llm.token_count.prompt",),
    "output_tokens": ("llm.token_count.completion",),
    "cache_read_tokens": ("llm.token_count.prompt_details.cache_read",),
    "cache_write_tokens": ("llm.token_count.prompt_details.cache_write",),
    "reasoning_tokens": ("llm.token_count.completion_details.reasoning",),
    "cost": ("llm.cost.total",),
}
_OPENLLMETRY = {
    "kind": ("traceloop.span.kind",),
    "operation": ("llm.request.type",),
    "provider": ("llm.vendor",),
    "model": ("llm.response.model", "llm.request.model"),
    "component": ("traceloop.entity.name",),
    "conversation_id": ("traceloop.association.properties.session_id",),
    "input_tokens": ("llm.usage.prompt_tokens",),
    "output_tokens": ("llm.usage.completion_tokens",),
    "cache_read_tokens": ("llm.usage.cache_read_input_tokens",),
    "cache_write_tokens": ("llm.usage.cache_creation_input_tokens",),
    "reasoning_tokens": ("llm.usage.reasoning_tokens",),
    "cost": ("llm.usage.cost",),
}
_VERCEL = {
    "operation": ("ai.operationId",),
    "provider": ("ai.model.provider",),
    "model": ("ai.response.model", "ai.model.id"),
    "agent": ("ai.telemetry.functionId",),
    "finish_reason": ("ai.response.finishReason",),
    "ttft_ms": ("ai.response.msToFirstChunk",),
    "input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
    "output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
    "cache_read_tokens": ("ai.usage.cachedInputTokens",),
    "reasoning_tokens": ("ai.usage.reasoningTokens",),
}

VOCABULARIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "watchkeeper": _OURS,
    "gen_ai": _GEN_AI,
    "openinference": _OPENINFERENCE,
    "openllmetry": _OPENLLMETRY,
    "vercel": _VERCEL,
}
"""Column to its names in each vocabulary. The earlier vocabulary wins, and in it the earlier name."""


def _ranked() -> dict[str, tuple[str, int]]:
    names: dict[str, tuple[str, int]] = {}
    rank = 0
    for columns in VOCABULARIES.values():
        for column, spellings in columns.items():
            for spelling in spellings:
                names[spelling] = (column, rank)
                rank += 1
    for old, new in RENAMED.items():
        if new in names:
            column, place = names[new]
            names[old] = (column, place)
    return names


COLUMNS: Mapping[str, tuple[str, int]] = _ranked()
"""Name to its column and its rank there; the lowest rank that was sent wins."""

OPERATIONS: Mapping[str, str] = {
    "completion": "text_completion",
    "completions": "text_completion",
    "text_completion": "text_completion",
    "chat_completion": "chat",
    "embedding": "embeddings",
    "rerank": "rerank",
    "ai.generateText.doGenerate": "chat",
    "ai.streamText.doStream": "chat",
    "ai.generateObject.doGenerate": "chat",
    "ai.streamObject.doStream": "chat",
    "ai.embed.doEmbed": "embeddings",
    "ai.embedMany.doEmbed": "embeddings",
    "ai.toolCall": "execute_tool",
    # What surrounds the calls above and repeats the sum of their tokens: it must not count again.
    "ai.generateText": "invoke_agent",
    "ai.streamText": "invoke_agent",
    "ai.generateObject": "invoke_agent",
    "ai.streamObject": "invoke_agent",
    "ai.embed": "invoke_workflow",
    "ai.embedMany": "invoke_workflow",
}
"""Other words for an operation of the conventions."""

KINDS: Mapping[str, str] = {
    "LLM": "chat",
    "EMBEDDING": "embeddings",
    "CHAIN": "invoke_workflow",
    "RETRIEVER": "retrieval",
    "RERANKER": "rerank",
    "TOOL": "execute_tool",
    "AGENT": "invoke_agent",
    "GUARDRAIL": "guardrail",
    "EVALUATOR": "evaluate",
    "PROMPT": "prompt",
    "WORKFLOW": "invoke_workflow",
    "TASK": "task",
}
"""The operation of a span whose kind was told and not its operation (OpenInference, OpenLLMetry)."""

NO_OPERATION = "span"
"""The operation of a span that is none of the above: its own timing, no model's work."""

PROVIDERS: Mapping[str, str] = {
    "azure.ai.openai": "azure",
    "az.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "az.ai.inference": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "gcp.vertex.agent": "google",
    "vertex_ai": "google",
    "vertexai": "google",
    "gemini": "google",
    "google_genai": "google",
    "aws.bedrock": "aws",
    "aws_bedrock": "aws",
    "bedrock": "aws",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
    "x_ai": "x-ai",
    "xai": "x-ai",
    "moonshot_ai": "moonshotai",
    "openai.responses": "openai",
    "openai.chat": "openai",
    "openai.completion": "openai",
    "openai.embedding": "openai",
    "anthropic.messages": "anthropic",
}
"""Other words for a provider of the price table; case does not count."""

INPUT_EXCLUDES_CACHED_SCOPES = (
    "opentelemetry.instrumentation.anthropic",
    "@traceloop/instrumentation-anthropic",
    "opentelemetry.instrumentation.anthropic.v1",
)
"""Instrumentation that passes on Anthropic's `input_tokens` as they are, which leave cached tokens out."""

"""Spans of every vocabulary end in the same columns."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.call_moments import unit_of
from watchkeeper.telemetry.otlp.attribute_names import RENAMED
from watchkeeper.telemetry.otlp.mapped import MappedSpan, Terms
from watchkeeper.telemetry.otlp.usage import TokenCounts
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.testing.otlp import mapped, otlp_span, put_attributes, trace_request

MapOne = Callable[..., MappedSpan]

GEN_AI = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 30,
    "gen_ai.usage.cache_read.input_tokens": 100,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.conversation.id": "talk-1",
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hej"}]}]',
    "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Hej!"}]}]',
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.provider": "openai",
    "llm.model_name": "gpt-4o-2024-08-06",
    "llm.token_count.prompt": 120,
    "llm.token_count.completion": 30,
    "llm.token_count.prompt_details.cache_read": 100,
    "llm.finish_reason": "stop",
    "session.id": "talk-1",
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "Hej",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Hej!",
}
OPENLLMETRY = {
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "llm.response.model": "gpt-4o-2024-08-06",
    "llm.usage.prompt_tokens": 120,
    "llm.usage.completion_tokens": 30,
    "llm.usage.cache_read_input_tokens": 100,
    "gen_ai.response.finish_reasons": '["stop"]',
    "traceloop.association.properties.session_id": "talk-1",
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "Hej",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "Hej!",
}
VERCEL = {
    "ai.operationId": "ai.generateText.doGenerate",
    "ai.model.provider": "openai.responses",
    "ai.response.model": "gpt-4o-2024-08-06",
    "ai.usage.promptTokens": 120,
    "ai.usage.completionTokens": 30,
    "ai.usage.cachedInputTokens": 100,
    "ai.response.finishReason": "stop",
    "gen_ai.conversation.id": "talk-1",
    "ai.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"Hej"}]}]',
    "ai.response.text": "Hej!",
}


@pytest.mark.parametrize("said", [GEN_AI, OPENINFERENCE, OPENLLMETRY, VERCEL])
def test_every_vocabulary_gives_the_same_columns_and_previews(
    said: dict[str, object], map_one: MapOne
) -> None:
    span = map_one(said).row

    assert (span.operation, span.provider, span.model) == ("chat", "openai", "gpt-4o-2024-08-06")
    assert (span.input_tokens, span.output_tokens, span.cache_read_tokens) == (120, 30, 100)
    assert (span.finish_reason, span.conversation_id, span.workload) == ("stop", "talk-1", "shop")
    assert (span.prompt_preview, span.reply_preview) == ("Hej", "Hej!")
    assert "Hej" not in json.dumps(dict(span.attributes))


@pytest.mark.parametrize("said", [GEN_AI, OPENINFERENCE, OPENLLMETRY])
def test_prompts_of_every_vocabulary_are_one_piece_of_content(
    said: dict[str, object], map_one: MapOne
) -> None:
    piece = map_one(said).prompt

    assert piece is not None
    assert json.loads(piece.data) == [{"role": "user", "content": "Hej"}]


def test_an_old_name_and_its_successor_are_the_same_span(map_one: MapOne, recorded_payloads: Path) -> None:
    registry = recorded_payloads / "gen_ai_attribute_registry.json"
    replaced = {row["attribute"]: row["replaced_by"] for row in json.loads(registry.read_text())}
    pairs = {old: new for old, new in replaced.items() if new}
    assert len(pairs) >= 8

    for old, new in pairs.items():
        value: object = 7 if "tokens" in old or "seed" in old else "openai"
        around = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
        assert map_one({**around, old: value}).row == map_one({**around, new: value}).row, old
        assert map_one({**around, old: value, new: value}).row == map_one({**around, new: value}).row, old


@given(order=st.permutations(list(GEN_AI.items())), twice=st.sets(st.sampled_from(sorted(GEN_AI))))
def test_the_order_and_repetition_of_attributes_change_nothing(
    order: list[tuple[str, object]], twice: set[str]
) -> None:
    plain_span, shuffled = otlp_span(attributes=GEN_AI), otlp_span(attributes=dict(order))
    put_attributes(shuffled.attributes, {name: GEN_AI[name] for name in twice})

    assert mapped(trace_request(shuffled)).spans == mapped(trace_request(plain_span)).spans


@given(
    uncached=st.integers(0, 10**6),
    read=st.integers(0, 10**6),
    written=st.integers(0, 10**6),
    excluding=st.booleans(),
)
def test_cached_tokens_are_counted_once_whatever_the_sender_includes(
    uncached: int, read: int, written: int, excluding: bool
) -> None:
    told = uncached if excluding else uncached + read + written
    scope = (
        "opentelemetry.instrumentation.anthropic" if excluding else "opentelemetry.instrumentation.openai_v2"
    )
    span = otlp_span(
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": told,
            "gen_ai.usage.cache_read.input_tokens": read,
            "gen_ai.usage.cache_creation.input_tokens": written,
        }
    )

    row = mapped(trace_request(span, scope=scope)).spans[0].row

    assert row.input_tokens == uncached + read + written
    assert (row.cache_read_tokens, row.cache_write_tokens) == (read, written)


@pytest.mark.parametrize("operation", ["invoke_agent", "execute_tool", "create_agent", "retrieval"])
def test_tokens_and_cost_that_an_agent_repeats_are_told_and_not_counted(
    operation: str, map_one: MapOne
) -> None:
    span = map_one({**GEN_AI, "gen_ai.operation.name": operation, "gen_ai.usage.cost.amount": 0.5}).row

    assert span.operation not in MODEL_OPERATIONS
    assert (span.input_tokens, span.output_tokens, span.cost_usd) == (None, None, None)
    assert span.attributes["gen_ai.usage.input_tokens"] == 120
    assert span.attributes["gen_ai.usage.cost.amount"] == 0.5


def test_cost_is_the_senders_else_the_prices_else_unknown(map_one: MapOne) -> None:
    asked: list[tuple[str, str, TokenCounts, datetime]] = []

    def priced(provider: str, model: str, tokens: TokenCounts, at: datetime) -> Decimal | None:
        asked.append((provider, model, tokens, at))
        return Decimal("0.25") if model.startswith("gpt") else None

    def cost_of(said: dict[str, object]) -> Decimal | None:
        return map_one(said, terms=Terms(pricing=priced)).row.cost_usd

    assert cost_of({**OPENINFERENCE, "llm.cost.total": 0.0042}) == Decimal("0.0042")
    assert cost_of({**GEN_AI, "gen_ai.usage.cost.amount": "0.1"}) == Decimal("0.1")
    assert not asked
    assert cost_of(GEN_AI) == Decimal("0.25")
    assert asked[0][2].input == 120
    assert cost_of({**GEN_AI, "gen_ai.response.model": "never-heard-of"}) is None
    assert cost_of({**GEN_AI, "gen_ai.usage.cost.amount": 3, "gen_ai.usage.cost.currency": "SEK"}) == Decimal(
        "0.25"
    )


def test_our_own_attributes_are_columns_and_a_resource_speaks_for_its_spans(map_one: MapOne) -> None:
    resource = {
        "service.name": "shop",
        "watchkeeper.workload": "advice",
        "watchkeeper.release": "r7",
        "watchkeeper.agent": "clerk",
    }
    said = {"watchkeeper.run": "RUN_1", "watchkeeper.item": "i9", "watchkeeper.agent": "cook"}

    span = map_one(
        {**said, "watchkeeper.component": "search", "watchkeeper.query_type": "howto"}, resource=resource
    )

    row = span.row
    assert (row.workload, row.release, row.agent) == ("advice", "r7", "cook")
    assert (row.run_id, row.item_id, row.component, row.query_type) == ("RUN_1", "i9", "search", "howto")
    assert row.attributes["service.name"] == "shop"
    assert row.operation == "span"


@pytest.mark.parametrize(
    ("resource", "workload"), [({}, "default"), ({"service.name": "unknown_service:python"}, "default")]
)
def test_who_names_nobody_is_default(resource: dict[str, object], workload: str, map_one: MapOne) -> None:
    assert map_one({}, resource=resource).row.workload == workload


def test_the_arm_of_an_experiment_that_an_application_tells_is_found_by_it(map_one: MapOne) -> None:
    told = {
        "watchkeeper.experiment": "tone",
        "watchkeeper.arm": "warm",
        "watchkeeper.subject_sha256": "0" * 64,
    }
    span = map_one({**GEN_AI, **told}).row
    assert SpanFilter(experiment="tone", arm="warm").matches(span)
    assert not SpanFilter(experiment="tone", arm="cold").matches(span)
    assert unit_of(span) == "0" * 64


def test_an_error_is_told_with_its_type_and_message() -> None:
    span = otlp_span(attributes={"gen_ai.operation.name": "chat"})
    span.status.code = 2
    event = span.events.add(name="exception", time_unix_nano=span.start_time_unix_nano)
    put_attributes(event.attributes, {"exception.type": "RateLimitError", "exception.message": "slow down"})

    row = mapped(trace_request(span)).spans[0].row

    assert (row.ok, row.error_code, row.error_message) == (False, "RateLimitError", "slow down")


def test_a_verdict_comes_as_an_event_or_as_attributes_and_a_repeat_is_the_same() -> None:
    by_event = otlp_span(1)
    event = by_event.events.add(name="gen_ai.evaluation.result", time_unix_nano=by_event.end_time_unix_nano)
    put_attributes(
        event.attributes,
        {
            "gen_ai.evaluation.name": "relevance",
            "gen_ai.evaluation.score.value": 0.8,
            "gen_ai.evaluation.score.label": "relevant",
            "gen_ai.evaluation.explanation": "It answers.",
        },
    )
    by_attributes = otlp_span(
        2, attributes={"evaluation.name": "tone", "evaluation.score": 1, "evaluation.label": "kind"}
    )
    listed = otlp_span(
        3, attributes={"evaluations.0.evaluation.name": "facts", "evaluations.0.evaluation.score": 0.5}
    )

    found = mapped(trace_request(by_event, by_attributes, listed))

    assert [(one.name, one.value, one.label) for one in found.evaluations] == [
        ("relevance", 0.8, "relevant"),
        ("tone", 1.0, "kind"),
        ("facts", 0.5, None),
    ]
    assert found.evaluations[0].span_id == found.spans[0].row.span_id
    assert mapped(trace_request(by_event, by_attributes, listed)).evaluations == found.evaluations
    assert not any(name.startswith("evaluation") for name in found.spans[2].row.attributes)


def test_feedback_comes_as_an_event() -> None:
    span = otlp_span()
    event = span.events.add(name="watchkeeper.feedback", time_unix_nano=span.end_time_unix_nano)
    put_attributes(
        event.attributes, {"watchkeeper.feedback.rating": "thumbs_down", "watchkeeper.feedback.comment": "no"}
    )

    (opinion,) = mapped(trace_request(span)).feedback

    assert (opinion.rating, opinion.comment, opinion.span_id) == ("thumbs_down", "no", span.span_id.hex())


def test_what_a_workload_opted_out_of_is_not_shown_in_lists(map_one: MapOne) -> None:
    span = map_one(GEN_AI, terms=Terms(opted_out=frozenset({"shop"}))).row

    assert (span.prompt_preview, span.reply_preview) == (None, None)


def test_tool_calls_and_their_results_stay_messages(map_one: MapOne) -> None:
    said = {
        "gen_ai.operation.name": "chat",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"city":"Umeå"}',
    }

    found: MappedSpan = map_one(said)

    assert found.reply is not None
    (message,) = json.loads(found.reply.data)
    assert message["tool_calls"] == [
        {"id": "c1", "type": "function", "name": "weather", "arguments": '{"city":"Umeå"}'}
    ]
    assert found.row.reply_preview == 'weather({"city":"Umeå"})'


def test_every_renamed_name_leads_to_a_name_that_is_not_itself_old() -> None:
    assert not set(RENAMED.values()) & set(RENAMED)

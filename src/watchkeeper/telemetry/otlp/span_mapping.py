"""A span as it was sent, as a row of ours with its content and what was said of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.otlp.any_value import number_of, plain_attributes, text_of, whole_number
from watchkeeper.telemetry.otlp.attribute_names import KINDS, NO_OPERATION, OPERATIONS, PROVIDERS
from watchkeeper.telemetry.otlp.attribute_sorting import Sorted, sorted_attributes
from watchkeeper.telemetry.otlp.contents import prompt_of, reply_of
from watchkeeper.telemetry.otlp.mapped import Mapped, Terms, WithContent
from watchkeeper.telemetry.otlp.resource_facts import MOST_NAME_CHARACTERS, ResourceFacts, resource_facts
from watchkeeper.telemetry.otlp.span_events import take_events
from watchkeeper.telemetry.otlp.usage import TokenCounts, token_counts
from watchkeeper.telemetry.otlp.verdicts import take_evaluations

_ERROR = Status.STATUS_CODE_ERROR
_KIND_NAMES = {
    OtlpSpan.SPAN_KIND_SERVER: "server",
    OtlpSpan.SPAN_KIND_CLIENT: "client",
    OtlpSpan.SPAN_KIND_PRODUCER: "producer",
    OtlpSpan.SPAN_KIND_CONSUMER: "consumer",
}
_MOST_MESSAGE_CHARACTERS = 2000
_MOST_LINKS = 32
_COST_LIMIT_USD = Decimal(10) ** 12
_TOKEN_COLUMNS = {
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cache_read_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_write.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "cost": "gen_ai.usage.cost.amount",
}
"""Where a sum that an agent's span repeats is kept: it is told, and not counted (law 2)."""


def map_spans(resource_spans: Iterable[ResourceSpans], terms: Terms, into: Mapped) -> None:
    """Map all spans of a request; they are valid (`request_limits` saw to it)."""
    for group in resource_spans:
        facts = resource_facts(group.resource)
        for scoped in group.scope_spans:
            for span in scoped.spans:
                _map_span(span, facts, scoped.scope, terms=terms, into=into)


def _map_span(
    sent: OtlpSpan, facts: ResourceFacts, scope: InstrumentationScope, *, terms: Terms, into: Mapped
) -> None:
    said = sorted_attributes(sent.attributes)
    columns = {**facts.columns, **said.columns} if facts.columns else said.columns
    trace_id, span_id = sent.trace_id.hex(), sent.span_id.hex()
    workload = _name(columns.get("workload")) or facts.workload
    noted = take_events(sent.events, said, workload=workload, trace_id=trace_id, span_id=span_id, into=into)
    operation = _operation(columns)
    counts = operation in MODEL_OPERATIONS
    tokens = token_counts(columns, scope=scope.name) if counts else TokenCounts()
    if not counts:
        for column, name in _TOKEN_COLUMNS.items():
            if column in columns:
                said.rest[name] = columns[column]
    provider, model = _provider(columns.get("provider")), _name(columns.get("model"))
    into.evaluations.extend(
        take_evaluations(
            said.rest, workload=workload, ts_ns=sent.end_time_unix_nano, trace_id=trace_id, span_id=span_id
        )
    )
    prompt, reply = (prompt_of(said.told), reply_of(said.told)) if said.told else (None, None)
    shown = workload not in terms.opted_out
    into.spans.append(
        WithContent(
            Span(
                trace_id=trace_id,
                span_id=span_id,
                parent_span_id=sent.parent_span_id.hex() if any(sent.parent_span_id) else None,
                name=sent.name[:MOST_NAME_CHARACTERS],
                operation=operation,
                workload=workload,
                start_ns=sent.start_time_unix_nano,
                duration_ns=sent.end_time_unix_nano - sent.start_time_unix_nano,
                ok=sent.status.code != _ERROR and "error_code" not in columns,
                error_code=_name(columns.get("error_code")) or noted.exception_type,
                error_message=(sent.status.message or noted.exception_message or "")[
                    :_MOST_MESSAGE_CHARACTERS
                ]
                or None,
                http_status=_http_status(columns.get("http_status")),
                run_id=_name(columns.get("run_id")),
                item_id=_name(columns.get("item_id")),
                agent=_name(columns.get("agent")),
                route=_name(columns.get("route")),
                target=_name(columns.get("target")),
                provider=provider,
                model=model,
                release=_name(columns.get("release")),
                finish_reason=_name(_first(columns.get("finish_reason"))),
                ttft_ms=_ttft_ms(columns),
                input_tokens=tokens.input,
                output_tokens=tokens.output,
                cache_read_tokens=tokens.cache_read,
                cache_write_tokens=tokens.cache_write,
                reasoning_tokens=tokens.reasoning,
                cost_usd=_cost_usd(columns, said, provider, model, tokens=tokens, sent=sent, terms=terms)
                if counts
                else None,
                cached=_flag(columns.get("cached")),
                degraded=_flag(columns.get("degraded")),
                component=_name(columns.get("component")),
                conversation_id=_name(columns.get("conversation_id")),
                query_type=_name(columns.get("query_type")),
                prompt_preview=prompt.preview if prompt and shown else None,
                reply_preview=reply.preview if reply and shown else None,
                attributes=_attributes(sent, facts, scope, said),
            ),
            prompt,
            reply,
        )
    )


def _operation(columns: dict[str, object]) -> str:
    told = text_of(columns.get("operation"))
    if told is not None:
        return OPERATIONS.get(told, told)[:MOST_NAME_CHARACTERS]
    kind = text_of(columns.get("kind"))
    if kind is not None:
        return KINDS.get(kind.upper(), kind.lower())[:MOST_NAME_CHARACTERS]
    # Instrumentation older than the operation's name tells a call by its model and its tokens.
    if "model" in columns and "provider" in columns and "input_tokens" in columns:
        return "chat"
    return NO_OPERATION


def _provider(told: object) -> str | None:
    name = _name(told)
    return None if name is None else PROVIDERS.get(name.lower(), name.lower())


def _name(value: object) -> str | None:
    text = text_of(value)
    return text if text is None or len(text) <= MOST_NAME_CHARACTERS else text[:MOST_NAME_CHARACTERS]


def _first(value: object) -> object:
    """The first of a list, which may be written as JSON."""
    if isinstance(value, str) and value.startswith("["):
        return value.strip("[] ").split(",", 1)[0].strip("\"' ") or None
    return value


def _flag(value: object) -> bool:
    return value is True or value == "true"


def _http_status(value: object) -> int | None:
    status = whole_number(value)
    return status if status is not None and 100 <= status <= 599 else None


def _ttft_ms(columns: dict[str, object]) -> float | None:
    seconds = number_of(columns.get("ttft"))
    told = seconds * 1000 if seconds is not None else number_of(columns.get("ttft_ms"))
    return told if told is not None and told >= 0 else None


def _cost_usd(
    columns: dict[str, object],
    said: Sorted,
    provider: str | None,
    model: str | None,
    *,
    tokens: TokenCounts,
    sent: OtlpSpan,
    terms: Terms,
) -> Decimal | None:
    """What the sender says it cost, in USD; else what the price in force makes of its tokens."""
    currency = text_of(said.rest.get("gen_ai.usage.cost.currency"))
    if "cost" in columns and (currency is None or currency.upper() == "USD"):
        told = _amount(columns["cost"])
        if told is not None:
            return told
    if provider is None or model is None or (tokens.input is None and tokens.output is None):
        return None
    at = datetime.fromtimestamp(sent.start_time_unix_nano // 1_000_000_000, UTC)
    return terms.pricing(provider, model, tokens, at)


def _amount(told: object) -> Decimal | None:
    try:
        amount = Decimal(str(told))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _COST_LIMIT_USD else None


def _attributes(
    sent: OtlpSpan, facts: ResourceFacts, scope: InstrumentationScope, said: Sorted
) -> dict[str, object]:
    """All that has no column."""
    kept = said.rest
    kept.update(facts.kept)
    if scope.name:
        kept["otel.scope.name"] = scope.name[:MOST_NAME_CHARACTERS]
    kind = _KIND_NAMES.get(sent.kind)
    if kind is not None:
        kept["otel.span.kind"] = kind
    if sent.links:
        kept["otel.links"] = [
            {
                "trace_id": link.trace_id.hex(),
                "span_id": link.span_id.hex(),
                "attributes": plain_attributes(link.attributes),
            }
            for link in sent.links[:_MOST_LINKS]
        ]
    return kept

"""A span as it was sent, as a row of ours with its content and what was said of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.otlp.any_value import number_of, plain_attributes, text_of, whole_number
from watchkeeper.telemetry.otlp.attribute_names import KINDS, NO_OPERATION, OPERATIONS, PROVIDERS
from watchkeeper.telemetry.otlp.attribute_sorting import Sorted, sorted_attributes
from watchkeeper.telemetry.otlp.contents import prompt_of, reply_of
from watchkeeper.telemetry.otlp.mapped import Mapped, MappedSpan, Terms
from watchkeeper.telemetry.otlp.resource_facts import MOST_NAME_CHARACTERS, ResourceFacts, resource_facts
from watchkeeper.telemetry.otlp.span_events import take_events
from watchkeeper.telemetry.otlp.usage import TokenCounts, token_counts
from watchkeeper.telemetry.otlp.verdicts import holds_verdicts, take_evaluations

_ERROR = Status.STATUS_CODE_ERROR
_KIND_NAMES = {
    OtlpSpan.SPAN_KIND_SERVER: "server",
    OtlpSpan.SPAN_KIND_CLIENT: "client",
    OtlpSpan.SPAN_KIND_PRODUCER: "producer",
    OtlpSpan.SPAN_KIND_CONSUMER: "consumer",
}
_EMBEDDINGS = "embeddings"
_NO_SPAN = bytes(8)
_TEXT_COLUMNS = frozenset(
    {
        "model",
        "run_id",
        "item_id",
        "agent",
        "route",
        "target",
        "release",
        "component",
        "conversation_id",
        "query_type",
        "error_code",
    }
)
_FLAGS = frozenset({"cached", "degraded"})
_OTHER_COLUMNS = _FLAGS | {"provider", "finish_reason", "http_status", "ttft", "ttft_ms"}
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
                _map_span(span, facts, scoped.scope.name, terms=terms, into=into)


def _map_span(sent: OtlpSpan, facts: ResourceFacts, scope: str, *, terms: Terms, into: Mapped) -> None:
    """Map one span; columns that nobody told are left to their defaults, for most are."""
    said = sorted_attributes(sent.attributes)
    columns = {**facts.columns, **said.columns} if facts.columns else said.columns
    trace_id, span_id = sent.trace_id.hex(), sent.span_id.hex()
    workload = (_name(columns["workload"]) if "workload" in columns else None) or facts.workload
    start_ns, end_ns = sent.start_time_unix_nano, sent.end_time_unix_nano
    row: dict[str, Any] = {
        "trace_id": trace_id,
        "span_id": span_id,
        "name": sent.name[:MOST_NAME_CHARACTERS],
        "operation": _operation(columns),
        "workload": workload,
        "start_ns": start_ns,
        "duration_ns": end_ns - start_ns,
        "ok": "error_code" not in columns,
    }
    parent = sent.parent_span_id
    if parent and parent != _NO_SPAN:
        row["parent_span_id"] = parent.hex()
    for column, value in columns.items():
        if column in _TEXT_COLUMNS:
            row[column] = _name(value)
        elif column in _OTHER_COLUMNS:
            _take_other(column, value, columns, row)
    if sent.events:
        noted = take_events(
            sent.events, said, workload=workload, trace_id=trace_id, span_id=span_id, into=into
        )
        row["error_message"] = _cut(noted.exception_message)
        if row.get("error_code") is None:
            row["error_code"] = noted.exception_type
    if sent.HasField("status"):
        row["ok"] = row["ok"] and sent.status.code != _ERROR
        row["error_message"] = _cut(sent.status.message) or row.get("error_message")
    if row["operation"] in MODEL_OPERATIONS:
        _take_usage(columns, said, row, scope=scope, terms=terms)
    else:
        for column in columns.keys() & _TOKEN_COLUMNS.keys():
            said.rest[_TOKEN_COLUMNS[column]] = columns[column]
    if holds_verdicts(said.rest):
        into.evaluations.extend(
            take_evaluations(said.rest, workload=workload, ts_ns=end_ns, trace_id=trace_id, span_id=span_id)
        )
    prompt, reply = (prompt_of(said.told), reply_of(said.told)) if said.told else (None, None)
    if workload not in terms.opted_out:
        row["prompt_preview"] = prompt and prompt.preview
        row["reply_preview"] = reply and reply.preview
    row["attributes"] = _attributes(sent, facts, scope, said)
    into.spans.append(MappedSpan(row, prompt, reply))


def _take_other(column: str, value: object, columns: dict[str, object], row: dict[str, Any]) -> None:
    """A column that is no plain text."""
    if column == "provider":
        row["provider"] = _provider(value)
    elif column == "finish_reason":
        row["finish_reason"] = _name(_first(value))
    elif column == "http_status":
        row["http_status"] = _http_status(value)
    elif column in _FLAGS:
        row[column] = _flag(value)
    else:
        row["ttft_ms"] = _ttft_ms(columns)


def _take_usage(
    columns: dict[str, object], said: Sorted, row: dict[str, Any], *, scope: str, terms: Terms
) -> None:
    """Tokens and cost of a call that counts."""
    tokens = token_counts(columns, scope=scope)
    row["input_tokens"], row["output_tokens"] = tokens.input, tokens.output
    row["cache_read_tokens"], row["cache_write_tokens"] = tokens.cache_read, tokens.cache_write
    row["reasoning_tokens"] = tokens.reasoning
    row["cost_usd"] = _cost_usd(columns, said, row, tokens=tokens, terms=terms)


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
    text = value if type(value) is str else text_of(value)
    return text[:MOST_NAME_CHARACTERS] if text else None


def _first(value: object) -> object:
    """The first of a list, which may be written as JSON."""
    if isinstance(value, str) and value.startswith("["):
        return value.strip("[] ").split(",", 1)[0].strip("\"' ") or None
    return value


def _cut(message: str | None) -> str | None:
    return message[:_MOST_MESSAGE_CHARACTERS] if message else None


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
    row: dict[str, Any],
    *,
    tokens: TokenCounts,
    terms: Terms,
) -> Decimal | None:
    """What the sender says it cost, in USD; else what the price in force makes of its tokens."""
    currency = text_of(said.rest.get("gen_ai.usage.cost.currency"))
    if "cost" in columns and (currency is None or currency.upper() == "USD"):
        told = _amount(columns["cost"])
        if told is not None:
            return told
    provider, model = row.get("provider"), row.get("model")
    if provider is None or model is None or (tokens.input is None and tokens.output is None):
        return None
    if tokens.output is None and row["operation"] == _EMBEDDINGS:
        tokens = tokens._replace(output=0)  # it generates none, so nobody tells them
    return terms.pricing(provider, model, tokens, _instant(row["start_ns"] // 1_000_000_000))


@lru_cache(maxsize=1024)
def _instant(second: int) -> datetime:
    """An instant from its second since the epoch: spans come many to a second."""
    return datetime.fromtimestamp(second, UTC)


def _amount(told: object) -> Decimal | None:
    try:
        amount = Decimal(str(told))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _COST_LIMIT_USD else None


def _attributes(sent: OtlpSpan, facts: ResourceFacts, scope: str, said: Sorted) -> dict[str, object]:
    """All that has no column."""
    kept = said.rest
    kept.update(facts.kept)
    if scope:
        kept["otel.scope.name"] = scope[:MOST_NAME_CHARACTERS]
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

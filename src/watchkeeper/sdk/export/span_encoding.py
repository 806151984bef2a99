"""Ended spans as an OTLP request."""

from collections.abc import Iterable, Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from watchkeeper.sdk.logs.lines import error_type
from watchkeeper.sdk.span import AttributeValue, OpenSpan

SCOPE = InstrumentationScope(name="watchkeeper.sdk")
_KINDS = {
    "internal": Span.SPAN_KIND_INTERNAL,
    "client": Span.SPAN_KIND_CLIENT,
    "server": Span.SPAN_KIND_SERVER,
}
_INT64 = 2**63


def resource_of(facts: Mapping[str, str]) -> Resource:
    """What every request of this process says of its sender."""
    return Resource(attributes=[key_value(name, value) for name, value in facts.items()])


def encode_spans(spans: Iterable[OpenSpan], resource: Resource) -> bytes:
    """A whole `ExportTraceServiceRequest`."""
    scoped = ScopeSpans(scope=SCOPE, spans=[_span(span) for span in spans])
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[scoped])]
    ).SerializeToString()


def key_value(name: str, value: AttributeValue) -> KeyValue:
    """An attribute."""
    return KeyValue(key=_text(name), value=_any_value(value))


def _span(span: OpenSpan) -> Span:
    end_ns = span.start_ns + span.duration_ns
    sent = Span(
        trace_id=bytes.fromhex(span.trace_id),
        span_id=bytes.fromhex(span.span_id),
        parent_span_id=bytes.fromhex(span.parent_span_id) if span.parent_span_id else b"",
        trace_state=span.trace_state,
        name=_text(span.name),
        kind=_KINDS.get(span.kind, Span.SPAN_KIND_INTERNAL),
        start_time_unix_nano=span.start_ns,
        end_time_unix_nano=end_ns,
        attributes=[key_value(name, value) for name, value in span.attributes.items()],
    )
    if span.component is not None:
        sent.attributes.append(key_value("watchkeeper.component", span.component))
    if span.query_id is not None:
        sent.attributes.append(key_value("watchkeeper.query_id", span.query_id))
    if span.cpu_ns is not None:
        sent.attributes.append(key_value("watchkeeper.cpu_ms", span.cpu_ns / 1e6))
    if span.rss_bytes is not None:
        sent.attributes.append(key_value("watchkeeper.rss_bytes", span.rss_bytes))
    if span.error is not None:
        _tell_error(sent, span.error, end_ns)
    return sent


def _tell_error(sent: Span, error: BaseException | str, end_ns: int) -> None:
    kind = error_type(error)
    try:
        message = _text(str(error))[:2_000]
    except Exception:  # noqa: BLE001 - an application's exception whose text fails
        message = ""
    sent.status.code = Status.STATUS_CODE_ERROR
    sent.status.message = message
    sent.attributes.append(key_value("error.type", kind))
    if isinstance(error, BaseException):
        event = sent.events.add(name="exception", time_unix_nano=end_ns)
        event.attributes.append(key_value("exception.type", kind))
        event.attributes.append(key_value("exception.message", message))


def _any_value(value: AttributeValue) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=_text(value))
    if isinstance(value, int):
        return AnyValue(int_value=value) if -_INT64 <= value < _INT64 else AnyValue(string_value=str(value))
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(array_value=ArrayValue(values=[_any_value(item) for item in value]))


def _text(value: object) -> str:
    """Text that UTF-8 can carry."""
    return str(value).encode("utf-8", "replace").decode("utf-8")

"""OTLP requests in a few words, for tests: real messages of the protocol, and what mapping makes of them."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.telemetry.otlp.mapped import Mapped, Terms
from watchkeeper.telemetry.otlp.span_mapping import map_spans

START_NS = 1_767_225_600_000_000_000
"""2026-01-01, when spans of tests begin."""


def any_value(value: Any) -> AnyValue:
    """A plain value as OTLP writes it."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    if isinstance(value, Mapping):
        made = AnyValue()
        made.kvlist_value.SetInParent()
        for key, held in value.items():
            pair = made.kvlist_value.values.add(key=key)
            pair.value.CopyFrom(any_value(held))
        return made
    if isinstance(value, list | tuple):
        made = AnyValue()
        made.array_value.SetInParent()
        made.array_value.values.extend(any_value(held) for held in value)
        return made
    return AnyValue(string_value=str(value))


def put_attributes(pairs: Any, said: Mapping[str, Any]) -> None:
    """Add attributes to a list of them."""
    for key, value in said.items():
        pairs.add(key=key).value.CopyFrom(any_value(value))


def otlp_span(
    number: int = 1, *, name: str = "chat", attributes: Mapping[str, Any] | None = None
) -> OtlpSpan:
    """A span of the trace 1, a second and a half long."""
    span = OtlpSpan(
        trace_id=(1).to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        name=name,
        start_time_unix_nano=START_NS,
        end_time_unix_nano=START_NS + 1_500_000_000,
    )
    put_attributes(span.attributes, attributes or {})
    return span


def trace_request(
    *spans: OtlpSpan, resource: Mapping[str, Any] | None = None, scope: str = ""
) -> ExportTraceServiceRequest:
    """A request with these spans of one resource; of the service `shop` if none is given."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    put_attributes(group.resource.attributes, {"service.name": "shop"} if resource is None else resource)
    scoped = group.scope_spans.add()
    scoped.scope.name = scope
    scoped.spans.extend(spans)
    return request


def mapped(request: ExportTraceServiceRequest, terms: Terms | None = None) -> Mapped:
    """What mapping makes of the spans of a request."""
    into = Mapped()
    map_spans(request.resource_spans, terms or Terms(), into)
    return into

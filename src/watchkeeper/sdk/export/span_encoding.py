"""Ended spans as an OTLP request."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from watchkeeper.sdk.export.wire import field, fixed_field, key_value, number_field, text
from watchkeeper.sdk.logs.lines import error_type
from watchkeeper.sdk.redaction import redact_secrets
from watchkeeper.sdk.span import OpenSpan

SCOPE_NAME = "watchkeeper.sdk"
SCOPE = field(1, field(1, text(SCOPE_NAME)))
"""The field of a group that names who recorded what is in it."""
_KINDS = {"internal": 1, "server": 2, "client": 3}
_ERROR = number_field(3, 2)
_MOST_MESSAGE_CHARACTERS = 2_000


def resource_bytes(facts: Mapping[str, str]) -> bytes:
    """What every request of this process says of its sender: a `Resource`."""
    return b"".join(field(1, key_value(name, value)) for name, value in facts.items())


def encode_spans(spans: Iterable[OpenSpan], resource: bytes) -> bytes:
    """A whole `ExportTraceServiceRequest`."""
    scoped = SCOPE + b"".join([field(2, _span(span)) for span in spans])
    return field(1, field(1, resource) + field(2, scoped))


def _span(span: OpenSpan) -> bytes:
    end_ns = span.start_ns + span.duration_ns
    parts = [
        field(1, bytes.fromhex(span.trace_id)),
        field(2, bytes.fromhex(span.span_id)),
        field(5, text(span.name)),
        number_field(6, _KINDS.get(span.kind, 1)),
        fixed_field(7, span.start_ns),
        fixed_field(8, end_ns),
    ]
    if span.parent_span_id is not None:
        parts.append(field(4, bytes.fromhex(span.parent_span_id)))
    if span.trace_state:
        parts.append(field(3, text(span.trace_state)))
    if span.component is not None:
        parts.append(_often("watchkeeper.component", span.component))
    if span.query_id is not None:
        parts.append(_attribute("watchkeeper.query_id", span.query_id))
    if span.cpu_ns is not None:
        parts.append(_attribute("watchkeeper.cpu_ms", span.cpu_ns / 1e6))
    if span.rss_bytes is not None:
        parts.append(_attribute("watchkeeper.rss_bytes", span.rss_bytes))
    parts += [_attribute(name, value) for name, value in span.attributes.items()]
    if span.error is not None:
        parts += _told_error(span.error, end_ns)
    return b"".join(parts)


def _told_error(error: BaseException | str, end_ns: int) -> list[bytes]:
    kind = error_type(error)
    try:
        message = redact_secrets(str(error))[:_MOST_MESSAGE_CHARACTERS]
    except Exception:  # noqa: BLE001 - an application's exception whose text fails
        message = ""
    told = [field(15, field(2, text(message)) + _ERROR), _attribute("error.type", kind)]
    if isinstance(error, BaseException):
        facts = (key_value("exception.type", kind), key_value("exception.message", message))
        event = fixed_field(1, end_ns) + field(2, b"exception") + b"".join(field(3, fact) for fact in facts)
        told.append(field(11, event))
    return told


def _attribute(name: str, value: object) -> bytes:
    return field(9, key_value(name, value))


@lru_cache(maxsize=1_024)
def _often(name: str, value: str) -> bytes:
    """An attribute with one of few values."""
    return _attribute(name, value)

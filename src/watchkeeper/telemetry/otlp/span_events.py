"""The events of a span: messages, verdicts, feedback, exceptions, and whatever else stays told."""

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.telemetry.otlp.any_value import plain_attributes, text_of
from watchkeeper.telemetry.otlp.attribute_sorting import Sorted, sorted_attributes
from watchkeeper.telemetry.otlp.content_names import (
    CHOICE_EVENT,
    DETAILS_EVENT,
    MESSAGE_EVENTS,
    OLD_CONTENT_EVENTS,
)
from watchkeeper.telemetry.otlp.contents import Told
from watchkeeper.telemetry.otlp.mapped import Mapped
from watchkeeper.telemetry.otlp.messages import messages_of, normal_messages
from watchkeeper.telemetry.otlp.verdicts import (
    EVALUATION_EVENT,
    FEEDBACK_EVENTS,
    evaluation_of_event,
    feedback_of_event,
)

MOST_EVENTS = 128
"""Of one span that are kept told."""
_EXCEPTION = "exception"


@dataclass(slots=True)
class Noted:
    """What a span's columns take from its events."""

    exception_type: str | None = None
    exception_message: str | None = None


def take_events(
    events: Sequence[OtlpSpan.Event],
    said: Sorted,
    *,
    workload: str,
    trace_id: str,
    span_id: str,
    into: Mapped,
) -> Noted:
    """Take the events of a span: content to what was told, verdicts to their rows, the rest to attributes."""
    noted = Noted()
    if not events:
        return noted
    kept: list[dict[str, object]] = []
    for event in events:
        if take_message(event.name, event, said.told):
            continue
        attributes = plain_attributes(event.attributes)
        if event.name == EVALUATION_EVENT:
            verdict = evaluation_of_event(
                attributes, workload=workload, ts_ns=event.time_unix_nano, trace_id=trace_id, span_id=span_id
            )
            if verdict is not None:
                into.evaluations.append(verdict)
                continue
        if event.name in FEEDBACK_EVENTS:
            opinion = feedback_of_event(
                attributes, workload=workload, ts_ns=event.time_unix_nano, trace_id=trace_id, span_id=span_id
            )
            if opinion is not None:
                into.feedback.append(opinion)
                continue
        if event.name == _EXCEPTION:
            noted.exception_type = text_of(attributes.get("exception.type"))
            noted.exception_message = text_of(attributes.get("exception.message"))
        if len(kept) < MOST_EVENTS:
            kept.append(
                {"name": event.name, "time_unix_nano": event.time_unix_nano, "attributes": attributes}
            )
    if len(events) > MOST_EVENTS:
        into.cuts.note("events beyond the number kept", len(events) - MOST_EVENTS)
    if kept:
        said.rest["otel.events"] = kept
    return noted


def take_message(name: str, event: OtlpSpan.Event, told: Told) -> bool:
    """Take an event that holds content; whether it was one."""
    if name == DETAILS_EVENT or name in OLD_CONTENT_EVENTS:
        inner = sorted_attributes(event.attributes).told
        told.values.update(inner.values)
        told.leaves.update(inner.leaves)
        return bool(inner)
    if name == CHOICE_EVENT:
        told.reply_messages.extend(_message(event, "assistant"))
        return True
    if name in MESSAGE_EVENTS:
        told.prompt_messages.extend(_message(event, MESSAGE_EVENTS[name]))
        return True
    return False


def _message(event: OtlpSpan.Event, role: str) -> list[dict[str, object]]:
    said = plain_attributes(event.attributes)
    held = said.get("message")
    found = messages_of(held, role) if isinstance(held, str) else None
    return found or list(normal_messages(said, role))

"""Log records as they were sent, as rows of ours; events that mean a verdict or feedback become those."""

from collections.abc import Iterable

import orjson
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as OtlpLogRecord
from opentelemetry.proto.logs.v1.logs_pb2 import ResourceLogs

from watchkeeper.domain.log_record import LogRecord
from watchkeeper.telemetry.otlp.any_value import plain, plain_attributes, text_of
from watchkeeper.telemetry.otlp.attribute_sorting import sorted_attributes
from watchkeeper.telemetry.otlp.content_names import (
    CHOICE_EVENT,
    CONTENT_NAMES,
    DETAILS_EVENT,
    MESSAGE_EVENTS,
    OLD_CONTENT_EVENTS,
    list_of,
)
from watchkeeper.telemetry.otlp.contents import Side, Told, prompt_of, reply_of
from watchkeeper.telemetry.otlp.mapped import Mapped, MappedLog, Terms
from watchkeeper.telemetry.otlp.messages import Message, messages_of, normal_messages
from watchkeeper.telemetry.otlp.resource_facts import MOST_NAME_CHARACTERS, ResourceFacts, resource_facts
from watchkeeper.telemetry.otlp.verdicts import (
    EVALUATION_EVENT,
    FEEDBACK_EVENTS,
    evaluation_of_event,
    feedback_of_event,
)

MOST_BODY_CHARACTERS = 65_536
_EVENT_NAME = "event.name"
_WORKLOAD = "watchkeeper.workload"


def map_logs(resource_logs: Iterable[ResourceLogs], terms: Terms, into: Mapped) -> None:
    """Map all records of a request."""
    for group in resource_logs:
        facts = resource_facts(group.resource)
        for scoped in group.scope_logs:
            for record in scoped.log_records:
                _map_record(record, facts, scoped.scope.name, terms=terms, into=into)


def _map_record(sent: OtlpLogRecord, facts: ResourceFacts, scope: str, *, terms: Terms, into: Mapped) -> None:
    said = plain_attributes(sent.attributes)
    event = sent.event_name or text_of(said.pop(_EVENT_NAME, None)) or ""
    workload = (text_of(said.pop(_WORKLOAD, None)) or facts.workload)[:MOST_NAME_CHARACTERS]
    ts_ns = sent.time_unix_nano or sent.observed_time_unix_nano
    trace_id = sent.trace_id.hex() if any(sent.trace_id) else None
    span_id = sent.span_id.hex() if any(sent.span_id) else None
    if _is_verdict(
        event, said, sent, workload=workload, ts_ns=ts_ns, trace_id=trace_id, span_id=span_id, into=into
    ):
        return
    told = _content(event, sent)
    prompt, reply = (prompt_of(told), reply_of(told)) if told else (None, None)
    body = _shown(prompt, reply, shown=workload not in terms.opted_out) if told else _body(sent)
    kept = {name: value for name, value in said.items() if name not in CONTENT_NAMES and not list_of(name)}
    kept.update(facts.kept)
    if scope:
        kept["otel.scope.name"] = scope[:MOST_NAME_CHARACTERS]
    into.logs.append(
        MappedLog(
            LogRecord(
                workload=workload,
                ts_ns=ts_ns,
                severity_number=sent.severity_number or None,
                severity_text=sent.severity_text[:MOST_NAME_CHARACTERS] or None,
                event_name=event[:MOST_NAME_CHARACTERS] or None,
                body=body,
                trace_id=trace_id,
                span_id=span_id,
                attributes=kept,
            ),
            prompt,
            reply,
        )
    )


def _is_verdict(
    event: str,
    said: dict[str, object],
    sent: OtlpLogRecord,
    *,
    workload: str,
    ts_ns: int,
    trace_id: str | None,
    span_id: str | None,
    into: Mapped,
) -> bool:
    """Take a record that is a verdict or feedback; whether it was one."""
    if event not in FEEDBACK_EVENTS and event != EVALUATION_EVENT:
        return False
    body = plain(sent.body)
    if isinstance(body, dict):
        said = {**body, **said}
    if event == EVALUATION_EVENT:
        verdict = evaluation_of_event(
            said, workload=workload, ts_ns=ts_ns, trace_id=trace_id, span_id=span_id
        )
        if verdict is not None:
            into.evaluations.append(verdict)
        return verdict is not None
    opinion = feedback_of_event(said, workload=workload, ts_ns=ts_ns, trace_id=trace_id, span_id=span_id)
    if opinion is not None:
        into.feedback.append(opinion)
    return opinion is not None


def _content(event: str, sent: OtlpLogRecord) -> Told | None:
    """What a record that holds content tells; None where it is no such record."""
    if event == DETAILS_EVENT or event in OLD_CONTENT_EVENTS:
        told = sorted_attributes(sent.attributes).told
        body = plain(sent.body)
        if isinstance(body, dict):
            told.values.update({name: value for name, value in body.items() if name in CONTENT_NAMES})
        return told
    if event == CHOICE_EVENT:
        return Told(reply_messages=_messages(sent, "assistant"))
    if event in MESSAGE_EVENTS:
        return Told(prompt_messages=_messages(sent, MESSAGE_EVENTS[event]))
    return None


def _messages(sent: OtlpLogRecord, role: str) -> list[Message]:
    body = plain(sent.body)
    if isinstance(body, dict):
        return list(normal_messages(body, role))
    return messages_of(body, role) or ([{"role": role, "content": body}] if isinstance(body, str) else [])


def _shown(prompt: Side | None, reply: Side | None, *, shown: bool) -> str | None:
    piece = reply or prompt
    return piece.preview if piece is not None and shown else None


def _body(sent: OtlpLogRecord) -> str | None:
    body = plain(sent.body)
    if body is None or isinstance(body, str):
        return body or None
    return orjson.dumps(body, default=str).decode()[:MOST_BODY_CHARACTERS]

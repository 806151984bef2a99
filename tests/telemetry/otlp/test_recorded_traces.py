"""Traces that real frameworks sent: their tree, times, tokens and messages come out as recorded."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.otlp.json_requests import message_of_json
from watchkeeper.telemetry.otlp.mapped import MappedSpan
from watchkeeper.telemetry.otlp.requests import take_request
from watchkeeper.telemetry.otlp.signals import SIGNALS
from watchkeeper.testing.otlp import mapped, put_attributes, trace_request

MOVED = {
    "pydantic-ai": ("gen_ai.input.messages", "gen_ai.output.messages"),
    "agent_framework": ("gen_ai.input.messages", "gen_ai.output.messages"),
    "ai": ("ai.prompt.messages", "ai.response.toolCalls"),
}
"""The recording keeps the content of these beside the attributes; here it is put back."""

SENT_TWICE = "google-adk"
"""Says a tool's result both as Gemini's own request, where it is the user's, and as OpenInference's
message, where it is the tool's; we read the message, the expectation the request."""


def parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


def span_of(observation: Mapping[str, Any]) -> tuple[OtlpSpan, str]:
    metadata = parsed(observation.get("metadata") or "{}")
    attributes = dict(parsed(metadata.get("attributes") or "{}"))
    scope = (parsed(metadata.get("scope") or "{}") or {}).get("name", "")
    for name, held in zip(
        MOVED.get(scope, ()), (observation.get("input"), observation.get("output")), strict=False
    ):
        if held and observation["type"] == "GENERATION" and "events" not in attributes:
            attributes.setdefault(name, held if isinstance(held, str) else json.dumps(held))
    span = OtlpSpan(
        trace_id=bytes.fromhex(observation["traceId"]),
        span_id=bytes.fromhex(observation["id"]),
        parent_span_id=bytes.fromhex(observation.get("parentObservationId") or ""),
        name=observation["name"],
        start_time_unix_nano=ns(observation["startTime"]),
        end_time_unix_nano=ns(observation["endTime"]),
    )
    put_attributes(
        span.attributes,
        {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()},
    )
    return span, scope


def recorded(folder: Path) -> Iterator[tuple[str, Mapping[str, Any], MappedSpan, Mapping[str, Any]]]:
    """Every recorded observation: framework, observation, what mapping makes of it, expected messages."""
    for file in sorted((folder / "framework_traces").glob("*.trace.json")):
        expected = json.loads(file.with_name(file.name.replace(".trace.", ".chatml.")).read_text())
        for observation in json.loads(file.read_text())["observations"]:
            span, scope = span_of(observation)
            found = mapped(trace_request(span, scope=scope)).spans[0]
            yield file.name, observation, found, expected.get(observation["id"], {})


def test_ids_parents_and_durations_are_those_recorded(recorded_payloads: Path) -> None:
    count = 0
    for name, observation, found, _ in recorded(recorded_payloads):
        row = found.row
        assert (row.span_id, row.parent_span_id) == (
            observation["id"],
            observation.get("parentObservationId") or None,
        ), name
        assert row.duration_ns == ns(observation["endTime"]) - ns(observation["startTime"])
        count += 1
    assert count > 80


def test_tokens_of_model_calls_are_those_recorded(recorded_payloads: Path) -> None:
    compared = 0
    for name, observation, found, _ in recorded(recorded_payloads):
        row, usage = found.row, observation.get("usageDetails") or {}
        told = parsed((parsed(observation.get("metadata") or "{}")).get("attributes") or "{}")
        tells = any(
            "input_tokens" in key or key[4:] == "token_count.prompt" or "prompt_tokens" in key for key in told
        )
        if row.operation in MODEL_OPERATIONS and tells and "input" in usage:
            assert (row.input_tokens, row.output_tokens) == (usage["input"], usage["output"]), (
                name,
                row.name,
            )
            compared += 1
    assert compared >= 11


def plain_text(content: Any) -> str:
    """Text, also where the expectation keeps it in parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def simple(messages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What both sides call a message the same: who, text, calls, and which call a result answers."""
    return [
        (
            one.get("role"),
            plain_text(one.get("content")),
            [
                (call.get("id") or "", call.get("name"), call.get("arguments") or "{}")
                for call in one.get("tool_calls") or []
            ],
            one.get("tool_call_id"),
        )
        for one in messages
    ]


def expected_messages(side: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    if not side.get("success"):
        return None
    found = []
    for one in side["data"]:
        inner = one.get("json", {})
        if "role" not in one and isinstance(inner.get("message"), dict):
            one = inner["message"]
        if "role" not in one:
            return None
        found.append(one)
    return found


def test_messages_are_those_expected_after_normalisation(recorded_payloads: Path) -> None:
    compared: dict[str, int] = {}
    for name, observation, found, expected in recorded(recorded_payloads):
        if observation["type"] != "GENERATION":
            continue
        for side, piece in (("input", found.prompt), ("output", found.reply)):
            wanted = expected_messages(expected.get(side, {}))
            if wanted is None or piece is None:
                continue
            got = json.loads(piece.data)
            assert isinstance(got, list), (name, side, got)
            if name.startswith(SENT_TWICE):
                at = [place for place, one in enumerate(got) if one["role"] != "tool"]
                got, wanted = [got[place] for place in at], [wanted[place] for place in at]
            assert simple(got) == simple(wanted), (name, observation["name"], side)
            compared[name] = compared.get(name, 0) + 1
    assert sum(compared.values()) >= 20


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_the_protocols_own_examples_are_taken_whole(signal: Any, recorded_payloads: Path) -> None:
    names = {"traces": "trace.json", "metrics": "metrics.json", "logs": "logs.json"}
    body = (recorded_payloads / "otlp_examples" / names[signal.name]).read_bytes()

    found = take_request(signal, body, is_json=True, now_ns=1_795_000_000_000_000_000)

    message, lost = message_of_json(signal, body)
    assert (found.rejected, lost) == ({}, 0)
    assert found.items == signal.count(message) > 0
    if signal.name == "traces":
        assert (
            message.resource_spans[0].scope_spans[0].spans[0].trace_id.hex()
            == "5b8efff798038103d269b633813fc60c"
        )

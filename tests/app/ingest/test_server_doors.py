"""The server's own port: OTLP and JSON records go on to the ingest process, and come back as rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.handle import Handle
from watchkeeper.testing.otlp import otlp_span, trace_request

if TYPE_CHECKING:
    from conftest import Ingest

StartServer = Callable[..., Handle]
PROTOBUF = {"content-type": "application/x-protobuf"}
KEY = "wk-0123456789abcdef0123"


def until(look: Callable[[], Any]) -> Any:
    begins = monotonic()
    while not (found := look()):
        assert monotonic() - begins < 60, "it did not come in time"
        Event().wait(0.05)
    return found


def rows(server: Handle, path: str) -> list[dict[str, Any]]:
    answered = httpx.get(f"{server.address}/api/v1/{path}", timeout=30)
    assert answered.status_code == 200, answered.text
    found: list[dict[str, Any]] = answered.json()["rows"]
    return found


def now() -> str:
    return datetime.now(UTC).isoformat()


def test_a_span_sent_to_the_server_is_a_call_that_can_be_asked_for(
    start_server: StartServer, ingest: "Ingest"
) -> None:
    server = start_server(data_dir=ingest.data_dir)
    span = otlp_span(7, attributes={"gen_ai.operation.name": "chat", "gen_ai.request.model": "small"})
    body = trace_request(span).SerializeToString()

    answered = httpx.post(f"{server.address}/v1/traces", content=body, headers=PROTOBUF, timeout=30)

    assert (answered.status_code, answered.content) == (200, b"")
    found = until(lambda: httpx.get(f"{server.address}/api/v1/traces/{1:032x}", timeout=30).json())
    assert "small" in str(found)


RECORDS = {
    "metrics": {"name": "latency", "kind": "gauge", "value": 1.5, "tags": {"route": "extract"}},
    "queries": {
        "query_id": "q1",
        "latency_ms": 12.5,
        "text": "I am anna.ek@example.se",
        "query_type": "howto",
        "results": 3,
        "components": ["search", "rank"],
        "error": "the index is stale",
    },
    "evaluations": {"name": "tone", "value": 0.9, "trace_id": "1" * 32},
    "feedback": {"rating": "thumbs_down", "comment": "no", "query_id": "q1"},
    "logs": {"body": "hello", "severity_number": 9},
}


@pytest.mark.requirement("HE-13")
def test_records_of_every_kind_come_in_as_json_and_out_by_the_api(
    start_server: StartServer, ingest: "Ingest"
) -> None:
    server = start_server(data_dir=ingest.data_dir)
    for kind, record in RECORDS.items():
        told = {"workload": "shop", "ts": now(), **record}
        for _ in range(2):  # a repeat is the same record
            answered = httpx.post(f"{server.address}/api/v1/{kind}", json=[told], timeout=30)
            assert (answered.status_code, answered.json()) == (200, {"accepted": 1}), answered.text

    (query,) = until(lambda: rows(server, "queries?workload=shop"))
    assert (query["query_id"], query["text"]) == ("q1", "I am [redacted:email]")
    assert (query["results"], query["latency_ms"], query["components"]) == (3, 12.5, ["search", "rank"])
    assert query["error"] == "the index is stale"
    (verdict,) = until(lambda: rows(server, "evaluations?workload=shop"))
    assert (verdict["name"], verdict["value"]) == ("tone", 0.9)
    (opinion,) = until(lambda: rows(server, "feedback?workload=shop"))
    assert opinion["rating"] == "thumbs_down"
    (line,) = until(lambda: rows(server, "logs?workload=shop"))
    assert line["body"] == "hello"
    names = httpx.get(f"{server.address}/api/v1/metrics/names?workload=shop", timeout=30)
    assert "latency" in names.text


@pytest.mark.parametrize(
    ("kind", "record", "said"),
    [
        ("metrics", {"name": "m", "value": "NaN"}, "finite"),
        ("metrics", {"name": "", "value": 1}, "name"),
        ("metrics", {"name": "m", "value": 1, "ts": "1970-01-01T00:00:00Z"}, "before 2000"),
        ("metrics", {"name": "m", "value": 1, "ts": "2100-01-01T00:00:00Z"}, "ahead"),
        ("queries", {"query_id": "q", "latency_ms": -1}, "latency_ms"),
        ("queries", {"query_id": "q", "latency_ms": 1, "colour": "red"}, "colour"),
        ("evaluations", {"name": "tone"}, "neither"),
        ("feedback", {"query_id": "q"}, "says nothing"),
        ("feedback", {"comment": "fine"}, "about nothing"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_the_reason(
    kind: str, record: dict[str, Any], said: str, start_server: StartServer
) -> None:
    server = start_server()

    answered = httpx.post(f"{server.address}/api/v1/{kind}", json=record, timeout=30)

    assert answered.status_code == 400
    assert said in answered.json()["error"]["message"]


def test_while_the_ingest_process_is_away_senders_are_told_to_wait(start_server: StartServer) -> None:
    server = start_server()

    for path, content, headers in (
        ("/v1/traces", trace_request(otlp_span()).SerializeToString(), PROTOBUF),
        ("/api/v1/metrics", b'{"name": "m", "value": 1}', {"content-type": "application/json"}),
    ):
        answered = httpx.post(f"{server.address}{path}", content=content, headers=headers, timeout=30)
        assert answered.status_code == 503
        assert int(answered.headers["retry-after"]) > 0
        assert "wk up" in answered.text


def test_a_server_with_keys_asks_senders_for_one(
    start_server: StartServer, start_ingest: Callable[..., "Ingest"]
) -> None:
    ingest = start_ingest(server={"keys": [KEY]})
    server = start_server(keys=[KEY], data_dir=ingest.data_dir)
    body = trace_request(otlp_span()).SerializeToString()

    without = httpx.post(f"{server.address}/v1/traces", content=body, headers=PROTOBUF, timeout=30)
    named = {**PROTOBUF, "authorization": f"Bearer {KEY}"}
    with_one = httpx.post(f"{server.address}/v1/traces", content=body, headers=named, timeout=30)
    record = httpx.post(
        f"{server.address}/api/v1/metrics",
        json={"name": "m", "value": 1},
        headers={"x-watchkeeper-key": KEY},
        timeout=30,
    )

    assert (without.status_code, with_one.status_code, record.status_code) == (401, 200, 200)

"""The ingest process as its senders see it: bounds, refusals, keys, and what stands behind a 200."""

import gzip
import json
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from watchkeeper.telemetry.otlp.signals import TRACES
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.testing.otlp import otlp_span, trace_request

if TYPE_CHECKING:
    from conftest import Ingest

KEY = "wk-0123456789abcdef0123"


def body(*numbers: int, **attributes: Any) -> bytes:
    return trace_request(
        *(otlp_span(number, attributes=attributes) for number in numbers)
    ).SerializeToString()


def keys(ingest: "Ingest") -> list[str]:
    return sorted(span.span_id for span in ingest.loaded().newest(EVERYTHING, 1000))


def test_a_200_survives_a_kill(ingest: "Ingest") -> None:
    assert ingest.post("/v1/traces", body(1, 2)).status_code == 200
    ingest.process.kill()
    ingest.process.wait(30)

    assert keys(ingest) == [f"{number:016x}" for number in (1, 2)]


def test_partial_success_is_told_with_count_and_reason(ingest: "Ingest") -> None:
    bad = otlp_span(2)
    bad.span_id = b""

    answered = ingest.post("/v1/traces", trace_request(otlp_span(1), bad).SerializeToString())

    told = ExportTraceServiceResponse.FromString(answered.content).partial_success
    assert (answered.status_code, told.rejected_spans) == (200, 1)
    assert "span id" in told.error_message
    figures = httpx.get(f"{ingest.url}/metrics").text
    assert 'watchkeeper_ingest_rejected_total{reason="a span id that is not 8 bytes, or all zero"' in figures


def test_a_gzip_bomb_is_refused_and_memory_stays_bounded(ingest: "Ingest") -> None:
    bomb = gzip.compress(bytes(400_000_000), 1)

    answered = ingest.post("/v1/traces", bomb, content_encoding="gzip")

    assert answered.status_code == 413
    assert b"unpacks to more than" in answered.content
    with pathlib.Path(f"/proc/{ingest.process.pid}/status").open() as status:
        most_kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert most_kib < 300_000
    assert ingest.post("/v1/traces", gzip.compress(body(1)), content_encoding="gzip").status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "content", "status"),
    [
        ("/v1/traces", {}, b"\xff\xff\xff", 400),
        ("/v1/traces", {"content_type": "application/json"}, b"no json", 400),
        ("/v1/traces", {"content_type": "text/html"}, b"", 415),
        ("/v1/traces", {"content_encoding": "br"}, b"", 415),
        ("/v1/traces", {"content_encoding": "gzip"}, b"no gzip", 400),
        ("/v1/traces", {"origin": "http://elsewhere.example"}, b"", 409),
        ("/v1/elsewhere", {}, b"", 404),
        ("/v1/rows", {"content_type": "application/json"}, b"no json", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(
    path: str, headers: dict[str, str], content: bytes, status: int, ingest: "Ingest"
) -> None:
    answered = ingest.post(path, content, **headers)

    assert answered.status_code == status
    assert len(answered.content) > 20


def test_a_body_longer_than_allowed_is_refused_before_it_is_read(
    start_ingest: Callable[..., "Ingest"],
) -> None:
    ingest = start_ingest(ingest={"max_body_bytes": 70_000})

    assert ingest.post("/v1/traces", body(1, text="x" * 80_000)).status_code == 413

    def endless() -> Any:
        for _ in range(100):
            yield b"x" * 10_000

    chunked = httpx.post(
        f"{ingest.url}/v1/traces", content=endless(), headers={"content-type": "application/x-protobuf"}
    )
    assert chunked.status_code == 413


def test_a_full_log_has_senders_wait_and_loading_makes_room(start_ingest: Callable[..., "Ingest"]) -> None:
    ingest = start_ingest(ingest={"max_log_bytes": 1_000_000, "segment_bytes": 65_536})
    taken = 0
    while (answered := ingest.post("/v1/traces", body(taken + 1, text="x" * 60_000))).status_code == 200:
        taken += 1
        assert taken < 100
    assert answered.status_code == 503
    assert int(answered.headers["retry-after"]) > 0
    assert b"wait to be loaded" in answered.content

    assert len(keys(ingest)) == taken

    for _ in range(100):
        if ingest.post("/v1/traces", body(taken + 1)).status_code == 200:
            break
    else:
        pytest.fail("loading made no room")


def test_beyond_loopback_a_key_is_needed_over_http_and_grpc(start_ingest: Callable[..., "Ingest"]) -> None:
    ingest = start_ingest(server={"keys": [KEY]}, ingest={"host": "0.0.0.0"})

    assert ingest.post("/v1/traces", body(1)).status_code == 401
    assert (
        ingest.post("/v1/traces", body(1), x_watchkeeper_key="wk-wrong-0123456789abcdef").status_code != 200
    )
    assert ingest.post("/v1/traces", body(1), x_watchkeeper_key=KEY).status_code == 200
    assert ingest.post("/v1/traces", body(2), authorization=f"Bearer {KEY}").status_code == 200

    with grpc.insecure_channel(f"127.0.0.1:{ingest.grpc_port}") as channel:
        export = channel.unary_unary(f"/{TRACES.service}/Export")
        with pytest.raises(grpc.RpcError) as refused:
            export(body(3), timeout=10)
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
        export(body(4), timeout=10, metadata=(("authorization", f"Bearer {KEY}"),))
    assert keys(ingest) == [f"{number:016x}" for number in (1, 2, 4)]


def test_grpc_tells_what_is_wrong_and_goes_on(ingest: "Ingest") -> None:
    with grpc.insecure_channel(f"127.0.0.1:{ingest.grpc_port}") as channel:
        export = channel.unary_unary(f"/{TRACES.service}/Export")
        with pytest.raises(grpc.RpcError) as refused:
            export(b"\xff\xff\xff", timeout=10)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "protobuf" in (refused.value.details() or "")
        assert export(body(1), timeout=10) == b""
    assert keys(ingest) == [f"{1:016x}"]


def test_it_says_how_it_is_and_stops_in_good_order(ingest: "Ingest") -> None:
    assert httpx.get(f"{ingest.url}/healthz").json()["ok"] is True
    assert httpx.get(f"{ingest.url}/readyz").json() == {"ready": True, "reasons": []}
    announced = json.loads((ingest.data_dir / "run" / "ingest.json").read_text())
    assert (announced["url"], announced["grpc_port"]) == (ingest.url, ingest.grpc_port)

    assert ingest.stop() == 0
    assert not (ingest.data_dir / "run" / "ingest.json").exists()

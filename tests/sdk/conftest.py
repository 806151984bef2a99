"""What tests of the SDK share: a door that answers as told and keeps what came, and a clock of ours."""

import gzip
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

import watchkeeper
from watchkeeper.sdk import Handle
from watchkeeper.testing.clock import CountedIds, MovedClock


class Door:
    """A real HTTP server: takes everything, unless told to answer otherwise first."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        """Path, headers and unpacked body of what was taken, in order."""
        self.refusals: list[tuple[int, dict[str, str]]] = []
        """Answers to be given first, one a request."""
        self.missing: set[str] = set()
        """Paths that are not there."""
        self.reply = b""
        self.poison = b"no body holds this"
        """A body that holds this is refused."""
        self.asked = 0
        self._lock = Lock()
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with door._lock:
                    door.asked += 1
                    status, headers = 200, {}
                    if self.path in door.missing:
                        status = 404
                    elif door.poison in body:
                        status = 400
                    elif door.refusals:
                        status, headers = door.refusals.pop(0)
                    else:
                        taken = {name.lower(): value for name, value in self.headers.items()}
                        if taken.get("content-encoding") == "gzip":
                            body = gzip.decompress(body)
                        door.requests.append((self.path, taken, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(door.reply)))
                self.end_headers()
                self.wfile.write(door.reply)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def bodies(self, path: str) -> list[bytes]:
        return [body for at, _, body in self.requests if at == path]

    def spans(self) -> list[Span]:
        found: list[Span] = []
        for body in self.bodies("/v1/traces"):
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scoped in group.scope_spans:
                    found.extend(scoped.spans)
        return found

    def metrics(self) -> list[Metric]:
        found: list[Metric] = []
        for body in self.bodies("/v1/metrics"):
            for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scoped in group.scope_metrics:
                    found.extend(scoped.metrics)
        return found

    def records(self, kind: str) -> list[dict[str, Any]]:
        return [row for body in self.bodies(f"/api/v1/{kind}") for row in json.loads(body)]


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.close()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


Begin = Callable[..., Handle]


@pytest.fixture
def begin(tmp_path: Path, clock: MovedClock) -> Iterator[Begin]:
    """Begins recording with a clock of ours; no thread of the SDK does anything before it is told to."""

    def begun(**options: Any) -> Handle:
        chosen: dict[str, Any] = {
            "workload": "test-app",
            "data_dir": tmp_path,
            "clock": clock,
            "ids": CountedIds(),
            "flush_every_s": 3_600.0,
            "log_every_s": 3_600.0,
            **options,
        }
        return watchkeeper.init(**chosen)

    yield begun
    watchkeeper.shutdown(within_s=0.2)


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[str], list[dict[str, Any]]]:
    """The lines of a log file, written and read back."""

    def read(name: str) -> list[dict[str, Any]]:
        from watchkeeper.sdk.current import CURRENT

        if CURRENT.handle is not None:
            CURRENT.handle.flush(within_s=0.1)
        path = tmp_path / "sdk" / "test-app" / "logs" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read

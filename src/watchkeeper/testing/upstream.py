"""A model provider on loopback that answers from a script and fails as told.

It stands for any OpenAI-compatible provider in tests: a real HTTP server, real connections, real
faults, and no model.

    with ScriptedUpstream([failure(503), answer("hello")]) as upstream:
        target = {"provider": "openai", "base_url": upstream.base_url, "model": "scripted-1"}
        ...
        assert upstream.requests[0].json["model"] == "scripted-1"

It serves `POST /v1/chat/completions`, streamed where the request says `"stream": true`, and
`GET /v1/models`; on `/v1/embeddings` and `/v1/messages` it sends what a step's `body` holds. Each takes
the next step of the script, in the order requests arrive;
where many arrive at once, let a step be a function of the request, so that the order does not matter.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from watchkeeper.testing.completion_wire import reply_body, stream_events
from watchkeeper.testing.scripted_reply import ScriptedReply, failure

_LOOPBACK = "127.0.0.1"
_SCRIPTED = ("/chat/completions", "/embeddings", "/messages")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it arrived."""

    number: int
    """From 1, in the order of arrival."""
    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)


Step = ScriptedReply | Callable[[RecordedRequest], ScriptedReply]


class ScriptedUpstream:
    """A provider that answers from a script; a context manager, on a free port of loopback."""

    def __init__(self, script: Iterable[Step] = (), *, then: Step | None = None) -> None:
        """Take the script.

        Args:
            script: One step a request.
            then: The step for every request after the script; without it those fail with status 500
                and code `script_ended`, so that a test that asks more often than it says is told so.
        """
        self._script = list(script)
        self._then = then
        self._requests: list[RecordedRequest] = []
        self._lock = threading.Lock()
        self.closing = threading.Event()
        """Set when the server stops; every scripted silence ends then."""
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        if self._server is None:
            raise RuntimeError("the upstream is not running; use it in a `with` statement")
        return f"http://{_LOOPBACK}:{self._server.server_port}/v1"

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return tuple(self._requests)

    @property
    def connections(self) -> int:
        """How many connections were opened so far."""
        return 0 if self._server is None else self._server.accepted

    def add(self, *steps: Step) -> None:
        """Lengthen the script."""
        with self._lock:
            self._script.extend(steps)

    def take(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[RecordedRequest, ScriptedReply]:
        """Record a request and take the step that answers it; the server calls this."""
        with self._lock:
            request = RecordedRequest(len(self._requests) + 1, method, path, headers, body)
            self._requests.append(request)
            scripted = method == "POST" and path.endswith(_SCRIPTED)
            step = self._next() if scripted else _unscripted(request)
        return request, step if isinstance(step, ScriptedReply) else step(request)

    def _next(self) -> Step:
        if self._script:
            return self._script.pop(0)
        return self._then or failure(500, code="script_ended")

    def start(self) -> None:
        """Listen; `with` does it."""
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="upstream")
        self._thread.start()

    def stop(self) -> None:
        """End every connection and wait for the server's threads; `with` does it."""
        self.closing.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.close_connections()
            self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def refusing_base_url() -> Iterator[str]:
    """A base URL whose port is held and not listened on: every connection is refused."""
    with socket.socket() as held:
        held.bind((_LOOPBACK, 0))
        yield f"http://{_LOOPBACK}:{held.getsockname()[1]}/v1"


def _unscripted(request: RecordedRequest) -> ScriptedReply:
    if request.method == "GET" and request.path.endswith("/models"):
        models = {"object": "list", "data": [{"id": "scripted-1", "object": "model", "owned_by": "test"}]}
        return ScriptedReply(body=json.dumps(models).encode())
    return failure(404, code="unknown_url")


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, upstream: ScriptedUpstream) -> None:
        self.upstream = upstream
        self.accepted = 0
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__((_LOOPBACK, 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self.accepted += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._open_lock:
            for connection in self._open:
                _end(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many tests are about; the connection ends, no more."""


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # its other end was quicker


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the requests are recorded."""

    def _answer(self) -> None:
        upstream = self.server.upstream
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request, reply = upstream.take(self.command, self.path, headers, body)
        if reply.delay_s and upstream.closing.wait(reply.delay_s):
            reply = reply.with_fault(drop=True)
        if reply.drop:
            self.close_connection = True
        elif reply.status < 400 and reply.body is None and _asks_for_stream(body):
            self._send_stream(reply, request)
        else:
            self._send_whole(reply, request)

    def _send_whole(self, reply: ScriptedReply, request: RecordedRequest) -> None:
        payload = reply_body(reply, number=request.number)
        self._send_head(reply, {"Content-Type": "application/json", "Content-Length": str(len(payload))})
        self._send_bytes(payload, reply, already=0)

    def _send_stream(self, reply: ScriptedReply, request: RecordedRequest) -> None:
        self._send_head(reply, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        options = request.json.get("stream_options") or {}
        sent = 0
        for event in stream_events(
            reply, number=request.number, with_usage=options.get("include_usage") is True
        ):
            self.wfile.write(f"{len(event):x}\r\n".encode())
            sent = self._send_bytes(event, reply, already=sent)
            if self.close_connection:
                return
            self.wfile.write(b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, reply: ScriptedReply, headers: Mapping[str, str]) -> None:
        self.send_response_only(reply.status)  # no `Date`: two runs of a script are equal
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_bytes(self, payload: bytes, reply: ScriptedReply, *, already: int) -> int:
        """Send with the reply's faults; returns how many bytes of the body are sent in all."""
        cut = reply.cut_after_bytes
        room = len(payload) if cut is None else max(0, min(len(payload), cut - already))
        if reply.byte_delay_s:
            for at in range(room):
                self.wfile.write(payload[at : at + 1])
                if self.server.upstream.closing.wait(reply.byte_delay_s):
                    self.close_connection = True
                    return already + at + 1
        else:
            self.wfile.write(payload[:room])
        if room < len(payload):
            self.close_connection = True
        return already + room


def _asks_for_stream(body: bytes) -> bool:
    try:
        asked = json.loads(body)
    except ValueError:
        return False
    return isinstance(asked, dict) and asked.get("stream") is True

"""The public door of a simulation: OTLP over HTTP on a port of this machine, as applications send it.

Calls of a scenario take the way of every call told from outside: request, redaction, log on disk, mapping,
one transaction in the telemetry store. Nothing of it is made shorter, except that nobody waits for the disk:
the folder goes when the replay is over.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from threading import Thread

import httpx
import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.app.ingest.door import Door
from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.gate import SenderGate
from watchkeeper.app.ingest.http_door import HttpDoor
from watchkeeper.app.ingest.ingest_run import LOG_FOLDER
from watchkeeper.app.ingest_preparing import preparer_of, preparing_plan
from watchkeeper.app.key_ring import key_copy
from watchkeeper.app.listening import listen, url_of
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_ingest import IngestSettings
from watchkeeper.app.settings_server import ServerSettings
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.ingest_loading import IngestLoader
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.otlp import put_attributes, trace_request

_HOST = "127.0.0.1"
_SPANS_A_REQUEST = 1_000
_WITHIN_S = 60.0
_ENDED_WITHIN_S = 10.0


class PublicDoor:
    """Takes calls in over HTTP, and loads what was taken."""

    def __init__(self, client: httpx.Client, loader: IngestLoader) -> None:
        self._client = client
        self._loader = loader

    def send(self, spans: Sequence[Span]) -> None:
        """Send calls, and have them loaded.

        Raises:
            UnavailableError: Some were not taken.
        """
        for begin in range(0, len(spans), _SPANS_A_REQUEST):
            some = spans[begin : begin + _SPANS_A_REQUEST]
            reply = self._client.post("/v1/traces", content=request_of(some).SerializeToString())
            answer = ExportTraceServiceResponse.FromString(reply.content) if reply.is_success else None
            if answer is None or answer.partial_success.rejected_spans:
                told = reply.text if answer is None else answer.partial_success.error_message
                raise UnavailableError(
                    f"calls of the scenario were not taken: {reply.status_code} {told}",
                    action="a scenario's names have the bounds of OTLP: see docs/telemetry.md",
                )
        if spans:
            self._loader.run_once()


@contextmanager
def public_door(
    store: TelemetryStore, settings: Settings, folder: Path, clock: Clock
) -> Iterator[PublicDoor]:
    """A door that is open on a port of this machine, and nobody else knows of.

    Args:
        store: Where calls go.
        settings: Prices and bounds.
        folder: Where the log of what came is kept meanwhile.
        clock: Tells when calls come.
    """
    # Whoever may send elsewhere: here it is this process alone.
    settings = settings.model_copy(update={"server": ServerSettings(), "ingest": IngestSettings()})
    log = LogWriter(folder / LOG_FOLDER, "simulation-1", sync=lambda _handle: None)
    log.start()
    figures = IngestFigures()
    door = Door(
        log,
        figures,
        clock,
        max_body_bytes=settings.ingest.max_body_bytes,
        max_in_flight_bytes=settings.ingest.max_in_flight_bytes,
        max_log_bytes=settings.ingest.max_log_bytes,
    )
    application = HttpDoor(door, SenderGate(settings, key_copy(folder), clock), figures, data_dir=str(folder))
    preparer = preparer_of(preparing_plan(folder, settings), InMemoryContent(clock=clock))
    loader = IngestLoader(preparer, store, delete=LogReader(folder / LOG_FOLDER).delete)
    headers = {"content-type": "application/x-protobuf"}
    try:
        with (
            listen(_HOST, 0) as listener,
            _serving(application, listener),
            httpx.Client(
                base_url=url_of(listener), headers=headers, timeout=_WITHIN_S, trust_env=False
            ) as client,
        ):
            yield PublicDoor(client, loader)
    finally:
        log.close()


@contextmanager
def _serving(application: HttpDoor, listener: socket) -> Iterator[None]:
    config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", ws="none")
    server = _InThread(config)
    thread = Thread(target=server.run, args=([listener],), name="simulated-door", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_ENDED_WITHIN_S)


class _InThread(uvicorn.Server):
    """Leaves signals to the process it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def request_of(spans: Sequence[Span]) -> ExportTraceServiceRequest:
    """Calls as an instrumented application tells of them."""
    return trace_request(*map(_sent, spans), resource={"service.name": "simulation"})


def _sent(span: Span) -> OtlpSpan:
    sent = OtlpSpan(
        trace_id=bytes.fromhex(span.trace_id),
        span_id=bytes.fromhex(span.span_id),
        name=span.name,
        kind=OtlpSpan.SPAN_KIND_CLIENT,
        start_time_unix_nano=span.start_ns,
        end_time_unix_nano=span.start_ns + span.duration_ns,
    )
    said = {
        "watchkeeper.workload": span.workload,
        "watchkeeper.route": span.route,
        "watchkeeper.agent": span.agent,
        "watchkeeper.component": span.component,
        "gen_ai.operation.name": span.operation,
        "gen_ai.provider.name": span.provider,
        "gen_ai.response.model": span.model,
        "gen_ai.response.finish_reasons": None if span.finish_reason is None else [span.finish_reason],
        "gen_ai.usage.input_tokens": span.input_tokens,
        "gen_ai.usage.output_tokens": span.output_tokens,
        "gen_ai.usage.cost.amount": None if span.cost_usd is None else str(span.cost_usd),
        "gen_ai.input.messages": span.prompt_preview,
        "gen_ai.output.messages": span.reply_preview,
        "http.response.status_code": span.http_status,
        "error.type": span.error_code,
    }
    put_attributes(sent.attributes, {name: value for name, value in said.items() if value is not None})
    return sent

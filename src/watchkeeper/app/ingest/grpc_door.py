"""OTLP over gRPC: the three Export methods, on raw messages, so that each is parsed once and by one rule."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio

from watchkeeper.app.ingest.door import Door
from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.gate import SenderGate
from watchkeeper.domain.errors import ConflictError, WatchkeeperError
from watchkeeper.telemetry.otlp.signals import SIGNALS, Signal

_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    413: grpc.StatusCode.INVALID_ARGUMENT,
    415: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}
_GRACE_S = 2.0
_MOST_AT_ONCE = 256
"""Calls beyond are told to wait: each may hold a whole request in memory."""

Call = Callable[[bytes, "grpc.aio.ServicerContext[Any, Any]"], Awaitable[bytes]]


class GrpcDoor:
    """The gRPC server of the ingest process."""

    def __init__(self, door: Door, gate: SenderGate, figures: IngestFigures) -> None:
        self._door = door
        self._gate = gate
        self._figures = figures
        self._server: grpc.aio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was taken.

        Raises:
            ConflictError: The port is in use.
        """
        server = grpc.aio.server(
            handlers=[_Methods({f"/{signal.service}/Export": self._call(signal) for signal in SIGNALS})],
            options=[
                ("grpc.max_receive_message_length", self._door.max_body_bytes),
                # Without, a second process would quietly share the port.
                ("grpc.so_reuseport", 0),
            ],
            maximum_concurrent_rpcs=_MOST_AT_ONCE,
        )
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            taken = server.add_insecure_port(address)
        except RuntimeError as failure:
            raise ConflictError(
                f"port {port} on {host} is in use by another program",
                action="choose another with `--otlp-grpc-port` or `ingest.grpc_port`; 0 takes any free one",
            ) from failure
        await server.start()
        self._server = server
        return taken

    async def stop(self) -> None:
        """End calls in flight, and listen no more."""
        if self._server is not None:
            await self._server.stop(_GRACE_S)

    def _call(self, signal: Signal) -> Call:
        async def export(body: bytes, context: "grpc.aio.ServicerContext[Any, Any]") -> bytes:
            try:
                headers = {
                    name: value if isinstance(value, str) else ""
                    for name, value in context.invocation_metadata() or ()
                }
                grant = self._gate.admit(headers)
                with self._door.room(len(body)):
                    response = await self._door.take(
                        signal,
                        body,
                        encoding="",
                        is_json=False,
                        workload=None if grant is None else grant.workload,
                    )
                answered: bytes = response.SerializeToString()
                return answered
            except WatchkeeperError as refusal:
                self._figures.refused(signal.name, refusal.code)
                code = _CODES.get(refusal.status, grpc.StatusCode.INTERNAL)
                await context.abort(code, f"{refusal.message}; {refusal.action}")

        return export


class _Methods(grpc.GenericRpcHandler):
    """Finds the method of a call."""

    def __init__(self, calls: dict[str, Call]) -> None:
        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            path: grpc.unary_unary_rpc_method_handler(call) for path, call in calls.items()
        }

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """See `grpc.GenericRpcHandler`."""
        return self._handlers.get(handler_call_details.method)

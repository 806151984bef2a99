"""One request at a scripted provider and its answer, with what befalls it."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from watchkeeper.testing.provider import anthropic_wire, openai_wire
from watchkeeper.testing.provider.asked import Asked, Speech
from watchkeeper.testing.provider.counting import Ledger, LoggedRequest
from watchkeeper.testing.provider.plan import Fault, ProviderPlan
from watchkeeper.testing.provider.said import Said, pieces

_JSON_HEAD = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
_REASONS = {
    200: b"OK",
    400: b"Bad Request",
    401: b"Unauthorized",
    404: b"Not Found",
    405: b"Method Not Allowed",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
    503: b"Service Unavailable",
}
_STATUSES = {Fault.RATE_LIMITED: 429, Fault.SERVER_ERROR: 500, Fault.UNAVAILABLE: 503}
_LIE_BYTES = 37
_RESET = struct.pack("ii", 1, 0)
"""`SO_LINGER` with no wait: closing sends a reset in place of an end."""
Stream = openai_wire.ChatStream | anthropic_wire.MessageStream


@dataclass(slots=True)
class Arrived:
    """A request, and what was drawn for it."""

    number: int
    asked: Asked
    said: Said
    fault: Fault | None
    logged: LoggedRequest | None


class Exchange:
    """Answers one request; `gone` ends it early."""

    def __init__(
        self,
        arrived: Arrived,
        plan: ProviderPlan,
        ledger: Ledger,
        transport: asyncio.Transport,
        *,
        over: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            arrived: What came.
            plan: How to answer.
            ledger: Told how it ended.
            transport: The connection.
            over: Called when another request may follow.
        """
        self._arrived = arrived
        self._plan = plan
        self._ledger = ledger
        self._transport = transport
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._stream: Stream | None = None
        self._left: list[str] = []
        self._breaks_at = -1
        self._is_open = True

    def start(self, latency_s: float) -> None:
        """Answer after so many seconds."""
        if latency_s:
            self._later(latency_s, self._answer)
        else:
            self._answer()

    def gone(self) -> None:
        """The client hung up, or the connection was closed by us."""
        self._end("gone")

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self._timer = self._loop.call_later(seconds, what)

    def _end(self, how: str) -> None:
        if not self._is_open:
            return
        self._is_open = False
        if self._timer is not None:
            self._timer.cancel()
        self._ledger.ended(self._arrived.logged, how)
        if how == "whole":
            self._over()

    def _break_off(self) -> None:
        self._end("cut")
        self._transport.close()

    def _answer(self) -> None:
        fault = self._arrived.fault
        if fault in _STATUSES:
            self._fail(_STATUSES[fault])
        elif fault is Fault.RESET:
            self._end("cut")
            connection: socket.socket = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        elif fault is Fault.STALL:
            self._later(self._plan.stall_s, self._break_off)
        elif self._arrived.asked.stream:
            self._begin_stream()
        else:
            self._send_whole()

    def _fail(self, status: int) -> None:
        message = f"scripted failure {status}"
        extra = b"Retry-After: %g\r\n" % self._plan.retry_after_s if status == 429 else b""
        if self._arrived.asked.speech is Speech.MESSAGES:
            body = anthropic_wire.error(status, message)
        else:
            code = {429: "rate_limit_exceeded", 503: "overloaded"}.get(status, "server_error")
            body = openai_wire.error(status, code, message)
        self._status(status)
        self._transport.write(json_reply(status, body, extra))
        self._end("whole")

    def _status(self, status: int) -> None:
        if self._arrived.logged is not None:
            self._arrived.logged.status = status

    def _usage(self) -> Mapping[str, Any]:
        asked, nonsense = self._arrived.asked, self._arrived.fault is Fault.NONSENSE_USAGE
        if asked.speech is Speech.MESSAGES:
            honest = anthropic_wire.usage_of(asked, self._arrived.said)
            return anthropic_wire.NONSENSE_USAGE if nonsense else honest
        honest = openai_wire.usage_of(asked, self._arrived.said)
        return openai_wire.NONSENSE_USAGE if nonsense else honest

    def _send_whole(self) -> None:
        arrived, fault = self._arrived, self._arrived.fault
        if arrived.asked.speech is Speech.MESSAGES:
            body = anthropic_wire.whole(arrived.asked, arrived.said, arrived.number, self._usage())
        elif arrived.asked.speech is Speech.EMBEDDINGS:
            body = openai_wire.embeddings(arrived.asked, self._usage())
        else:
            body = openai_wire.whole(arrived.asked, arrived.said, arrived.number, self._usage())
        self._status(200)
        half = len(body) // 2
        if fault is Fault.CUT or fault is Fault.HANGING:
            self._transport.write(_head(200, len(body)) + body[:half])
            self._hang_or_break()
        elif fault is Fault.LENGTH_TOO_LONG:
            self._transport.write(_head(200, len(body) + _LIE_BYTES) + body)
            self._break_off()
        elif fault is Fault.LENGTH_TOO_SHORT:
            self._transport.write(_head(200, len(body) - _LIE_BYTES) + body)
            self._break_off()
        else:
            self._transport.write(json_reply(200, body[:half] if fault is Fault.TRUNCATED_JSON else body))
            self._end("whole")

    def _hang_or_break(self) -> None:
        if self._arrived.fault is Fault.HANGING:
            self._later(self._plan.stall_s, self._break_off)
        else:
            self._break_off()

    def _begin_stream(self) -> None:
        arrived = self._arrived
        kind = (
            anthropic_wire.MessageStream
            if arrived.asked.speech is Speech.MESSAGES
            else openai_wire.ChatStream
        )
        self._stream = kind(arrived.asked, arrived.said, arrived.number, self._usage())
        text = arrived.said.tool_arguments or arrived.said.text
        self._left = pieces(text, self._plan.chunks)
        self._left.reverse()
        if arrived.fault is not None and arrived.fault is not Fault.NONSENSE_USAGE:
            self._breaks_at = len(self._left) // 2
        self._status(200)
        self._transport.write(_STREAM_HEAD + _chunk(self._stream.opening()))
        self._go_on()

    def _go_on(self) -> None:
        if self._plan.chunk_gap_s:
            self._later(self._plan.chunk_gap_s, self._next_piece)
        else:
            while self._is_open and self._stream is not None:
                self._next_piece(goes_on=False)

    def _next_piece(self, *, goes_on: bool = True) -> None:
        stream, left = self._stream, self._left
        if stream is None or not self._is_open:
            return
        if len(left) == self._breaks_at:
            self._break_stream(stream)
            return
        if not left:
            self._transport.write(_chunk(stream.closing()) + b"0\r\n\r\n")
            self._end("whole")
            return
        text = left.pop()
        if self._plan.stamps:
            text = f"{time.monotonic_ns()} "
        self._transport.write(_chunk(stream.words(text)))
        if goes_on:
            self._later(self._plan.chunk_gap_s, self._next_piece)

    def _break_stream(self, stream: Stream) -> None:
        fault = self._arrived.fault
        event = stream.words(self._left[-1])
        if fault is Fault.TRUNCATED_JSON:
            self._transport.write(_chunk(event[: len(event) // 2] + b"\n\n") + b"0\r\n\r\n")
            self._end("whole")
        elif fault is Fault.LENGTH_TOO_LONG:
            self._transport.write(b"%x\r\n%b\r\n" % (len(event) + _LIE_BYTES, event))
            self._break_off()
        elif fault is Fault.LENGTH_TOO_SHORT:
            self._transport.write(b"%x\r\n%b\r\n" % (len(event) - _LIE_BYTES, event))
            self._break_off()
        else:
            self._stream = None
            self._hang_or_break()


def json_reply(status: int, body: bytes, extra: bytes = b"") -> bytes:
    """A whole reply of JSON."""
    return _head(status, len(body), extra) + body


def error_reply(status: int, speech: Speech | None, message: str) -> bytes:
    """A failure in the dialect of a path."""
    if speech is Speech.MESSAGES:
        return json_reply(status, anthropic_wire.error(status, message))
    return json_reply(status, openai_wire.error(status, "invalid_request", message))


def control_reply(value: object) -> bytes:
    """An answer of the control endpoint."""
    return json_reply(200, value if isinstance(value, bytes) else orjson.dumps(value))


def _head(status: int, length: int, extra: bytes = b"") -> bytes:
    return _JSON_HEAD % (status, _REASONS[status], length, extra)


def _chunk(event: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(event), event)

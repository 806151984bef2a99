"""A client on the wire: raw requests over kept connections, hang-ups on purpose, every byte's fate told.

Vendors' packages retry, translate and hide; a proof of what a client saw needs one that does none of it.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast
from urllib.parse import urlsplit

import httptools

END_MARK = b"data: [DONE]"
_OURS = b": watchkeeper "


class Ended(StrEnum):
    """How an exchange ended."""

    WHOLE = "whole"
    """The reply came to its end as HTTP has it."""
    BROKEN = "broken"
    """The connection ended before the reply did, or what came was no HTTP."""
    HUNG_UP = "hung_up"
    """We hung up, as planned."""
    LATE = "late"
    """It was not whole when the time was up; we hung up."""
    NOT_REACHED = "not_reached"
    """No connection could be had, so nothing was asked."""


@dataclass(slots=True)
class WireReply:
    """What came back."""

    ended: Ended = Ended.BROKEN
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    seconds: float = 0.0
    """From the request's first byte to the reply's last."""

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The JSON of a stream's events, its end mark left out.

        Raises:
            ValueError: An event is not JSON.
        """
        rows = [line[6:] for line in self.body.split(b"\n") if line.startswith(b"data: ")]
        return [json.loads(row) for row in rows if row != b"[DONE]"]

    @property
    def last_words(self) -> dict[str, Any] | None:
        """The gateway's comment at the end of a stream; None where it did not come."""
        last = self.body.rstrip(b"\n").rpartition(b"\n")[2]
        return json.loads(last.removeprefix(_OURS)) if last.startswith(_OURS) else None


def post(
    url: str, path: str, body: Mapping[str, Any] | bytes, headers: Mapping[str, str] | None = None
) -> bytes:
    """A request, as bytes.

    Args:
        url: Where to; only its host and port are used.
        path: Such as `/v1/chat/completions`.
        body: JSON, or bytes sent as they are.
        headers: Further ones.
    """
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines.append(f"Content-Length: {len(payload)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


class WireClient:
    """One connection to a server at a time, opened when needed and kept while both sides keep it."""

    def __init__(self, url: str, *, on_piece: Callable[[bytes], None] | None = None) -> None:
        """Prepare.

        Args:
            url: The server's.
            on_piece: Called with each piece of a body as it comes.
        """
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._on_piece = on_piece
        self._connection: _Connection | None = None

    async def ask(
        self, request: bytes, *, within_s: float = 60.0, hang_up_after_s: float | None = None
    ) -> WireReply:
        """Send a request and take its reply.

        Args:
            request: As `post` writes it.
            within_s: Seconds until the reply must be whole.
            hang_up_after_s: Seconds after which to hang up on purpose; None for not at all.
        """
        began_s = time.monotonic()
        connection = self._connection
        if connection is None or connection.is_closed:
            try:
                connection = await self._connect(within_s)
            except (OSError, TimeoutError):
                return WireReply(Ended.NOT_REACHED, seconds=time.monotonic() - began_s)
        reply = await self._asked(connection, request, within_s, hang_up_after_s)
        reply.seconds = time.monotonic() - began_s
        return reply

    async def _asked(
        self, connection: "_Connection", request: bytes, within_s: float, hang_up_after_s: float | None
    ) -> WireReply:
        patience_s = within_s if hang_up_after_s is None else min(within_s, hang_up_after_s)
        answered = connection.send(request)
        timer = asyncio.get_running_loop().call_later(patience_s, connection.give_up)
        reply = await answered
        timer.cancel()
        if connection.gave_up:
            reply.ended = Ended.HUNG_UP if hang_up_after_s == patience_s else Ended.LATE
        return reply

    async def _connect(self, within_s: float) -> "_Connection":
        async with asyncio.timeout(within_s):
            _, made = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(self._on_piece), self._host, self._port
            )
        self._connection = made
        return made

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.give_up()
            self._connection = None


class _Connection(asyncio.Protocol):
    def __init__(self, on_piece: Callable[[bytes], None] | None) -> None:
        self._on_piece = on_piece
        self._transport: asyncio.Transport
        self._parser: httptools.HttpResponseParser
        self._reply = WireReply()
        self._pieces: list[bytes] = []
        self._answered: asyncio.Future[WireReply] | None = None
        self.is_closed = False
        self.gave_up = False

    def send(self, request: bytes) -> "asyncio.Future[WireReply]":
        self._parser = httptools.HttpResponseParser(self)
        self._reply, self._pieces = WireReply(), []
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def give_up(self) -> None:
        self.gave_up = True
        self._over()
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods only

    def connection_lost(self, _: Exception | None) -> None:
        self.is_closed = True
        self._over()

    def data_received(self, data: bytes) -> None:
        if self._answered is None:
            self._transport.abort()  # a reply to nothing: more came than was announced
            self.is_closed = True
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._over()
            self._transport.abort()
            self.is_closed = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._reply.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._reply.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        if self._on_piece is not None:
            self._on_piece(body)

    def on_message_complete(self) -> None:
        self._reply.ended = Ended.WHOLE
        if not self._parser.should_keep_alive():
            self._transport.close()
            self.is_closed = True
        self._over()

    def _over(self) -> None:
        answered, self._answered = self._answered, None
        if answered is not None and not answered.done():
            self._reply.body = b"".join(self._pieces)
            answered.set_result(self._reply)

"""One client's HTTP/1.1 connection: requests in, replies out, in turn; within bounds of length and time.

Written for the path of every call: httptools parses, a reply goes out in one write, a piece of a stream in
one write each. Nothing waits between the two but the one task that answers (decision 19).
"""

import asyncio
import logging
from collections import deque
from typing import Any, Protocol, cast

import httptools

from watchkeeper.app.gateway.http_reply import ClientLink, HttpReply
from watchkeeper.app.gateway.http_request import HttpRequest, head_without_offer, path_of

MOST_HEAD_BYTES = 64 * 1024
"""Of a request's line and headers."""
HEAD_WITHIN_S = 20.0
"""Seconds a request's head may take, and a new connection may say nothing."""
KEPT_IDLE_S = 75.0
"""Seconds a connection may lie idle between requests: longer than most clients keep theirs."""
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_log = logging.getLogger(__name__)


class Application(Protocol):
    """Who answers."""

    @property
    def most_body_bytes(self) -> int:
        """The longest body that is taken."""
        ...

    async def answer(self, request: HttpRequest, reply: HttpReply) -> None:
        """Answer a request, to its end."""
        ...

    def unreadable(self, path: str, reply: HttpReply) -> None:
        """Answer what is no HTTP.

        Args:
            path: As far as it was read; empty where it was not.
            reply: Where the answer goes.
        """
        ...


class ClientConnection(asyncio.Protocol):
    """A connection; answers one request at a time, and the next ones of an eager client after it."""

    def __init__(self, application: Application, connections: "set[ClientConnection]") -> None:
        """Prepare.

        Args:
            application: Who answers.
            connections: All there are; this one is among them while it lasts.
        """
        self._application = application
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._link: ClientLink
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._head_bytes = 0
        self._unended_bytes = 0
        self._without_offer: bytes | None = None
        """The head of a request that offers another protocol, without that."""
        self._head_since_s: float | None = None
        self._idle_since_s = 0.0
        self._coming: HttpRequest | None = None
        """Whose body comes."""
        self._waiting: deque[HttpRequest] = deque()
        self._reply: HttpReply | None = None
        """The reply under way."""
        self._ends = False
        """Whether no request is taken any more."""
        self._paused = False
        self._task: asyncio.Task[None] | None = None
        """Who answers at the moment."""
        self._closed: asyncio.Future[None] | None = None

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods only
        self._link = ClientLink(self._transport)
        self._connections.add(self)
        self._head_since_s = self._loop.time()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._ends and self._coming is None:
            return
        if self._head_since_s is not None:
            # A head that has not ended is all of what came before, even if it is one header's value.
            if self._unended_bytes > MOST_HEAD_BYTES:
                self._unreadable()
                return
            self._unended_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._read_on(data[offer.args[0] :])
        except httptools.HttpParserError:
            self._unreadable()
            return
        if self._waiting:
            self._begin_next()

    def connection_lost(self, _: Exception | None) -> None:
        """The client has hung up, or we have."""
        self._connections.discard(self)
        self._ends = True
        self._waiting.clear()
        self._link.changed(full=False, lost=True)
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)
        if self._coming is not None:
            self._coming.abandoned()
        if self._task is not None and self._reply is not None and self._reply.ends_with_client:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self._link.changed(full=True, lost=self._link.lost)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._link.changed(full=False, lost=self._link.lost)

    def _read_on(self, rest: bytes) -> None:
        """Decline another protocol, and read the request that offers it on in this one.

        The parser takes what follows for the other protocol's: it reads the head anew without the offer.
        """
        if self._without_offer is None:
            self._ends = True  # a tunnel is asked for; that is refused, and what follows is its
            return
        data, self._without_offer = self._without_offer + rest, None
        self._parser = httptools.HttpRequestParser(self)
        self.data_received(data)

    # httptools' side

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._head_since_s is None:
            self._head_since_s = self._loop.time()
        self._url = b""
        self._headers = {}
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Its target, or some of it."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError("the request's head is too long")  # which the parser makes an error of its own
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        parser = self._parser
        if b"upgrade" in self._headers and parser.should_upgrade():
            self._without_offer = head_without_offer(
                parser.get_method(), self._url, parser.get_http_version(), self._headers
            )
            self._unended_bytes = 0
            return
        self._head_since_s = None
        self._unended_bytes = 0
        if self._ends:
            return  # it came too late to be answered
        self._coming = HttpRequest(
            parser.get_method().decode("latin-1"),
            path_of(self._url),
            self._headers,
            keeps_alive=parser.should_keep_alive(),
            old=parser.get_http_version() == "1.0",
            most_body_bytes=self._application.most_body_bytes,
            ask_for_body=self._ask_for_body,
        )
        self._waiting.append(self._coming)

    def on_body(self, body: bytes) -> None:
        """More of its body."""
        if self._coming is not None:
            self._coming.more(body)

    def on_message_complete(self) -> None:
        """It is whole."""
        if self._without_offer is not None:
            return  # so the parser says of a head; its body comes
        if self._coming is not None:
            self._coming.ended()
            self._coming = None
        if self._reply is None:
            self._head_since_s = None  # the rest of a body whose answer went out before it

    # The server's side

    def end_soon(self) -> "asyncio.Future[None]":
        """Take no further request, and end with the reply under way; done when the connection is closed."""
        self._ends = True
        self._closed = self._loop.create_future()
        if self._reply is not None:
            self._reply.closes = True
        else:
            self._transport.close()
        return self._closed

    def break_off(self) -> "asyncio.Task[None] | None":
        """End at once; the task that has to end for that."""
        self._transport.abort()
        if self._task is not None:
            self._task.cancel()
        return self._task

    def close_if_late(self, now_s: float) -> None:
        """Give up a client whose head does not come to an end, or that has said nothing for long."""
        if self._reply is not None:
            return
        if self._head_since_s is None:
            late = now_s - self._idle_since_s > KEPT_IDLE_S
        else:
            late = now_s - self._head_since_s > HEAD_WITHIN_S
        if late:
            self._transport.close()

    # Answering

    def _begin_next(self) -> None:
        """Begin to answer the next request; if one is being answered, an eager client has to wait."""
        if self._reply is not None:
            if not self._paused:
                self._paused = True
                self._transport.pause_reading()
            return
        request = self._waiting.popleft()
        reply = self._reply = HttpReply(
            self._link,
            closes=not request.keeps_alive or (self._ends and not self._waiting),
            old=request.old,
            bodiless=request.method == "HEAD",
        )
        self._task = self._loop.create_task(self._application.answer(request, reply))
        self._task.add_done_callback(self._answered)

    def _answered(self, task: "asyncio.Task[Any]") -> None:
        reply, self._reply, self._task = self._reply, None, None
        if not task.cancelled() and task.exception() is not None:
            _log.error("a request was not answered", exc_info=task.exception())
        if self._link.lost or reply is None:
            return
        if not reply.ended or reply.closes or (self._ends and not self._waiting):
            self._transport.close()
            return
        now_s = self._loop.time()
        self._idle_since_s = now_s
        if self._coming is not None and not self._waiting:
            self._head_since_s = now_s  # the rest of a body that was not waited for
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        if self._waiting:
            self._begin_next()

    def _ask_for_body(self) -> None:
        self._link.write(_CONTINUE)

    def _unreadable(self) -> None:
        """Answer what is no HTTP, after all that came before it; nothing further is read."""
        self._ends = True
        if self._coming is not None:
            self._coming.broken()
            self._coming = None
        if self._waiting:
            self._begin_next()
        elif self._reply is not None:
            self._reply.closes = True
        else:
            reply = HttpReply(self._link, closes=True)
            self._application.unreadable(path_of(self._url) if self._url else "", reply)
            self._transport.close()

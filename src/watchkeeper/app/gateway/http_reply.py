"""A reply on its way to an HTTP client."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

_STATUS_LINES = {one.value: f"HTTP/1.1 {one.value} {one.phrase}" for one in HTTPStatus}
_JOINED_BELOW_BYTES = 64 * 1024
"""A longer body is not copied behind its head: a second write costs less."""


class ClientLink:
    """The way to one client: what a connection's transport takes, and whether it takes more."""

    __slots__ = ("_waiter", "full", "lost", "send")

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self.send = transport.write
        self.full = False
        """Whether the client reads more slowly than it is written to."""
        self.lost = False
        """Whether it has hung up."""
        self._waiter: asyncio.Future[None] | None = None

    def write(self, data: bytes) -> None:
        """Send; what is written for a client that has hung up is dropped."""
        if not self.lost:
            self.send(data)

    async def room(self) -> None:
        """Wait until it takes more, or has hung up."""
        while self.full and not self.lost:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def changed(self, *, full: bool, lost: bool) -> None:
        """How it stands now."""
        self.full, self.lost = full, lost
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class HttpReply:
    """Implements `watchkeeper.gateway.ports.ReplySink` over one HTTP/1.1 exchange.

    A client that has hung up takes nothing more; what is written for it is dropped, and the call goes on
    to its end, for its cost is known only there.
    """

    __slots__ = (
        "_body_follows",
        "_chunked",
        "_held",
        "_link",
        "closes",
        "ended",
        "ends_with_client",
        "started",
    )

    def __init__(self, link: ClientLink, *, closes: bool, old: bool = False, bodiless: bool = False) -> None:
        """Prepare; nothing is sent yet.

        Args:
            link: To the client.
            closes: Whether the connection ends with this reply.
            old: Whether the client speaks HTTP/1.0, to which a reply of unknown length ends with the
                connection.
            bodiless: Whether the head alone was asked for.
        """
        self._link = link
        self._chunked = not old
        self._body_follows = not bodiless
        self._held = b""
        self.closes = closes
        self.ends_with_client = False
        """Whether the call is to be broken off when the client hangs up."""
        self.started = False
        """Whether anything was sent: an error then has to travel inside the reply."""
        self.ended = False

    @property
    def gone(self) -> bool:
        """Whether the client has hung up."""
        return self._link.lost

    async def room(self) -> None:
        """Wait until it takes more, or nobody waits for it any more."""
        await self._link.room()

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin a reply of unknown length; its head goes out with the first of its body."""
        self.started = True
        if not self._chunked:
            self.closes = True
        self._held = self._head(status, headers, ("transfer-encoding: chunked",) if self._chunked else ())

    def write(self, piece: bytes) -> bool:
        """More of its body; whether it takes more at once, rather than after `room`."""
        link = self._link
        if not piece or link.lost:
            return True  # an empty chunk would end it
        if self._held or not self._chunked:
            held, self._held = self._held, b""
            link.send(b"%b%x\r\n%b\r\n" % (held, len(piece), piece) if self._chunked else held + piece)
        else:
            link.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        return not link.full

    def end(self, piece: bytes = b"") -> None:
        """The last of its body, if any is left; it is whole."""
        held, self._held = self._held, b""
        self.ended = True
        if not self._chunked:
            self._link.write(held + piece)
        elif piece:
            self._link.write(b"%b%x\r\n%b\r\n0\r\n\r\n" % (held, len(piece), piece))
        else:
            self._link.write(held + b"0\r\n\r\n")

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A reply that is there already."""
        self.started = self.ended = True
        head = self._head(status, headers, (f"content-length: {len(body)}",))
        if not self._body_follows:
            self._link.write(head)
        elif len(body) < _JOINED_BELOW_BYTES:
            self._link.write(head + body)
        else:
            self._link.write(head)
            self._link.write(body)

    def _head(self, status: int, headers: Mapping[str, str], framing: tuple[str, ...]) -> bytes:
        if headers.get("connection") == "close":
            self.closes = True
        elif self.closes:
            framing = (*framing, "connection: close")
        lines = [_STATUS_LINES.get(status) or f"HTTP/1.1 {status} ", *framing]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("a header of a reply holds a line's end")
        return f"{text}\r\n\r\n".encode("latin-1")

"""A client's request: its head, which is whole, and its body, which may still be coming."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import httptools

from watchkeeper.domain.errors import InvalidInputError, RequestTooLargeError, RequestTooSlowError

Headers = Mapping[bytes, bytes]
"""By lower-case name; of a repeated one, the last."""
_OFFER = frozenset({b"upgrade", b"http2-settings"})
"""The headers of an offer, and their names in `connection`."""


class ClientGoneError(Exception):
    """The client hung up before its request was whole: nobody is left to answer."""


class HttpRequest:
    """One request; its connection hands it the body, one task takes it."""

    __slots__ = (
        "_ask_for_body",
        "_failure",
        "_most_body_bytes",
        "_pieces",
        "_size",
        "_waiter",
        "_whole",
        "headers",
        "keeps_alive",
        "method",
        "old",
        "path",
    )

    def __init__(
        self,
        method: str,
        path: str,
        headers: dict[bytes, bytes],
        *,
        keeps_alive: bool,
        old: bool,
        most_body_bytes: int,
        ask_for_body: Callable[[], None],
    ) -> None:
        """Take a head.

        Args:
            method: Such as `POST`.
            path: Without query, escapes undone.
            headers: By lower-case name.
            keeps_alive: Whether the client lets the connection carry another request.
            old: Whether it speaks HTTP/1.0, which knows no reply in chunks.
            most_body_bytes: Of a body; what comes beyond is dropped, and refused.
            ask_for_body: Tells a client that waits for it to send the body.
        """
        self.method = method
        self.path = path
        self.headers = headers
        self.keeps_alive = keeps_alive
        self.old = old
        self._most_body_bytes = most_body_bytes
        self._ask_for_body = ask_for_body
        self._pieces: list[bytes] = []
        self._size = 0
        self._whole = False
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def body(self, *, within_s: float) -> bytes:
        """The whole body.

        Raises:
            RequestTooLargeError: It is longer than allowed, or says it will be.
            RequestTooSlowError: It was not whole in time.
            InvalidInputError: It is not framed as HTTP has it.
            ClientGoneError: The client hung up.
        """
        said = self.headers.get(b"content-length")
        if said is not None and said.isdigit() and int(said) > self._most_body_bytes:
            raise self._too_large()
        if not self._whole and self._failure is None:
            if self.headers.get(b"expect", b"").lower() == b"100-continue" and not self._size:
                self._ask_for_body()
            await self._come(within_s)
        if self._failure is not None:
            raise self._failure
        pieces = self._pieces
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _come(self, within_s: float) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within_s):
                await self._waiter
        except TimeoutError:
            raise RequestTooSlowError(
                f"the request's body was not whole after {within_s:g} s",
                action="send it at once, or raise `gateway.body_within_s`",
            ) from None
        finally:
            self._waiter = None

    # The connection's side

    def more(self, piece: bytes) -> None:
        """More of the body."""
        self._size += len(piece)
        if self._size > self._most_body_bytes:
            self._pieces.clear()
            self._fail(self._too_large())
        else:
            self._pieces.append(piece)

    def ended(self) -> None:
        """The body is whole."""
        self._whole = True
        self._wake()

    def broken(self) -> None:
        """What comes in the body's place is no HTTP."""
        self._fail(
            InvalidInputError("the request's body is not framed as HTTP has it", action="send its length")
        )

    def abandoned(self) -> None:
        """The client hung up."""
        if not self._whole:
            self._fail(ClientGoneError())

    def _fail(self, failure: Exception) -> None:
        if self._failure is None:
            self._failure = failure
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _too_large(self) -> RequestTooLargeError:
        return RequestTooLargeError(
            f"the request is longer than {self._most_body_bytes} bytes",
            action="send less in one request, or raise `gateway.max_body_bytes`",
        )


def path_of(url: bytes) -> str:
    """The path of a request's target, without its query and with escapes undone.

    >>> path_of(b"/v1/models?limit=2"), path_of(b"http://gateway/v1/%6dodels"), path_of(b"*")
    ('/v1/models', '/v1/models', '*')
    """
    if not url.startswith(b"/"):  # whole addresses are for proxies, and servers are to take them all the same
        try:
            url = httptools.parse_url(url).path or b"/"
        except httptools.HttpParserInvalidURLError:
            return url.decode("latin-1")
    path = url.partition(b"?")[0].partition(b"#")[0].decode("latin-1")
    return unquote(path) if "%" in path else path


def head_without_offer(method: bytes, url: bytes, version: str, headers: Headers) -> bytes:
    r"""A request's head without its offer to go on in another protocol, as Java's client makes it of HTTP/2.

    Args:
        method: Such as `POST`.
        url: As it came.
        version: Of HTTP, such as `1.1`.
        headers: By lower-case name.

    >>> head_without_offer(b"GET", b"/", "1.1", {b"connection": b"Upgrade, close", b"upgrade": b"h2c"})
    b'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'
    """
    options = (one.strip() for one in headers.get(b"connection", b"").split(b","))
    kept = b", ".join(one for one in options if one.lower() not in _OFFER)
    others = {name: value for name, value in headers.items() if name not in _OFFER and name != b"connection"}
    lines = [b"%b %b HTTP/%b" % (method, url, version.encode())]
    lines += [b"%b: %b" % one for one in (others | ({b"connection": kept} if kept else {})).items()]
    return b"\r\n".join(lines) + b"\r\n\r\n"

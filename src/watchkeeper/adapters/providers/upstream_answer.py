"""An answer of a provider as it arrives: its head, then its body, piece by piece or as it is fed on."""

import asyncio
import zlib
from collections import deque
from collections.abc import Callable
from typing import Protocol

from watchkeeper.adapters.providers.upstream_failure import BrokenExchangeError, UnusableAnswerError

_PAUSE_ABOVE_BYTES = 256 * 1024
"""Received and not yet taken: beyond it the provider is made to wait, so that memory stays bounded."""


class Bringer(Protocol):
    """The connection that an answer comes over."""

    def close(self) -> None:
        """Close it at once."""
        ...

    def resume_reading(self) -> None:
        """What came was taken: more may come."""
        ...


class UpstreamAnswer:
    """An answer as it arrives; taken by one task."""

    __slots__ = (
        "_connection",
        "_done",
        "_failure",
        "_inflate",
        "_pieces",
        "_stopped",
        "_take",
        "_waiter",
        "_waiting_bytes",
        "headers",
        "status",
        "takes_now",
    )

    def __init__(self, connection: Bringer) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        """By lower-case name; of a repeated one, the last."""
        self._connection = connection
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._done = False
        self._failure: Exception | None = None
        self._take: Callable[[bytes], bool] | None = None
        self._stopped = False
        self.takes_now: Callable[[bytes], bool] | None = None
        """What takes a piece as it comes; None while nobody does, or it is to be inflated first."""
        self._waiter: asyncio.Future[None] | None = None
        self._inflate: zlib._Decompress | None = None

    async def piece(self) -> bytes | None:
        """The next bytes of the body, all that are there; None at its end.

        Raises:
            BrokenExchangeError: The connection broke, or what came is no HTTP.
        """
        while not self._pieces:
            if self._failure is not None:
                raise self._failure
            if self._done:
                return None
            await self._wait()
        return self._taken()

    async def feed(self, take: Callable[[bytes], bool]) -> bool:
        """Hand on what comes, where it comes; see `watchkeeper.gateway.ports.Answer.feed`.

        Raises:
            BrokenExchangeError: As `piece` does.
        """
        self._take, self._stopped = take, False
        self.takes_now = take if self._inflate is None else None
        try:
            if self._pieces:
                self._hand_on(self._taken())
            while not self._stopped and not self._done and self._failure is None:
                await self._wait()
            if self._failure is not None:
                raise self._failure
            return not self._stopped
        finally:
            self._take = self.takes_now = None

    def _taken(self) -> bytes:
        found = self._pieces.popleft() if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._waiting_bytes = 0
        self._connection.resume_reading()
        return found

    async def whole(self, most_bytes: int) -> bytes:
        """The whole body.

        Raises:
            BrokenExchangeError: The connection broke, or the body is longer than `most_bytes`.
        """
        pieces: list[bytes] = []
        size = 0
        while (piece := await self.piece()) is not None:
            size += len(piece)
            if size > most_bytes:
                self.abandon()
                raise UnusableAnswerError(f"its body is longer than {most_bytes} bytes")
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def abandon(self) -> None:
        """Take no more of it; an unfinished exchange's connection is closed."""
        if not self._done:
            self._connection.close()

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come and was taken."""
        return self._done and not self._pieces

    async def head(self) -> None:
        """Wait for status and headers.

        Raises:
            BrokenExchangeError: The connection broke first.
        """
        while not self.status:
            if self._failure is not None:
                raise self._failure
            await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def began(self, status: int, headers: dict[str, str]) -> None:
        """Status and headers are there."""
        self.headers = headers
        if headers.get("content-encoding", "identity").lower() in {"gzip", "x-gzip", "deflate"}:
            self._inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        self.status = status

    def received(self, piece: bytes) -> bool:
        """More of the body; whether to pause."""
        if self._inflate is not None:
            piece = self._inflated(piece)
        if self._take is not None and not self._stopped:
            self._hand_on(piece)
            return False
        self._pieces.append(piece)
        self._waiting_bytes += len(piece)
        return self._waiting_bytes > _PAUSE_ABOVE_BYTES

    def _hand_on(self, piece: bytes) -> None:
        assert self._take is not None
        try:
            if not self._take(piece):
                self.stop()
        except Exception as defect:  # noqa: BLE001 - it belongs to the task that feeds, not to the connection
            self.stop(defect)

    def stop(self, defect: Exception | None = None) -> None:
        """Whoever takes it takes no more for now, or has failed at it."""
        self._stopped, self.takes_now = True, None
        self._failure = defect or self._failure

    def ended(self, failure: BrokenExchangeError | None = None) -> None:
        """The body is whole, or the exchange has failed, if only by what came last."""
        self._done = failure is None
        self._failure = self._failure or failure

    def arrived(self) -> None:
        """All that came at once has been noted: whoever waits for it is told, once."""
        if self._take is not None and not (self._stopped or self._done or self._failure is not None):
            return
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _inflated(self, piece: bytes) -> bytes:
        assert self._inflate is not None
        try:
            # Bounded: a few kilobytes may claim to be gigabytes. The rest is refused, not kept.
            found = self._inflate.decompress(piece, 32 * 1024 * 1024)
        except zlib.error as damaged:
            raise UnusableAnswerError("its encoding is damaged") from damaged
        if self._inflate.unconsumed_tail:
            raise UnusableAnswerError("its body inflates beyond all measure")
        return found

"""A relay on an event loop in a thread of its own, for callers that have none."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass

from watchkeeper.domain.errors import CallBrokenOffError, UnavailableError, WatchkeeperError
from watchkeeper.gateway.loop_thread import LoopThread
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay.request import ClientRequest

OpenRelay = Callable[[], AbstractAsyncContextManager[Relay]]
"""Opens a relay in the running event loop, and closes it at the end."""


class CollectedReply:
    """A `ReplySink` that keeps a reply for a caller in this process."""

    def __init__(self) -> None:
        self.ends_with_client = False
        self.gone = False
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.body = b""

    async def room(self) -> None:
        """There always is."""

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin the reply."""
        self.status, self.headers = status, headers

    def write(self, piece: bytes) -> bool:
        """More of its body."""
        self.body += piece
        return True

    def end(self, piece: bytes = b"") -> None:
        """The last of its body; it is whole."""
        self.body += piece

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A reply that is there already."""
        self.start(status, headers)
        self.body = body


@dataclass(frozen=True, slots=True)
class Carried:
    """A call that is over: `call.error` tells why it was not answered."""

    call: Call
    body: bytes
    """The reply, in the dialect of the request."""


class RelayThread:
    """A relay that any thread can hand a call; it is opened when it gets its first."""

    def __init__(self, open_relay: OpenRelay, *, names: Iterable[str]) -> None:
        """Prepare; nothing is opened yet.

        Args:
            open_relay: Opens the relay.
            names: The routes and targets that calls may name.
        """
        self.names = frozenset(names)
        self._open_relay = open_relay
        self._lock = threading.Lock()
        self._closed = False
        self._open: tuple[LoopThread, Relay, AsyncExitStack] | None = None

    def carry(self, request: ClientRequest) -> Carried:
        """Carry a call to its end, and wait for that.

        Raises:
            UnavailableError: The relay was closed before the call had begun.
            WatchkeeperError: The relay could not be opened.
        """
        loop, relay = self._opened()
        try:
            return loop.run(_carried(relay, request))
        except (CancelledError, asyncio.CancelledError):
            raise _closed() from None

    def close(self) -> None:
        """Break off what is under way, close the relay and wait for the thread; twice does nothing."""
        with self._lock:
            self._closed = True
            opened, self._open = self._open, None
        if opened is not None:
            loop, _, undo = opened
            loop.close(undo.aclose())

    def _opened(self) -> tuple[LoopThread, Relay]:
        with self._lock:
            if self._closed:
                raise _closed()
            if self._open is None:
                self._open = self._begun()
            loop, relay, _ = self._open
            return loop, relay

    def _begun(self) -> tuple[LoopThread, Relay, AsyncExitStack]:
        loop, undo = LoopThread("relay"), AsyncExitStack()
        try:
            return loop, loop.run(undo.enter_async_context(self._open_relay())), undo
        except BaseException:
            loop.close(undo.aclose())
            raise


def _closed() -> UnavailableError:
    return UnavailableError(
        "the relay of this process was closed before it answered", action="start the run again"
    )


async def _carried(relay: Relay, request: ClientRequest) -> Carried:
    sink = CollectedReply()
    call = relay.ledger.begin(request, sink)
    try:
        await relay.carry(call)
    except WatchkeeperError as error:
        call.error = error
    except asyncio.CancelledError:
        # The task ends here either way; its caller still waits for the receipts.
        call.error = CallBrokenOffError(
            "the call was broken off: the relay of this process was closed before it answered",
            action="start the run again",
        )
    return Carried(call, sink.body)

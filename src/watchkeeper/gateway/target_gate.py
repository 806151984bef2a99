"""A gate before a target: so many calls at once, so many waiting in order, no longer than so."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.domain.errors import QueueFullError

ASK_AGAIN_S = 1.0
"""Seconds a refused caller is told to wait: when a place comes free is not known, and this is the least
that `Retry-After` can say."""


class Timer(Protocol):
    """Something due later that can be called off, as `loop.call_later` gives it."""

    def cancel(self) -> None:
        """Call it off; once it has run, nothing happens."""
        ...


CallLater = Callable[[float, Callable[[], None]], Timer]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """How many a target takes."""

    at_once: int | None
    """Calls it may have; None: no limit."""
    queue: int = 100
    """Calls that may wait for a place."""
    wait_s: float = 10.0
    """Seconds one may wait."""


class TargetGate:
    """One target's gate; for one event loop.

    Places are handed from whoever leaves to who waits longest, so nobody overtakes. A caller that is
    cancelled, or whose time is over, gives its place in the queue back, and the place itself where
    it was handed one at that very moment.
    """

    __slots__ = ("_inside", "_later", "_limits", "_target", "_waiting")

    def __init__(self, target: str, limits: GateLimits, *, later: CallLater | None = None) -> None:
        """Open it.

        Args:
            target: Whose gate it is, for messages.
            limits: How many it takes.
            later: Calls back after so many seconds; by default as the running event loop does.
        """
        self._target = target
        self._limits = limits
        self._later = later
        self._inside = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()

    @property
    def inside(self) -> int:
        """Calls that have a place."""
        return self._inside

    @property
    def waiting(self) -> int:
        """Calls that wait for one."""
        return len(self._waiting)

    def try_enter(self) -> bool:
        """Take a place if one is free; who gets one calls `leave` once."""
        at_once = self._limits.at_once
        if at_once is not None and self._inside >= at_once:
            return False
        self._inside += 1
        return True

    async def enter(self, *, within_s: float) -> None:
        """Take a place, waiting for one if need be; who gets one calls `leave` once.

        Args:
            within_s: Seconds the caller has left; the gate's own bound may be shorter.

        Raises:
            QueueFullError: Too many wait already, or none came free in time.
        """
        if self.try_enter():
            return
        if len(self._waiting) >= self._limits.queue:
            raise self._refused(f"and {len(self._waiting)} more wait, which is all its queue takes")
        wait_s = min(within_s, self._limits.wait_s)
        loop = asyncio.get_running_loop()
        place: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(place)
        timer = (self._later or loop.call_later)(wait_s, lambda: self._give_up(place))
        try:
            handed = await place
        except asyncio.CancelledError:
            self._take_back(place)
            raise
        finally:
            timer.cancel()
        if not handed:
            raise self._refused(f"and none came free within {wait_s:g} s")

    def leave(self) -> None:
        """Give the place back; it goes to who waits longest."""
        self._inside -= 1
        self._hand_out()

    def change(self, limits: GateLimits) -> None:
        """Take other limits; nobody inside or waiting is sent away."""
        self._limits = limits
        self._hand_out()

    def _hand_out(self) -> None:
        at_once = self._limits.at_once
        while self._waiting and (at_once is None or self._inside < at_once):
            place = self._waiting.popleft()
            if not place.done():
                self._inside += 1
                place.set_result(True)

    def _give_up(self, place: "asyncio.Future[bool]") -> None:
        if not place.done():
            self._waiting.remove(place)
            place.set_result(False)

    def _take_back(self, place: "asyncio.Future[bool]") -> None:
        """Undo what a cancelled caller had: a handed place, or only its place in the queue."""
        if place.done() and not place.cancelled():
            if place.result():
                self.leave()
            return
        with suppress(ValueError):  # a caller cancelled while places were handed out is already gone
            self._waiting.remove(place)

    def _refused(self, why: str) -> QueueFullError:
        return QueueFullError(
            f"target {self._target!r} has the {self._limits.at_once} calls at once that it may have, {why}",
            action=f"come back later, or raise `targets.{self._target}.max_concurrency` or its `queue`",
            retry_after_s=ASK_AGAIN_S,
        )

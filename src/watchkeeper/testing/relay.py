"""A relay to whatever targets a test has, without settings, prices and budgets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Literal

from watchkeeper.domain.money import Cost, Spender
from watchkeeper.gateway.answer_cache import AnswerCache
from watchkeeper.gateway.complexity import ComplexityMap
from watchkeeper.gateway.ports import ModelTarget, Purse
from watchkeeper.gateway.rate_limit import RateLimiter
from watchkeeper.gateway.relay.admission import Admission
from watchkeeper.gateway.relay.answer_reuse import AnswerReuse
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.attempting import Attempting
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.last_resort import LastResort
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay.rounds import Rounds
from watchkeeper.gateway.relay_thread import RelayThread
from watchkeeper.gateway.routes import Route

LONG_S = 3600.0
"""What a target may take: whatever a test's calls say is shorter."""


class NoPrices:
    """A `Pricer` that knows no price."""

    def cost(self, *_: object, flavor: str, at: datetime) -> Cost:
        """Unknown."""
        return Cost(usd=None, reason=f"no price of {flavor} is known at {at:%Y-%m-%d}")

    def bound(self, *_: object, **__: object) -> Decimal | None:
        """Unknown."""
        return None


class OpenHold:
    """A `Hold` that remembers how it ended."""

    def __init__(self, spender: Spender, bound_usd: Decimal | None) -> None:
        self.spender = spender
        self.bound_usd = bound_usd
        self.ended: Literal["settled", "released", "unsettled"] | None = None
        self.cost_usd: Decimal | None = None

    def settle(self, cost_usd: Decimal) -> None:
        """It cost so much."""
        self.ended, self.cost_usd = "settled", cost_usd

    def release(self) -> None:
        """Nothing was sent."""
        self.ended = "released"

    def leave_unsettled(self) -> None:
        """Nobody knows."""
        self.ended = "unsettled"


class OpenPurse:
    """A `Purse` without limits that remembers what was held."""

    def __init__(self) -> None:
        self.holds: list[OpenHold] = []

    async def hold(self, spender: Spender, bound_usd: Decimal | None) -> OpenHold:
        """Set aside whatever is asked for."""
        self.holds.append(OpenHold(spender, bound_usd))
        return self.holds[-1]


def relay_of(
    lanes: Iterable[Lane],
    ledger: Ledger,
    *,
    routes: Iterable[Route] = (),
    chance: Callable[[], float] = lambda: 0.0,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    purse: Purse | None = None,
) -> Relay:
    """A relay over these lanes.

    Args:
        lanes: The targets, with what stands before them.
        ledger: Where receipts go; its clock and ids are the relay's.
        routes: Routes over the targets.
        chance: A number from 0 up to 1, for weights and the jitter of waits.
        wait: Waits so many seconds between rounds.
        purse: Whose money is spent; by default without limits.
    """
    clock = ledger.clock
    planning = Planning(
        routes={route.name: route for route in routes},
        lanes={lane.target.name: lane for lane in lanes},
        passthrough={},
        passthrough_timeout_s=LONG_S,
        embedding_routes=frozenset(),
        complexity=ComplexityMap(),
        clock=clock,
        chance=chance,
    )
    attempting = Attempting(
        pricer=NoPrices(), purse=purse or OpenPurse(), ledger=ledger, guards={}, clock=clock, ids=ledger.ids
    )
    answers = Answers(ledger=ledger, reuse=AnswerReuse(cache=AnswerCache(), clock=clock), embeddings=None)
    return Relay(
        admission=Admission(limiter=RateLimiter(), clock=clock),
        planning=planning,
        answers=answers,
        last_resort=LastResort(answers=answers, ledger=ledger),
        rounds=Rounds(planning=planning, attempting=attempting, clock=clock, chance=chance, wait=wait),
        ledger=ledger,
    )


def relay_thread_to(
    targets: Iterable[ModelTarget | Lane],
    ledger: Ledger,
    *,
    routes: Iterable[Route] = (),
    chance: Callable[[], float] = lambda: 0.0,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    purse: Purse | None = None,
    at_end: Callable[[], None] = lambda: None,
) -> RelayThread:
    """The same for callers without an event loop; `at_end` is called in its loop when it is closed."""
    lanes = [one if isinstance(one, Lane) else Lane(target=one, timeout_s=LONG_S) for one in targets]
    ways = tuple(routes)
    names = [*(lane.target.name for lane in lanes), *(route.name for route in ways)]

    @asynccontextmanager
    async def opened() -> AsyncIterator[Relay]:
        try:
            yield relay_of(lanes, ledger, routes=ways, chance=chance, wait=wait, purse=purse)
        finally:
            at_end()

    return RelayThread(opened, names=names)

"""A worker's duty to operators: it learns their keys, obeys their orders and tells how it stands."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError
from watchkeeper.gateway.answer_cache import AnswerCache
from watchkeeper.gateway.bounded_store import StoreCounts
from watchkeeper.gateway.circuit_breaker import BreakerReport, CircuitBreakers
from watchkeeper.gateway.embedding_cache import EmbeddingCache
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.orders.feed import OrderFeed
from watchkeeper.gateway.orders.order import ROUTE_ORDERS, STANDING, Acknowledgement, Order, OrderKind
from watchkeeper.gateway.orders.ports import OrderStore, WorkerStore
from watchkeeper.gateway.orders.worker_report import FORGOTTEN_AFTER, BreakerTold, CacheTold, WorkerReport
from watchkeeper.gateway.rate_limit import Minute, RateLimiter
from watchkeeper.gateway.route_shares import RouteShares, weights_of_text

PART = "operators"
"""Its part of what does not work at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerName:
    """Which worker this is."""

    worker_id: str
    gateway: str
    pid: int
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """What operators govern in a worker."""

    breakers: CircuitBreakers
    answers: AnswerCache
    embeddings: EmbeddingCache
    limiter: RateLimiter
    shares: RouteShares
    in_flight: Callable[[], int]
    problems: dict[str, str]
    """The worker's own; the duty adds and takes away its part."""


class OperatorDuty:
    """Turned twice a second in the worker's event loop; what it asks of the database runs in a thread.

    While the database is away the worker keeps the keys and orders it has, and answers later.
    """

    def __init__(
        self,
        name: WorkerName,
        governed: Governed,
        *,
        keys: KeyRefresh,
        orders: OrderStore,
        workers: WorkerStore,
        clock: Clock,
        address: Callable[[], str | None],
    ) -> None:
        """Prepare; the first turn begins.

        Args:
            name: Which worker it is.
            governed: What it governs.
            keys: Brings new keys.
            orders: Where orders are given.
            workers: Where it tells of itself.
            clock: Time.
            address: Where its gateway answers, if that is known yet; may read a file.
        """
        self._name = name
        self._governed = governed
        self._keys = keys
        self._orders = orders
        self._workers = workers
        self._clock = clock
        self._address = address
        self._feed = OrderFeed(orders, started_at=name.started_at)
        self._standing: dict[str, Order] = {}
        self._words: list[Acknowledgement] = []
        self._known_address: str | None = None
        self._forgot = False

    async def turn(self) -> None:
        """Do it once."""
        try:
            orders, others = await asyncio.to_thread(self._look)
            for order in orders:
                self._words.append(self._obeyed(order))
            self._governed.limiter.use_elsewhere(_minutes(others))
            await asyncio.to_thread(self._tell, self._report(), tuple(self._words))
        except UnavailableError as failure:
            self._governed.problems[PART] = failure.message
            return
        self._words.clear()
        self._governed.problems.pop(PART, None)

    def renew(self) -> None:
        """Obey the orders in force anew: a change of settings may have made breakers that know of none."""
        held = self._governed.breakers.reports(self._clock.monotonic())
        for order in tuple(self._standing.values()):
            report = held.get(order.about.get("target", ""))  # weights outlive a change of settings anyway
            if report is not None and not report.forced:
                self._obeyed(order)

    async def leave(self) -> None:
        """The worker ends, and tells so if anybody hears it."""
        try:
            await asyncio.to_thread(self._workers.leave, self._name.worker_id)
        except UnavailableError:
            return  # its silence tells the same, a little later

    def _look(self) -> tuple[Sequence[Order], Sequence[WorkerReport]]:
        """New orders, and what other workers tell, where a limited key makes that matter."""
        self._keys.turn()
        if self._known_address is None:
            self._known_address = self._address()
        others: Sequence[WorkerReport] = ()
        if len(self._governed.limiter):
            now = self._clock.now()
            others = [
                one
                for one in self._workers.reports()
                if one.worker_id != self._name.worker_id and not one.silent(now)
            ]
        return self._feed.take(), others

    def _tell(self, report: WorkerReport, words: Sequence[Acknowledgement]) -> None:
        if not self._forgot:
            self._workers.forget(before=self._clock.now() - FORGOTTEN_AFTER)
            self._forgot = True
        if words:
            self._orders.acknowledge(words)
        self._workers.tell(report)

    def _obeyed(self, order: Order) -> Acknowledgement:
        word = Acknowledgement(seq=order.seq, worker_id=self._name.worker_id, at=self._clock.now())
        try:
            told = self._obey(order)
        except WatchkeeperError as failure:
            return replace(word, problem=failure.message)
        return replace(word, told=told)

    def _obey(self, order: Order) -> str | None:
        """Do what is ordered; what came of it.

        Raises:
            WatchkeeperError: It cannot be done here.
        """
        if order.kind == OrderKind.CACHE_EMPTY:
            return self._empty(order.about)
        if order.subject is None:
            raise WatchkeeperError(
                f"this worker knows no order {order.kind[:60]!r}", action="run the version that gave it"
            )
        self._standing.pop(order.subject, None)
        if order.kind in STANDING:
            # Kept also where there is no such target: a change of settings may bring it.
            self._standing[order.subject] = order
        if order.kind in ROUTE_ORDERS:
            return self._share(order)
        breaker = self._governed.breakers[order.about.get("target", "")]
        now_s = self._clock.monotonic()
        if order.kind == OrderKind.BREAKER_OPEN:
            breaker.force_open(now_s)
        elif order.kind == OrderKind.BREAKER_CLOSE:
            breaker.force_closed(now_s)
        else:
            breaker.reset(now_s)
        return None

    def _share(self, order: Order) -> str:
        route = order.about.get("route", "")
        if order.kind == OrderKind.ROUTE_RESET:
            self._governed.shares.take_back(route)
            return "the settings' weights"
        self._governed.shares.give(route, weights_of_text(order.about.get("weights", "")))
        return order.about["weights"]

    def _empty(self, about: Mapping[str, str]) -> str:
        answers = self._governed.answers.empty(
            workload=about.get("workload"), route=about.get("route"), release=about.get("release")
        )
        # A vector is right for as long as its model is the same, so it is put out by no route or release.
        if "route" in about or "release" in about:
            return f"{answers} answers put out"
        embeddings = self._governed.embeddings.empty(workload=about.get("workload"))
        return f"{answers} answers and {embeddings} embeddings put out"

    def _report(self) -> WorkerReport:
        governed = self._governed
        breakers = governed.breakers.reports(self._clock.monotonic())
        caches = {"answers": governed.answers.counts(), "embeddings": governed.embeddings.counts()}
        return WorkerReport(
            worker_id=self._name.worker_id,
            gateway=self._name.gateway,
            pid=self._name.pid,
            started_at=self._name.started_at,
            seen_at=self._clock.now(),
            address=self._known_address,
            in_flight=governed.in_flight(),
            breakers={name: _breaker(report) for name, report in breakers.items()},
            caches={name: _cache(counts) for name, counts in caches.items()},
            minutes=governed.limiter.minutes(now_s=self._clock.monotonic()),
            problems={part: why for part, why in governed.problems.items() if part != PART},
        )


def _minutes(reports: Sequence[WorkerReport]) -> dict[str, Minute]:
    """What limited keys have used in all of these workers together."""
    found: dict[str, Minute] = {}
    for report in reports:
        for key, one in report.minutes.items():
            before = found.get(key, Minute(0, 0))
            found[key] = Minute(before.requests + one.requests, before.tokens + one.tokens)
    return found


def _breaker(report: BreakerReport) -> BreakerTold:
    return BreakerTold(
        state=report.state.value,
        forced=report.forced,
        failures=report.failures,
        for_s=round(report.for_s, 3),
        retry_in_s=None if report.retry_in_s is None else round(report.retry_in_s, 3),
    )


def _cache(counts: StoreCounts) -> CacheTold:
    return CacheTold(entries=counts.entries, size_bytes=counts.bytes, hits=counts.hits, misses=counts.misses)

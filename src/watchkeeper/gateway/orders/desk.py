"""Where operators give orders and see which workers have obeyed."""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.gateway.orders.order import (
    BREAKER_ORDERS,
    ROUTE_ORDERS,
    Acknowledgement,
    NewOrder,
    Order,
    OrderKind,
)
from watchkeeper.gateway.orders.ports import OrderStore, WorkerStore
from watchkeeper.gateway.orders.worker_report import WorkerReport

_ABOUT: Mapping[OrderKind, frozenset[str]] = {
    **{kind: frozenset({"target"}) for kind in BREAKER_ORDERS},
    OrderKind.CACHE_EMPTY: frozenset({"route", "workload", "release"}),
    OrderKind.ROUTE_WEIGHTS: frozenset({"route", "weights"}),
    OrderKind.ROUTE_RESET: frozenset({"route"}),
}
"""What each kind may be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStanding:
    """An order and what became of it."""

    order: Order
    acknowledged: tuple[Acknowledgement, ...]
    waiting: tuple[str, ...]
    """Workers that run and have not answered yet."""
    running: int
    """Workers that run."""


class OrderDesk:
    """Takes orders, and tells how they and the workers stand."""

    def __init__(self, orders: OrderStore, workers: WorkerStore, *, clock: Clock) -> None:
        self.orders = orders
        self.workers = workers
        self._clock = clock

    def give(
        self,
        kind: OrderKind,
        about: Mapping[str, str],
        *,
        by: str,
        reason: str | None = None,
        key_id: str | None = None,
        known_targets: frozenset[str] = frozenset(),
    ) -> Order:
        """Give an order to every gateway.

        Args:
            kind: What is ordered.
            about: What it is about.
            by: Who orders it.
            reason: Why.
            key_id: The key it came with.
            known_targets: Targets there are by the settings; those that workers tell of are known as well.

        Raises:
            InvalidInputError: It is about something orders of its kind are not about, or about too little.
            NotFoundError: It is about a target nobody knows.
        """
        unfitting = sorted(set(about) - _ABOUT[kind])
        if unfitting:
            raise InvalidInputError(
                f"`{kind}` is not about a {unfitting[0]}",
                action=f"name only: {', '.join(sorted(_ABOUT[kind]))}",
            )
        missing = sorted(_ABOUT[kind] - set(about)) if kind in ROUTE_ORDERS else []
        if missing:
            raise InvalidInputError(
                f"`{kind}` names no {missing[0]}", action="use `/api/v1/routes/ROUTE/weights`"
            )
        if kind in BREAKER_ORDERS:
            self._check_target(about.get("target", ""), known_targets)
        return self.orders.give(
            NewOrder(
                kind=kind,
                about=dict(about),
                by=by,
                reason=reason,
                key_id=key_id,
                given_at=self._clock.now(),
            )
        )

    def standing(self, seq: int) -> OrderStanding:
        """What became of an order.

        Raises:
            NotFoundError: There is no such order.
        """
        order = self.orders.get(seq)
        if order is None:
            raise NotFoundError(f"there is no order {seq}", action="list the last ones at `/api/v1/orders`")
        now = self._clock.now()
        words = self.orders.acknowledged(seq)
        answered = {word.worker_id for word in words}
        running = [one for one in self.workers.reports() if not one.silent(now)]
        return OrderStanding(
            order=order,
            acknowledged=words,
            waiting=tuple(one.worker_id for one in running if one.worker_id not in answered),
            running=len(running),
        )

    def reports(self) -> tuple[WorkerReport, ...]:
        """The last word of every worker; `silent` tells which of them no longer hold."""
        return self.workers.reports()

    def _check_target(self, target: str, known_targets: frozenset[str]) -> None:
        known = known_targets.union(*(one.breakers for one in self.workers.reports()))
        if target not in known:
            raise NotFoundError(
                f"there is no target {target[:60]!r}, so no circuit breaker of it",
                action=f"name one of: {', '.join(sorted(known)) or 'none yet; configure `targets`'}",
            )

"""An order of an operator to every gateway, and a gateway worker's answer to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class OrderKind(StrEnum):
    """What can be ordered; a worker says of a kind it does not know that it does not know it."""

    BREAKER_OPEN = "breaker open"
    BREAKER_CLOSE = "breaker close"
    BREAKER_RESET = "breaker reset"
    CACHE_EMPTY = "cache empty"
    ROUTE_WEIGHTS = "route weights"
    ROUTE_RESET = "route reset"


BY_ITSELF = "watchkeeper"
"""Who gives an order that no person gave."""
BREAKER_ORDERS = frozenset({OrderKind.BREAKER_OPEN, OrderKind.BREAKER_CLOSE, OrderKind.BREAKER_RESET})
ROUTE_ORDERS = frozenset({OrderKind.ROUTE_WEIGHTS, OrderKind.ROUTE_RESET})
STANDING = frozenset({OrderKind.BREAKER_OPEN, OrderKind.BREAKER_CLOSE, OrderKind.ROUTE_WEIGHTS})
"""In force until another order takes their place, so that also a worker that starts later obeys them."""
CLOCKS_APART = timedelta(seconds=60)
"""By how much clocks of a server and of a gateway may differ: within it an order may be obeyed once too
often, which does no harm, and is never missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order not given yet."""

    kind: str
    """One of `OrderKind`; a text, for a newer server may know more."""
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What it is about: `target` of a breaker; `route`, `workload`, `release` of a cache, nothing for all;
    `route` and `weights` of traffic."""
    by: str
    reason: str | None = None
    key_id: str | None = None
    """The key of ours it was given with."""
    given_at: datetime

    @property
    def subject(self) -> str | None:
        """What an order stands on until the next one on the same; None for one that is done at once."""
        if self.kind in BREAKER_ORDERS:
            return f"breaker {self.about.get('target', '')}"
        return f"route {self.about.get('route', '')}" if self.kind in ROUTE_ORDERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(NewOrder):
    """An order that was given."""

    seq: int
    """1, 2, 3 …: a later one has a higher number."""

    @property
    def words(self) -> str:
        """The order in words.

        >>> from datetime import UTC, datetime
        >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        >>> Order(kind="cache empty", about={"route": "extract"}, by="Kim", given_at=noon, seq=1).words
        'cache empty route extract'
        """
        if self.kind in BREAKER_ORDERS:
            return f"{self.kind} {self.about.get('target', '')}"
        return " ".join([self.kind, *(f"{name} {value}" for name, value in sorted(self.about.items()))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A worker's word on an order."""

    seq: int
    worker_id: str
    at: datetime
    problem: str | None = None
    """Why it could not be obeyed; None when it was."""
    told: str | None = None
    """What came of it, such as how many answers were put out."""


def to_obey(orders: Sequence[Order], *, started_at: datetime) -> tuple[Order, ...]:
    """Which of the orders a worker has not seen yet are its to obey.

    Of several on the same subject the last; a standing one whenever it was given; any other only if it
    was given since the worker began: what a worker has only begun to keep, nobody meant.

    Args:
        orders: By number.
        started_at: When the worker began.
    """
    last = {order.subject: order.seq for order in orders if order.subject is not None}
    since = started_at - CLOCKS_APART
    return tuple(
        order
        for order in orders
        if (order.subject is None or last[order.subject] == order.seq)
        and (order.kind in STANDING or order.given_at >= since)
    )


def standing(orders: Iterable[Order]) -> dict[str, Order]:
    """The orders in force, by subject, of orders by number."""
    found = {order.subject: order for order in orders if order.subject is not None}
    return {subject: order for subject, order in found.items() if order.kind in STANDING}

"""The orders one gateway worker has not obeyed yet."""

from collections.abc import Sequence
from datetime import datetime

from watchkeeper.gateway.orders.order import CLOCKS_APART, Order, to_obey
from watchkeeper.gateway.orders.ports import OrderStore


class OrderFeed:
    """Gives each order once; for one worker, one thread at a time."""

    def __init__(self, store: OrderStore, *, started_at: datetime) -> None:
        """Begin before the first order.

        Args:
            store: Where orders are given.
            started_at: When the worker began: of older orders only standing ones are its to obey.
        """
        self._store = store
        self._started_at = started_at
        self._seen = 0

    def take(self) -> Sequence[Order]:
        """The orders to obey now, by number; none of them is given again.

        Raises:
            UnavailableError: The store does not answer; nothing is missed by it.
        """
        found = self._store.unseen(self._seen, since=self._started_at - CLOCKS_APART)
        if not found:
            return ()
        self._seen = found[-1].seq
        return to_obey(found, started_at=self._started_at)

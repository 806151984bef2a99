"""What orders need kept: the orders, what workers answered, and what workers tell of themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from watchkeeper.gateway.orders.order import Acknowledgement, NewOrder, Order
from watchkeeper.gateway.orders.worker_report import WorkerReport


class OrderStore(Protocol):
    """Orders and their acknowledgements; nothing is ever changed or removed.

    Every method may raise `UnavailableError`, and every write `StorageFullError`.
    """

    def give(self, order: NewOrder) -> Order:
        """Give an order the next number; whoever has read up to a number never misses a lower one."""
        ...

    def get(self, seq: int) -> Order | None:
        """The order of a number."""
        ...

    def unseen(self, after: int, *, since: datetime) -> tuple[Order, ...]:
        """Orders above a number, by number; of those without a subject only the ones given since."""
        ...

    def in_force(self) -> tuple[Order, ...]:
        """The last order of every subject, by number."""
        ...

    def newest(self, limit: int) -> tuple[Order, ...]:
        """The last orders, newest first."""
        ...

    def acknowledge(self, words: Sequence[Acknowledgement]) -> None:
        """Keep what a worker answered; its first word on an order stands."""
        ...

    def acknowledged(self, seq: int) -> tuple[Acknowledgement, ...]:
        """What the workers answered, by time."""
        ...


class WorkerStore(Protocol):
    """What gateway workers tell of themselves; raises as `OrderStore` does."""

    def tell(self, report: WorkerReport) -> None:
        """Keep a worker's report in place of its last one."""
        ...

    def leave(self, worker_id: str) -> None:
        """A worker ends: its report goes with it."""
        ...

    def reports(self) -> tuple[WorkerReport, ...]:
        """The last report of every worker that has not left, by gateway, start and id."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Remove the reports last told before an instant, of workers that were killed; how many."""
        ...

"""Keys, orders and workers' reports in memory, under one contract with those in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from watchkeeper.domain.errors import ConflictError, NotFoundError, UnavailableError
from watchkeeper.gateway.keys.api_key import ApiKey, KeyAct
from watchkeeper.gateway.keys.ports import KeySet
from watchkeeper.gateway.orders.order import Acknowledgement, NewOrder, Order
from watchkeeper.gateway.orders.worker_report import WorkerReport


class _CanBeAway:
    """Set `away` and it cannot be reached."""

    def __init__(self) -> None:
        self.away = False
        self._lock = Lock()

    def _reach(self) -> None:
        if self.away:
            raise UnavailableError("the store is away, as told", action="set `away` to False")


class InMemoryKeys(_CanBeAway):
    """A `KeyStore` in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, ApiKey] = {}
        self._acts: list[KeyAct] = []

    def add(self, key: ApiKey) -> None:
        """See `KeyStore.add`."""
        self._reach()
        with self._lock:
            taken = key.key_id in self._keys or any(one.sha256 == key.sha256 for one in self._keys.values())
            if taken:
                raise ConflictError(f"key {key.key_id} is there already", action="make another key")
            self._keys[key.key_id] = key
            self._act(key.key_id, "created", by=key.created_by, reason=None, at=key.created_at)

    def revoke(self, key_id: str, *, by: str, reason: str | None, at: datetime) -> ApiKey:
        """See `KeyStore.revoke`."""
        self._reach()
        with self._lock:
            key = self._keys.get(key_id)
            if key is None:
                raise NotFoundError(
                    f"there is no key {key_id[:60]!r}", action="list the keys with `wk keys list`"
                )
            if key.revoked_at is None:
                key = replace(key, revoked_at=at, revoked_by=by, revoke_reason=reason)
                self._keys[key_id] = key
                self._act(key_id, "revoked", by=by, reason=reason, at=at)
            return key

    def all(self) -> KeySet:
        """See `KeyStore.all`."""
        self._reach()
        with self._lock:
            keys = sorted(self._keys.values(), key=lambda key: (key.created_at, key.key_id))
            return KeySet(len(self._acts), tuple(keys))

    def changed(self, since: int) -> KeySet | None:
        """See `KeyStore.changed`."""
        found = self.all()
        return None if found.revision == since else found

    def acts(self) -> tuple[KeyAct, ...]:
        """See `KeyStore.acts`."""
        self._reach()
        return tuple(self._acts)

    def _act(self, key_id: str, act: str, *, by: str, reason: str | None, at: datetime) -> None:
        self._acts.append(KeyAct(key_id=key_id, act=act, by=by, reason=reason, at=at))


class InMemoryOrders(_CanBeAway):
    """An `OrderStore` in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._orders: list[Order] = []
        self._words: dict[tuple[int, str], Acknowledgement] = {}

    def give(self, order: NewOrder) -> Order:
        """See `OrderStore.give`."""
        self._reach()
        with self._lock:
            columns = {name: getattr(order, name) for name in NewOrder.__dataclass_fields__}
            given = Order(**columns, seq=len(self._orders) + 1)
            self._orders.append(given)
            return given

    def get(self, seq: int) -> Order | None:
        """See `OrderStore.get`."""
        self._reach()
        return next((order for order in self._orders if order.seq == seq), None)

    def unseen(self, after: int, *, since: datetime) -> tuple[Order, ...]:
        """See `OrderStore.unseen`."""
        self._reach()
        return tuple(
            order
            for order in self._orders
            if order.seq > after and (order.subject is not None or order.given_at >= since)
        )

    def in_force(self) -> tuple[Order, ...]:
        """See `OrderStore.in_force`."""
        self._reach()
        last = {order.subject: order for order in self._orders if order.subject is not None}
        return tuple(sorted(last.values(), key=lambda order: order.seq))

    def newest(self, limit: int) -> tuple[Order, ...]:
        """See `OrderStore.newest`."""
        self._reach()
        return tuple(reversed(self._orders))[:limit]

    def acknowledge(self, words: Sequence[Acknowledgement]) -> None:
        """See `OrderStore.acknowledge`."""
        self._reach()
        with self._lock:
            for word in words:
                self._words.setdefault((word.seq, word.worker_id), word)

    def acknowledged(self, seq: int) -> tuple[Acknowledgement, ...]:
        """See `OrderStore.acknowledged`."""
        self._reach()
        found = [word for word in self._words.values() if word.seq == seq]
        return tuple(sorted(found, key=lambda word: (word.at, word.worker_id)))


class InMemoryGatewayWorkers(_CanBeAway):
    """A `WorkerStore` in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._reports: dict[str, WorkerReport] = {}

    def tell(self, report: WorkerReport) -> None:
        """See `WorkerStore.tell`."""
        self._reach()
        with self._lock:
            self._reports[report.worker_id] = report

    def leave(self, worker_id: str) -> None:
        """See `WorkerStore.leave`."""
        self._reach()
        with self._lock:
            self._reports.pop(worker_id, None)

    def reports(self) -> tuple[WorkerReport, ...]:
        """See `WorkerStore.reports`."""
        self._reach()
        found = self._reports.values()
        return tuple(sorted(found, key=lambda one: (one.gateway, one.started_at, one.worker_id)))

    def forget(self, *, before: datetime) -> int:
        """See `WorkerStore.forget`."""
        self._reach()
        with self._lock:
            old = [one.worker_id for one in self._reports.values() if one.seen_at < before]
            for worker_id in old:
                del self._reports[worker_id]
            return len(old)

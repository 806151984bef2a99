"""Operators' orders in PostgreSQL, and what gateway workers answered to them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, kwargs_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.gateway.orders.order import Acknowledgement, NewOrder, Order

Connection = psycopg.Connection[Any]


class PostgresOrders:
    """An `OrderStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def give(self, order: NewOrder) -> Order:
        """See `OrderStore.give`."""
        columns = {name: getattr(order, name) for name in NewOrder.__dataclass_fields__}
        with self._database.transaction() as connection:
            connection.execute(statement("orders/lock"))
            values = {**columns, "about": as_json(order.about), "subject": order.subject}
            row = connection.execute(statement("orders/give"), values).fetchone()
            assert row is not None
            return Order(**columns, seq=row[0])

    def get(self, seq: int) -> Order | None:
        """See `OrderStore.get`."""
        found = self._orders("get", seq=seq)
        return found[0] if found else None

    def unseen(self, after: int, *, since: datetime) -> tuple[Order, ...]:
        """See `OrderStore.unseen`."""
        return self._orders("unseen", after=after, since=since)

    def in_force(self) -> tuple[Order, ...]:
        """See `OrderStore.in_force`."""
        return self._orders("in_force")

    def newest(self, limit: int) -> tuple[Order, ...]:
        """See `OrderStore.newest`."""
        return self._orders("newest", limit=limit)

    def acknowledge(self, words: Sequence[Acknowledgement]) -> None:
        """See `OrderStore.acknowledge`."""
        if not words:
            return
        with self._database.transaction() as connection:
            rows = [asdict(word) for word in words]
            connection.cursor().executemany(statement("orders/answer"), rows)

    def acknowledged(self, seq: int) -> tuple[Acknowledgement, ...]:
        """See `OrderStore.acknowledged`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(Acknowledgement))
            return tuple(cursor.execute(statement("orders/answers"), {"seq": seq}).fetchall())

    def _orders(self, name: str, **values: object) -> tuple[Order, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=kwargs_row(_order))
            return tuple(cursor.execute(statement(f"orders/{name}"), values).fetchall())


def _order(*, given_at: datetime, **columns: Any) -> Order:
    return Order(given_at=given_at.astimezone(UTC), **columns)

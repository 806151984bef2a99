"""One contract for operators' orders in memory and in PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.orders import PostgresOrders
from watchkeeper.gateway.orders.order import Acknowledgement, NewOrder, OrderKind
from watchkeeper.gateway.orders.ports import OrderStore
from watchkeeper.testing.keys_and_orders import InMemoryOrders

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Fresh = Callable[[str], str]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def orders(request: pytest.FixtureRequest) -> OrderStore:
    if request.param == "in memory":
        return InMemoryOrders()
    database: Database = request.getfixturevalue("database")
    return PostgresOrders(database)


def breaker(kind: OrderKind, target: str, at: datetime = NOON) -> NewOrder:
    return NewOrder(kind=kind, about={"target": target}, by="Kim", reason="slow", key_id="key-1", given_at=at)


def cache(at: datetime = NOON, **about: str) -> NewOrder:
    return NewOrder(kind=OrderKind.CACHE_EMPTY, about=about, by="Kim", given_at=at)


def last_seq(orders: OrderStore) -> int:
    return max((order.seq for order in orders.newest(1)), default=0)


def test_an_order_is_found_as_it_was_given(orders: OrderStore) -> None:
    wanted = breaker(OrderKind.BREAKER_OPEN, "large")

    given = orders.give(wanted)

    assert orders.get(given.seq) == given
    assert (given.kind, given.about, given.by, given.reason, given.key_id, given.given_at) == (
        *(wanted.kind, wanted.about, wanted.by),
        *(wanted.reason, wanted.key_id, wanted.given_at),
    )


def test_later_orders_have_higher_numbers_and_come_by_number(orders: OrderStore) -> None:
    before = last_seq(orders)
    given = [
        orders.give(cache()),
        orders.give(breaker(OrderKind.BREAKER_OPEN, "large")),
        orders.give(cache()),
    ]

    assert list(orders.unseen(before, since=NOON)) == given
    assert list(orders.newest(3)) == given[::-1]
    assert sorted(order.seq for order in given) == [order.seq for order in given]


def test_orders_seen_are_not_seen_again(orders: OrderStore) -> None:
    first, second = orders.give(cache()), orders.give(cache())
    assert orders.unseen(first.seq, since=NOON) == (second,)
    assert orders.unseen(second.seq, since=NOON) == ()


def test_old_orders_that_are_done_at_once_are_left_out_and_those_on_a_breaker_are_not(
    orders: OrderStore,
) -> None:
    before = last_seq(orders)
    orders.give(cache(NOON - MINUTE))
    held = orders.give(breaker(OrderKind.BREAKER_OPEN, "small", NOON - MINUTE))

    assert orders.unseen(before, since=NOON) == (held,)


def test_in_force_is_the_last_order_on_each_breaker(orders: OrderStore, fresh: Fresh) -> None:
    one, other = fresh("target"), fresh("target")
    orders.give(breaker(OrderKind.BREAKER_OPEN, one))
    held = orders.give(breaker(OrderKind.BREAKER_CLOSE, other))
    last = orders.give(breaker(OrderKind.BREAKER_RESET, one))
    orders.give(cache())

    found = orders.in_force()

    assert [order for order in found if order.about.get("target") in (one, other)] == [held, last]
    assert all(order.subject for order in found)


def test_a_workers_first_word_on_an_order_stands(orders: OrderStore) -> None:
    seq = orders.give(cache()).seq
    done = Acknowledgement(seq=seq, worker_id="w1", at=NOON, told="3 answers put out")
    failed = Acknowledgement(seq=seq, worker_id="w2", at=NOON + MINUTE, problem="there is no target")
    orders.acknowledge([done])
    orders.acknowledge([failed, Acknowledgement(seq=seq, worker_id="w1", at=NOON + MINUTE)])
    orders.acknowledge([])

    assert orders.acknowledged(seq) == (done, failed)


def test_an_order_that_was_never_given_is_none(orders: OrderStore) -> None:
    assert orders.get(10**9) is None
    assert orders.acknowledged(10**9) == ()


def test_whoever_reads_while_orders_are_given_misses_none(orders: OrderStore) -> None:
    seen = last_seq(orders)
    found: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        given = [pool.submit(orders.give, cache()) for _ in range(40)]
        while len(found) < len(given):
            newer = orders.unseen(seen, since=NOON)
            found += [order.seq for order in newer]
            seen = newer[-1].seq if newer else seen
            if not newer and all(one.done() for one in given):
                found += [order.seq for order in orders.unseen(seen, since=NOON)]
                break

    assert found == sorted(one.result().seq for one in given)


@pytest.mark.parametrize("act", ["delete from", "truncate", "update"])
def test_orders_in_postgresql_cannot_be_changed_or_removed(act: str, database: Database) -> None:
    PostgresOrders(database).give(cache())
    change = (
        "update operator_orders set given_by = 'nobody'"
        if act == "update"
        else f"{act} operator_orders" + (" cascade" if act == "truncate" else "")
    )
    with (
        pytest.raises(psycopg.errors.RaiseException, match="never changed or removed"),
        database.transaction() as connection,
    ):
        connection.execute(change.encode())

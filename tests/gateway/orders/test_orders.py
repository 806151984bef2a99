"""Which orders a worker obeys, and what is told of workers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError, NotFoundError, UnavailableError
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.gateway.orders.feed import OrderFeed
from watchkeeper.gateway.orders.order import (
    CLOCKS_APART,
    STANDING,
    Acknowledgement,
    NewOrder,
    OrderKind,
    to_obey,
)
from watchkeeper.gateway.orders.standing import gateway_standing
from watchkeeper.gateway.orders.worker_report import (
    SILENT_AFTER,
    BreakerTold,
    CacheTold,
    WorkerReport,
)
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock
from watchkeeper.testing.keys_and_orders import InMemoryGatewayWorkers, InMemoryOrders

HOUR_S = 3600.0
OPEN, CLOSE, RESET = OrderKind.BREAKER_OPEN, OrderKind.BREAKER_CLOSE, OrderKind.BREAKER_RESET
EMPTY = OrderKind.CACHE_EMPTY


class OrderScene:
    """A desk where orders are given, and workers that begin when told."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.orders = InMemoryOrders()
        self.workers = InMemoryGatewayWorkers()
        self.desk = OrderDesk(self.orders, self.workers, clock=self.clock)

    def give(self, kind: OrderKind, **about: str) -> int:
        known = frozenset({"large", "small"})
        return self.desk.give(kind, about, by="Kim", reason="slow", known_targets=known).seq

    def worker(self) -> OrderFeed:
        return OrderFeed(self.orders, started_at=self.clock.now())

    def tell(self, worker_id: str, **fields: object) -> WorkerReport:
        now = self.clock.now()
        usual = {"gateway": "here:/data", "pid": 1, "started_at": now, "seen_at": now}
        report = WorkerReport(worker_id=worker_id, **{**usual, **fields})  # type: ignore[arg-type] # as told
        self.workers.tell(report)
        return report


def kinds(feed: OrderFeed) -> list[str]:
    return [order.words for order in feed.take()]


def test_a_worker_obeys_each_order_once() -> None:
    scene = OrderScene()
    feed = scene.worker()
    scene.give(OPEN, target="large")
    scene.give(EMPTY, route="extract")
    assert kinds(feed) == ["breaker open large", "cache empty route extract"]
    assert kinds(feed) == []
    scene.give(RESET, target="large")
    assert kinds(feed) == ["breaker reset large"]


def test_a_worker_that_starts_later_obeys_what_stands_and_nothing_that_is_over() -> None:
    scene = OrderScene()
    scene.give(OPEN, target="large")
    scene.give(OPEN, target="small")
    scene.give(RESET, target="small")
    scene.give(EMPTY)
    scene.clock.advance(HOUR_S)
    assert kinds(scene.worker()) == ["breaker open large"]


def test_of_several_orders_on_a_breaker_only_the_last_is_obeyed() -> None:
    scene = OrderScene()
    feed = scene.worker()
    for kind in (OPEN, RESET, CLOSE):
        scene.give(kind, target="large")
    assert kinds(feed) == ["breaker close large"]


def test_a_worker_cut_off_for_an_hour_misses_no_order() -> None:
    scene = OrderScene()
    feed = scene.worker()
    scene.give(OPEN, target="large")
    feed.take()
    scene.orders.away = True
    with pytest.raises(UnavailableError):
        feed.take()
    scene.orders.away = False
    scene.give(RESET, target="large")
    scene.give(EMPTY, workload="explainer")
    scene.clock.advance(HOUR_S)
    assert kinds(feed) == ["breaker reset large", "cache empty workload explainer"]


def test_an_order_of_a_server_whose_clock_is_behind_is_not_missed() -> None:
    scene = OrderScene()
    scene.give(EMPTY)
    scene.clock.advance(CLOCKS_APART.total_seconds())
    assert kinds(scene.worker()) == ["cache empty"]


given_orders = st.lists(
    st.tuples(st.sampled_from([OPEN, CLOSE, RESET, EMPTY]), st.sampled_from(["large", "small"])), max_size=12
)


@given(orders=given_orders, looks=st.sets(st.integers(0, 12)))
def test_however_often_a_worker_looks_its_breakers_end_up_as_ordered_last(
    orders: list[tuple[OrderKind, str]], looks: set[int]
) -> None:
    scene = OrderScene()
    feed = scene.worker()
    obeyed: dict[str, str] = {}
    for n, (kind, target) in enumerate(orders):
        scene.give(kind, **({"target": target} if kind is not EMPTY else {}))
        if n in looks:
            obeyed |= {order.about.get("target", ""): order.kind for order in feed.take()}
    obeyed |= {order.about.get("target", ""): order.kind for order in feed.take()}

    wanted = {target: kind for kind, target in orders if kind is not EMPTY}
    assert {target: kind for target, kind in obeyed.items() if target} == wanted


@given(orders=given_orders)
def test_what_a_late_worker_obeys_is_what_stands(orders: list[tuple[OrderKind, str]]) -> None:
    scene = OrderScene()
    for kind, target in orders:
        scene.give(kind, **({"target": target} if kind is not EMPTY else {}))
    late = FIRST_INSTANT + timedelta(days=1)
    found = to_obey(scene.orders.unseen(0, since=late), started_at=late)
    last = {target: kind for kind, target in orders if kind is not EMPTY}
    assert {one.about["target"]: one.kind for one in found} == {
        target: kind for target, kind in last.items() if kind in STANDING
    }


def test_an_order_says_who_has_obeyed_and_who_has_not() -> None:
    scene = OrderScene()
    scene.tell("w1")
    scene.tell("w2")
    seq = scene.give(OPEN, target="large")
    word = Acknowledgement(seq=seq, worker_id="w1", at=scene.clock.now())
    scene.orders.acknowledge([word])

    standing = scene.desk.standing(seq)

    assert (standing.acknowledged, standing.waiting, standing.running) == ((word,), ("w2",), 2)
    scene.clock.advance(SILENT_AFTER.total_seconds() + 0.5)
    assert (scene.desk.standing(seq).waiting, scene.desk.standing(seq).running) == ((), 0)


def test_an_order_that_was_never_given_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="there is no order 7"):
        OrderScene().desk.standing(7)


def test_an_order_about_a_target_nobody_knows_is_refused_and_not_kept() -> None:
    scene = OrderScene()
    scene.tell("w1", breakers={"tiny": told("closed")})
    with pytest.raises(NotFoundError, match="there is no target 'larg'") as refused:
        scene.give(OPEN, target="larg")
    assert refused.value.action == "name one of: large, small, tiny"
    scene.give(OPEN, target="tiny")
    assert [order.about for order in scene.orders.newest(9)] == [{"target": "tiny"}]


def test_an_order_about_what_its_kind_is_not_about_is_refused() -> None:
    scene = OrderScene()
    with pytest.raises(InvalidInputError, match="`cache empty` is not about a target"):
        scene.give(EMPTY, target="large")


def told(state: str, *, forced: bool = False) -> BreakerTold:
    return BreakerTold(state=state, forced=forced, failures=0, for_s=1.0, retry_in_s=None)


def test_the_worst_state_of_several_workers_is_told_and_that_they_differ() -> None:
    scene = OrderScene()
    reports = [
        scene.tell("w1", breakers={"large": told("closed"), "small": told("closed")}),
        scene.tell("w2", breakers={"large": told("open"), "small": told("closed")}),
    ]
    standing = gateway_standing(reports, (), targets=("large", "small"), now=scene.clock.now())
    assert [(one.target, one.state, one.mixed) for one in standing.breakers] == [
        ("large", "open", True),
        ("small", "closed", False),
    ]


def test_a_worker_that_fell_silent_is_told_as_silent_and_counts_in_nothing() -> None:
    scene = OrderScene()
    cache = CacheTold(entries=3, size_bytes=10, hits=1, misses=1)
    gone = scene.tell("w1", breakers={"large": told("open")}, caches={"answers": cache}, in_flight=4)
    scene.clock.advance(SILENT_AFTER.total_seconds() + 0.5)

    standing = gateway_standing([gone], (), targets=("large",), now=scene.clock.now())

    assert [(one.silent, one.in_flight) for one in standing.workers] == [(True, None)]
    assert [(one.state, one.workers) for one in standing.breakers] == [(None, {})]
    assert standing.caches == ()


def test_caches_are_summed_over_workers_and_a_rate_of_nothing_is_no_data() -> None:
    scene = OrderScene()
    asked = CacheTold(entries=3, size_bytes=10, hits=1, misses=3)
    idle = CacheTold(entries=0, size_bytes=0, hits=0, misses=0)
    reports = [
        scene.tell("w1", caches={"answers": asked, "embeddings": idle}),
        scene.tell("w2", caches={"answers": replace(asked, hits=3, misses=1), "embeddings": idle}),
    ]
    answers, embeddings = gateway_standing(reports, (), targets=(), now=scene.clock.now()).caches
    assert (answers.entries, answers.size_bytes, answers.hit_rate) == (6, 20, 0.5)
    assert embeddings.hit_rate is None


def test_a_held_breaker_says_by_whom_and_why_also_when_no_worker_runs() -> None:
    scene = OrderScene()
    scene.give(OPEN, target="large")
    scene.give(OPEN, target="small")
    scene.give(RESET, target="small")
    standing = gateway_standing(
        (), scene.orders.in_force(), targets=("large", "small"), now=scene.clock.now()
    )
    large, small = standing.breakers
    assert large.held_by is not None
    assert (large.held_by.by, large.held_by.reason, large.held_by.kind) == ("Kim", "slow", OPEN)
    assert small.held_by is None


def test_an_order_of_a_kind_this_version_does_not_know_is_given_to_the_worker_to_answer() -> None:
    scene = OrderScene()
    feed = scene.worker()
    scene.orders.give(NewOrder(kind="tap dance", about={}, by="Kim", given_at=scene.clock.now()))
    assert kinds(feed) == ["tap dance"]

"""What a gateway worker does for operators at every turn."""

import asyncio
from datetime import timedelta

import pytest

from watchkeeper.app.gateway.operator_duty import PART, Governed, OperatorDuty, WorkerName
from watchkeeper.domain.errors import RateLimitedError
from watchkeeper.gateway.answer_cache import AnswerCache, CachedAnswer
from watchkeeper.gateway.circuit_breaker import BreakerPolicy, BreakerState, CircuitBreakers
from watchkeeper.gateway.embedding_cache import EmbeddingCache
from watchkeeper.gateway.keys.api_key import ApiKey, KeyRole, hash_of
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.keys.ring import KeyRing
from watchkeeper.gateway.orders.order import NewOrder, OrderKind
from watchkeeper.gateway.rate_limit import RateLimit, RateLimiter
from watchkeeper.gateway.route_shares import RouteShares
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.keys_and_orders import InMemoryGatewayWorkers, InMemoryKeys, InMemoryOrders

OPEN, CLOSE, RESET = OrderKind.BREAKER_OPEN, OrderKind.BREAKER_CLOSE, OrderKind.BREAKER_RESET


class DutyScene:
    """Workers of one gateway on stores in memory."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.keys = InMemoryKeys()
        self.orders = InMemoryOrders()
        self.workers = InMemoryGatewayWorkers()

    def worker(self, worker_id: str = "w1") -> "Worker":
        return Worker(self, worker_id)

    def give(self, kind: str, **about: str) -> int:
        order = NewOrder(kind=kind, about=about, by="Kim", given_at=self.clock.now())
        return self.orders.give(order).seq

    def away(self, away: bool) -> None:
        self.keys.away = self.orders.away = self.workers.away = away


class Worker:
    """One worker: what it governs, and its duty."""

    def __init__(self, scene: DutyScene, worker_id: str) -> None:
        self.scene = scene
        self.ring = KeyRing()
        self.breakers = CircuitBreakers(
            {"large": BreakerPolicy(), "small": BreakerPolicy()}, now_s=scene.clock.monotonic()
        )
        self.answers = AnswerCache()
        self.limiter = RateLimiter()
        self.problems: dict[str, str] = {}
        self.duty = OperatorDuty(
            WorkerName(worker_id=worker_id, gateway="here:/data", pid=1, started_at=scene.clock.now()),
            Governed(
                breakers=self.breakers,
                answers=self.answers,
                embeddings=EmbeddingCache(),
                limiter=self.limiter,
                shares=RouteShares(),
                in_flight=lambda: 2,
                problems=self.problems,
            ),
            keys=KeyRefresh(self.ring, scene.keys),
            orders=scene.orders,
            workers=scene.workers,
            clock=scene.clock,
            address=lambda: "http://127.0.0.1:8788",
        )

    def turn(self) -> None:
        asyncio.run(self.duty.turn())

    def state(self, target: str) -> BreakerState:
        return self.breakers[target].state(self.scene.clock.monotonic())

    def keep_answer(self, key: bytes, *, route: str, workload: str) -> None:
        answer = CachedAnswer(
            dialect="openai",
            whole=b"{}",
            receipt_id="1",
            target="large",
            model="gpt-4o",
            finish_reason="stop",
            workload=workload,
            route=route,
            release=None,
        )
        kept = self.answers.put(
            key, answer, http_status=200, complete=True, degraded=False, ttl_s=60, now_s=0.0
        )
        assert kept


def test_an_order_is_obeyed_and_answered_in_one_turn() -> None:
    scene = DutyScene()
    worker = scene.worker()
    seq = scene.give(OPEN, target="large")

    worker.turn()

    assert (worker.state("large"), worker.state("small")) == (BreakerState.OPEN, BreakerState.CLOSED)
    assert [(word.worker_id, word.problem) for word in scene.orders.acknowledged(seq)] == [("w1", None)]
    [report] = scene.workers.reports()
    assert (report.breakers["large"].state, report.breakers["large"].forced) == ("open", True)
    assert (report.in_flight, report.address) == (2, "http://127.0.0.1:8788")


def test_a_breaker_held_open_stays_so_until_it_is_reset() -> None:
    scene = DutyScene()
    worker = scene.worker()
    scene.give(OPEN, target="large")
    worker.turn()
    scene.clock.advance(24 * 3600.0)
    worker.turn()
    assert worker.state("large") is BreakerState.OPEN
    scene.give(RESET, target="large")
    worker.turn()
    assert worker.state("large") is BreakerState.CLOSED


def test_a_worker_that_starts_later_holds_what_is_held() -> None:
    scene = DutyScene()
    scene.give(OPEN, target="large")
    scene.clock.advance(3600.0)
    late = scene.worker("late")
    late.turn()
    assert late.state("large") is BreakerState.OPEN


def test_a_change_of_settings_lets_go_of_no_breaker_that_is_held() -> None:
    scene = DutyScene()
    worker = scene.worker()
    scene.give(OPEN, target="large")
    worker.turn()
    worker.breakers.reload(
        {"large": BreakerPolicy(failures=9), "small": BreakerPolicy()}, now_s=scene.clock.monotonic()
    )
    assert worker.state("large") is BreakerState.CLOSED

    worker.duty.renew()

    assert worker.state("large") is BreakerState.OPEN


def test_an_order_about_a_target_this_gateway_does_not_have_is_answered_with_the_reason() -> None:
    scene = DutyScene()
    worker = scene.worker()
    seq = scene.give(CLOSE, target="elsewhere")
    other = scene.give("tap dance")
    worker.turn()
    [word] = scene.orders.acknowledged(seq)
    assert word.problem == "there is no target 'elsewhere', so no circuit breaker of it"
    [word] = scene.orders.acknowledged(other)
    assert word.problem == "this worker knows no order 'tap dance'"


@pytest.mark.requirement("FA-50")
@pytest.mark.parametrize(
    ("about", "left"),
    [({}, 0), ({"route": "extract"}, 1), ({"workload": "explainer"}, 2)],
    ids=["all", "route", "workload"],
)
def test_a_cache_is_emptied_as_far_as_the_order_goes(about: dict[str, str], left: int) -> None:
    scene = DutyScene()
    worker = scene.worker()
    worker.keep_answer(b"1", route="extract", workload="explainer")
    worker.keep_answer(b"2", route="extract", workload="recommender")
    worker.keep_answer(b"3", route="summary", workload="recommender")
    seq = scene.give(OrderKind.CACHE_EMPTY, **about)
    worker.turn()
    assert worker.answers.counts().entries == left
    [word] = scene.orders.acknowledged(seq)
    assert str(word.told).startswith(f"{3 - left} answers")


def test_while_the_database_is_away_it_says_so_and_makes_up_for_it_afterwards() -> None:
    scene = DutyScene()
    worker = scene.worker()
    worker.turn()
    scene.away(True)
    worker.turn()
    assert "away" in worker.problems[PART]
    scene.away(False)
    seq = scene.give(OPEN, target="large")
    scene.clock.advance(600.0)
    worker.turn()
    assert worker.problems == {}
    assert len(scene.orders.acknowledged(seq)) == 1
    assert worker.state("large") is BreakerState.OPEN


def test_an_answer_that_could_not_be_told_is_told_at_the_next_turn() -> None:
    scene = DutyScene()
    worker = scene.worker()
    seq = scene.give(OPEN, target="large")
    scene.workers.away = True
    worker.turn()
    assert worker.state("large") is BreakerState.OPEN
    scene.workers.away = False
    worker.turn()
    assert len(scene.orders.acknowledged(seq)) == 1


def test_a_key_made_is_known_after_one_turn() -> None:
    scene = DutyScene()
    worker = scene.worker()
    now = scene.clock.now()
    scene.keys.add(
        ApiKey(
            key_id="key-1",
            name="ci",
            sha256=hash_of("wk-new"),
            hint="-new",
            role=KeyRole.CALLER,
            created_at=now,
            created_by="Kim",
        )
    )
    worker.turn()
    assert worker.ring.check("wk-new", now).key_id == "key-1"


def test_a_keys_minute_is_that_of_all_workers_together() -> None:
    scene = DutyScene()
    one, other = scene.worker("one"), scene.worker("other")
    limit = RateLimit(requests=3, tokens=1000)

    def take(worker: Worker, tokens: int = 10) -> None:
        worker.limiter.take("key-1", limit, tokens=tokens, now_s=scene.clock.monotonic())

    take(one)
    take(one)
    take(other)
    one.turn()
    other.turn()
    with pytest.raises(RateLimitedError, match="has used its 3 requests of this minute"):
        take(other)
    scene.clock.advance(62)
    one.turn()
    other.turn()
    take(other)
    take(other)


def test_a_worker_that_fell_silent_holds_no_key_back() -> None:
    scene = DutyScene()
    one, other = scene.worker("one"), scene.worker("other")
    limit = RateLimit(requests=1)
    one.limiter.take("key-1", limit, tokens=0, now_s=scene.clock.monotonic())
    other.limiter.take("key-2", limit, tokens=0, now_s=scene.clock.monotonic())
    one.turn()
    scene.clock.advance(10)
    other.turn()
    other.limiter.take("key-1", limit, tokens=0, now_s=scene.clock.monotonic())


def test_a_worker_that_ends_takes_its_report_along_and_a_killed_ones_is_forgotten() -> None:
    scene = DutyScene()
    killed, ended = scene.worker("killed"), scene.worker("ended")
    killed.turn()
    ended.turn()
    asyncio.run(ended.duty.leave())
    assert [one.worker_id for one in scene.workers.reports()] == ["killed"]

    scene.clock.advance(timedelta(days=1).total_seconds())
    scene.worker("next").turn()

    assert [one.worker_id for one in scene.workers.reports()] == ["next"]
    scene.away(True)
    asyncio.run(ended.duty.leave())

"""Traffic moved to a target goes back by itself when the target does badly, and the order says why."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.route_watch import WATCHER, RouteWatch
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.settings import Settings
from watchkeeper.domain.span import Span
from watchkeeper.gateway.orders.worker_report import BreakerTold, WorkerReport
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock

if TYPE_CHECKING:
    from conftest import OpenInMemory, StartServer

TARGET = {"provider": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
_SHARED = [{"target": "blue", "weight": 100}, {"target": "green", "weight": 0}]

SETTINGS = Settings.model_validate(
    {"targets": {"blue": TARGET, "green": TARGET}, "routes": {"explain": {"targets": _SHARED}}}
)


def report(now: datetime, **states: str) -> WorkerReport:
    told = {
        target: BreakerTold(state=state, forced=False, failures=0, for_s=1.0, retry_in_s=None)
        for target, state in states.items()
    }
    return WorkerReport(
        worker_id="1", gateway="here", pid=1, started_at=now, seen_at=now, address=None, in_flight=0,
        breakers=told, caches={}, minutes={}, problems={},
    )  # fmt: skip


class Street:
    """A server, its clock, and a gateway worker that tells how blue and green are."""

    def __init__(self, client: ApiClient, services: Services, log: Any, clock: MovedClock) -> None:
        self.client = client
        self.services = services
        self.clock = clock
        self.watch = RouteWatch(services, log)
        self._calls = 0
        self.says(blue="closed", green="closed")
        body = {"weights": {"green": 50, "blue": 50}, "by": "Ida"}
        client.post("/routes/explain/weights", body)
        clock.advance(60)
        self.says(blue="closed", green="closed")

    def says(self, **states: str) -> None:
        self.services.orders.workers.tell(report(self.clock.now(), **states))

    def served(self, target: str, count: int, *, ms: float = 300, failed: int = 0, error: str = "x") -> None:
        spans = []
        for number in range(count):
            self._calls += 1
            ok = number >= failed
            spans.append(
                Span(
                    trace_id=f"{self._calls:032x}",
                    span_id=f"{self._calls:016x}",
                    name="chat m",
                    operation="chat",
                    workload="explainer",
                    route="explain",
                    target=target,
                    receipt_id=f"r{self._calls}",
                    start_ns=ns_of(self.clock.now()) - 10**9 + number,
                    duration_ns=int(ms * 1e6),
                    ok=ok,
                    error_code=None if ok else error,
                )
            )
        self.services.telemetry.append(TelemetryBatch(spans=tuple(spans)), received_at=self.clock.now())

    def weights(self) -> dict[str, int]:
        shares = self.client.get("/routes/explain/weights")["shares"]
        return {one["target"]: one["weight"] for one in shares}


@pytest.fixture
def street(start_server: "StartServer", open_in_memory: "OpenInMemory") -> Iterator[Street]:
    clock = MovedClock()
    opened: list[tuple[Services, ServerState]] = []

    def engines(state: ServerState) -> OpenEngines:
        found = open_in_memory(state)
        opened.append((found.services, state))
        return found

    handle = start_server(
        clock=clock,
        open_engines=engines,
        targets=SETTINGS.targets,
        routes=SETTINGS.routes,
    )
    with ApiClient(handle.address) as client:
        client.get("/gateway")
        services, state = opened[0]
        yield Street(client, services, state.log, clock)


@pytest.mark.requirement("FA-78")
@pytest.mark.parametrize(
    ("serve", "why"),
    [
        (
            lambda one: one.served("green", 100, failed=6),
            "green: 6.00 % of 100 calls failed, more than 5.00 %",
        ),
        (
            lambda one: one.served("green", 100, ms=6000),
            "green: P95 of 100 calls is 6000 ms, more than 5000 ms",
        ),
        (
            lambda one: one.served("green", 100, failed=2, error="output_rejected"),
            "green: 2.00 % of 100 answers were rejected, more than 1.00 %",
        ),
    ],
    ids=["errors", "slow", "guards"],
)
def test_a_target_that_does_badly_loses_its_traffic_and_the_order_says_why(
    street: Street, serve: Callable[[Street], None], why: str
) -> None:
    street.served("blue", 200)
    serve(street)
    street.watch.turn()
    assert street.weights() == {"blue": 100, "green": 0}
    order = street.client.get("/routes/explain/weights")["order"]
    assert (order["by"], order["reason"]) == (WATCHER, why)
    assert street.watch.turn() == ()


def test_few_calls_and_good_ones_leave_the_traffic_where_it_is(street: Street) -> None:
    street.served("green", 49, failed=49)
    assert street.watch.turn() == ()
    street.clock.advance(400)
    street.served("green", 200, failed=2)
    assert street.watch.turn() == ()
    assert street.weights() == {"blue": 50, "green": 50}


def test_traffic_stays_while_the_first_target_is_sick(street: Street) -> None:
    street.says(blue="open", green="closed")
    street.served("green", 100, failed=50)
    assert street.watch.turn() == ()
    assert street.weights() == {"blue": 50, "green": 50}

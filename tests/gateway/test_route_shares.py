"""Blue and green: weights given by an operator, and what stands in their way."""

from datetime import UTC, datetime

import pytest

from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.gateway.orders.order import Order, OrderKind
from watchkeeper.gateway.orders.traffic import RouteTraffic, returned, route_traffic, shifted
from watchkeeper.gateway.orders.worker_report import BreakerTold, WorkerReport
from watchkeeper.gateway.route_shares import RouteShares, weights_of_text
from watchkeeper.gateway.routes import Route, RouteTarget

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROUTE = Route(
    name="explain",
    targets=(
        RouteTarget(name="blue", weight=100),
        RouteTarget(name="green", weight=0),
        RouteTarget(name="last"),
    ),
)


def worker(name: str, **states: str) -> WorkerReport:
    told = {
        target: BreakerTold(state=state, forced=False, failures=0, for_s=1.0, retry_in_s=None)
        for target, state in states.items()
    }
    return WorkerReport(
        worker_id=name,
        gateway="here:/data",
        pid=1,
        started_at=NOW,
        seen_at=NOW,
        address=None,
        in_flight=0,
        breakers=told,
        caches={},
        minutes={},
        problems={},
    )


def ordered(weights: str) -> Order:
    about = {"route": "explain", "weights": weights}
    return Order(kind=OrderKind.ROUTE_WEIGHTS, about=about, by="Ida", given_at=NOW, seq=1)


def traffic(*workers: WorkerReport, weights: str | None = None) -> RouteTraffic:
    orders = [] if weights is None else [ordered(weights)]
    return route_traffic(ROUTE, orders, workers, now=NOW)


WELL = worker("1", blue="closed", green="closed")
GREEN_SICK = worker("2", blue="closed", green="open")
BLUE_SICK = worker("3", blue="open", green="half-open")


def test_shares_and_healthy_members_are_told_per_target() -> None:
    found = traffic(WELL, GREEN_SICK, weights="blue=75,green=25")
    assert [(one.target, one.percent, one.healthy, one.members) for one in found.shares] == [
        ("blue", 75.0, 2, 2),
        ("green", 25.0, 1, 2),
    ]


def test_a_shift_names_some_targets_and_the_others_keep_their_weight() -> None:
    assert shifted(ROUTE, traffic(WELL), {"green": 10}) == {"blue": 100, "green": 10}


def test_a_shift_to_a_target_without_a_healthy_member_is_refused() -> None:
    with pytest.raises(ConflictError, match="a shift to 'green' on route 'explain' is refused: its circuit"):
        shifted(ROUTE, traffic(GREEN_SICK), {"green": 10})
    with pytest.raises(ConflictError, match="no gateway worker runs"):
        shifted(ROUTE, traffic(), {"green": 10})
    assert shifted(ROUTE, traffic(GREEN_SICK, weights="blue=50,green=50"), {"green": 0})["green"] == 0


def test_a_rollback_returns_everything_to_the_first_target_unless_it_is_sick() -> None:
    assert returned(ROUTE, traffic(WELL, weights="blue=0,green=100")) == {"blue": 100, "green": 0}
    with pytest.raises(ConflictError, match="a rollback to 'blue'"):
        returned(ROUTE, traffic(BLUE_SICK, weights="blue=0,green=100"))


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"last": 1}, "'last' does not share"),
        ({"green": -1}, "the weight -1 of 'green'"),
        ({"blue": 0}, "would lead nowhere"),
    ],
)
def test_weights_that_cannot_be_are_named(weights: dict[str, int], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        shifted(ROUTE, traffic(WELL), weights)
    with pytest.raises(InvalidInputError, match="'green' is no weight"):
        weights_of_text("blue=1,green")


def weights(shares: RouteShares, routes: dict[str, Route]) -> dict[str, int | None]:
    return {target.name: target.weight for target in shares.use(routes)["explain"].targets}


def test_given_weights_outlive_a_change_of_settings_and_are_taken_back_on_order() -> None:
    shares = RouteShares()
    used = shares.use({"explain": ROUTE})
    shares.give("explain", {"green": 50})
    assert [target.weight for target in used["explain"].targets] == [100, 50, None]
    assert weights(shares, {"explain": ROUTE}) == {"blue": 100, "green": 50, "last": None}
    assert shares.use({}) == {}
    shares.use({"explain": ROUTE})
    shares.take_back("explain")
    assert weights(shares, {"explain": ROUTE}) == {"blue": 100, "green": 0, "last": None}
    with pytest.raises(NotFoundError, match="no route 'other'"):
        shares.give("other", {"green": 1})

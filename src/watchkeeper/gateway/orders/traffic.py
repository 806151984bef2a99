"""Moving a route's traffic between its targets: what may be ordered, by how the targets stand (FA-78)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.errors import ConflictError
from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.orders.order import Order, standing
from watchkeeper.gateway.orders.worker_report import WorkerReport
from watchkeeper.gateway.route_shares import check_weights, weighted, weights_of_text
from watchkeeper.gateway.routes import Route

ALL = 100
"""The weight of the one target that gets everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetShare:
    """One of the targets that share a route's traffic."""

    target: str
    weight: int
    percent: float
    configured_weight: int
    healthy: int
    """Members, of all gateways' workers, that send it calls: whose circuit breaker is not open."""
    members: int
    """Workers that tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTraffic:
    """How a route's traffic is shared now."""

    route: str
    shares: tuple[TargetShare, ...]
    """In the order of the settings: the first is the one a rollback returns to."""
    order: Order | None
    """What set the weights; None: the settings."""


def route_traffic(
    route: Route, orders: Sequence[Order], reports: Sequence[WorkerReport], *, now: datetime
) -> RouteTraffic:
    """How a route's traffic is shared.

    Args:
        route: As the settings have it.
        orders: Those in force.
        reports: The last of every worker.
        now: Tells who is silent.
    """
    order = standing(orders).get(f"route {route.name}")
    configured = weighted(route)
    given = {} if order is None else weights_of_text(order.about["weights"])
    weights = {name: given.get(name, weight) for name, weight in configured.items()}
    total = sum(weights.values())
    speaking = [one for one in reports if not one.silent(now)]
    return RouteTraffic(
        route=route.name,
        shares=tuple(
            TargetShare(
                target=name,
                weight=weight,
                percent=100 * weight / total if total else 0.0,
                configured_weight=configured[name],
                healthy=sum(one.breakers[name].state != BreakerState.OPEN.value for one in telling),
                members=len(telling),
            )
            for name, weight in weights.items()
            for telling in ([one for one in speaking if name in one.breakers],)
        ),
        order=order,
    )


def shifted(route: Route, traffic: RouteTraffic, weights: Mapping[str, int]) -> dict[str, int]:
    """The weights to order for a shift.

    Raises:
        InvalidInputError: They are not weights of the route's sharing targets.
        ConflictError: A target would get more, and has no healthy member.
    """
    wanted = check_weights(route, {share.target: share.weight for share in traffic.shares} | dict(weights))
    for share in traffic.shares:
        if wanted[share.target] > share.weight and not share.healthy:
            raise _refused(route, "a shift to", share)
    return wanted


def returned(route: Route, traffic: RouteTraffic) -> dict[str, int]:
    """The weights to order for a rollback: all to the target the settings name first.

    Raises:
        InvalidInputError: No targets share the route's traffic.
        ConflictError: That target has no healthy member.
    """
    check_weights(route, {})
    first = traffic.shares[0]
    if not first.healthy:
        raise _refused(route, "a rollback to", first)
    return {share.target: ALL if share is first else 0 for share in traffic.shares}


def _refused(route: Route, what: str, share: TargetShare) -> ConflictError:
    told = (
        f"its circuit breaker is open in every gateway worker (of {share.members})"
        if share.members
        else "no gateway worker runs that tells how it is"
    )
    return ConflictError(
        f"{what} {share.target!r} on route {route.name!r} is refused: {told}",
        action="see `wk breaker list`; mend the target, or reset its breaker once it is well",
    )

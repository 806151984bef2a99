"""`/routes`: how the traffic of a route is shared, moved and returned while the gateways run."""

from fastapi import APIRouter, Request
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.configured_routes import configured_routes
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.orders.desk import OrderStanding
from watchkeeper.gateway.orders.order import OrderKind
from watchkeeper.gateway.orders.traffic import RouteTraffic, returned, route_traffic, shifted
from watchkeeper.gateway.route_shares import weights_text
from watchkeeper.gateway.routes import Route

router = APIRouter(prefix="/routes", tags=["routes"])


class RouteOrder(RequestModel):
    """Somebody moves traffic."""

    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who; needed where no key of ours tells it."""
    reason: str | None = Field(default=None, min_length=1, max_length=1000)


class Shift(RouteOrder):
    """New weights; targets not named keep theirs."""

    weights: dict[str, int] = Field(min_length=1)


@router.get("/{route}/weights")
def show_weights(route: str, services: ServicesDep) -> RouteTraffic:
    """How a route's traffic is shared, and how many members of each target are healthy."""
    return _traffic(services, _route(services, route))


@router.post("/{route}/weights", status_code=201)
def shift(route: str, body: Shift, services: ServicesDep, request: Request) -> OrderStanding:
    """Move traffic; refused to a target without a healthy member."""
    found = _route(services, route)
    weights = shifted(found, _traffic(services, found), body.weights)
    return _ordered(services, request, body, about={"route": route, "weights": weights_text(weights)})


@router.post("/{route}/rollback", status_code=201)
def roll_back(route: str, body: RouteOrder, services: ServicesDep, request: Request) -> OrderStanding:
    """Return all traffic to the target the settings name first; refused while that one is sick."""
    found = _route(services, route)
    weights = returned(found, _traffic(services, found))
    return _ordered(services, request, body, about={"route": route, "weights": weights_text(weights)})


@router.post("/{route}/reset", status_code=201)
def reset(route: str, body: RouteOrder, services: ServicesDep, request: Request) -> OrderStanding:
    """Share the traffic as the settings say."""
    _route(services, route)
    return _ordered(services, request, body, about={"route": route}, kind=OrderKind.ROUTE_RESET)


def _ordered(
    services: Services,
    request: Request,
    body: RouteOrder,
    *,
    about: dict[str, str],
    kind: OrderKind = OrderKind.ROUTE_WEIGHTS,
) -> OrderStanding:
    giver = giver_of(request, body.by)
    order = services.orders.give(kind, about, by=giver.name, reason=body.reason, key_id=giver.key_id)
    return services.orders.standing(order.seq)


def _route(services: Services, name: str) -> Route:
    routes = configured_routes(services.settings)
    if name not in routes:
        raise NotFoundError(
            f"there is no route {name[:60]!r}",
            action=f"name one of: {', '.join(sorted(routes)) or 'none yet; configure `routes`'}",
        )
    return routes[name]


def _traffic(services: Services, route: Route) -> RouteTraffic:
    return route_traffic(
        route,
        services.orders.orders.in_force(),
        services.orders.reports(),
        now=services.clock.now(),
    )

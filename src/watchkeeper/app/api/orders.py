"""`/orders`: what operators order of every gateway, and which workers have obeyed."""

from fastapi import APIRouter, Request
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.gateway.orders.desk import OrderStanding
from watchkeeper.gateway.orders.order import Order, OrderKind

router = APIRouter(prefix="/orders", tags=["orders"])
LISTED = 100
MOST_LISTED = 1000


class OrderBody(RequestModel):
    """An order."""

    kind: OrderKind
    target: str | None = Field(default=None, min_length=1, max_length=200)
    """Whose breaker."""
    route: str | None = Field(default=None, min_length=1, max_length=200)
    """Whose answers are put out of the cache."""
    workload: str | None = Field(default=None, min_length=1, max_length=200)
    """Likewise."""
    release: str | None = Field(default=None, min_length=1, max_length=200)
    """Likewise."""
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who orders it; needed where no key of ours tells it."""
    reason: str | None = Field(default=None, min_length=1, max_length=1000)


@router.post("", status_code=201)
def give_order(services: ServicesDep, body: OrderBody, request: Request) -> OrderStanding:
    """Give an order; every gateway worker that reaches the state obeys within two seconds."""
    giver = giver_of(request, body.by)
    about = {"target": body.target, "route": body.route, "workload": body.workload, "release": body.release}
    order = services.orders.give(
        body.kind,
        {name: value for name, value in about.items() if value is not None},
        by=giver.name,
        reason=body.reason,
        key_id=giver.key_id,
        known_targets=frozenset(services.settings.targets),
    )
    return services.orders.standing(order.seq)


@router.get("")
def list_orders(services: ServicesDep, limit: int = LISTED) -> tuple[Order, ...]:
    """The last orders, newest first."""
    return services.orders.orders.newest(max(1, min(limit, MOST_LISTED)))


@router.get("/{seq}")
def show_order(services: ServicesDep, seq: int) -> OrderStanding:
    """An order, what workers answered, and who has not yet."""
    return services.orders.standing(seq)

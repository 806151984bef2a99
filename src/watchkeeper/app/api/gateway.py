"""`/gateway`: the gateways' workers, breakers and caches, as the workers last told them."""

from fastapi import APIRouter

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.gateway.orders.standing import GatewayStanding, gateway_standing

router = APIRouter(prefix="/gateway", tags=["gateway"])


@router.get("")
def show_gateway(services: ServicesDep) -> GatewayStanding:
    """How the gateways stand; a worker that has fallen silent is told as silent, and counts in nothing."""
    return gateway_standing(
        services.orders.reports(),
        services.orders.orders.in_force(),
        targets=services.settings.targets,
        now=services.clock.now(),
    )

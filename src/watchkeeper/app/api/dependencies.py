"""What a resource's handlers ask for."""

from typing import Annotated

from fastapi import Depends, Request

from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.telemetry.ports import TelemetryStore


def server_state(request: Request) -> ServerState:
    """The running server."""
    state = request.app.state.server
    assert isinstance(state, ServerState)
    return state


def ready_services(state: Annotated[ServerState, Depends(server_state)]) -> Services:
    """The services; the request is answered 503 while they are not up."""
    return state.ready_services()


def telemetry_of(services: Annotated[Services, Depends(ready_services)]) -> TelemetryStore:
    """The store of rows and figures."""
    return services.telemetry


StateDep = Annotated[ServerState, Depends(server_state)]
ServicesDep = Annotated[Services, Depends(ready_services)]
TelemetryDep = Annotated[TelemetryStore, Depends(telemetry_of)]

"""`/host`: how full the machine is."""

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.dependencies import StateDep
from watchkeeper.monitoring.host.clean_up import CleanedUp
from watchkeeper.monitoring.host.resource import State

router = APIRouter(prefix="/host", tags=["host"])


class ResourceBody(BaseModel):
    """One resource."""

    kind: str
    name: str
    state: State
    share: float | None
    """Null is no data."""
    used: float | None
    whole: float | None
    unit: str


class HostBody(BaseModel):
    """The machine, as it was read last."""

    resources: tuple[ResourceBody, ...]
    """Empty: it is not read, or not yet."""
    cleaned_up: tuple[CleanedUp, ...]
    """What the last clean-up brought."""


@router.get("")
def show_host(state: StateDep) -> HostBody:
    """How full the machine is: OK, high above 75 %, critical above 90 %."""
    watch = state.host
    seen = () if watch is None else watch.last
    return HostBody(
        resources=tuple(
            ResourceBody(
                kind=one.kind,
                name=one.name,
                state=one.state,
                share=one.share,
                used=one.used,
                whole=one.whole,
                unit=one.unit,
            )
            for one in seen
        ),
        cleaned_up=() if watch is None else watch.cleaned,
    )

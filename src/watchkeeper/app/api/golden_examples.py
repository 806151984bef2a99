"""`/coaching/{workload}/golden`: answers that were right, who verified them, and whether they count."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.coaching.records import GoldenExample
from watchkeeper.domain.errors import NotFoundError

router = APIRouter(prefix="/coaching/{workload}/golden", tags=["coaching"])


class GoldenVerdict(RequestModel):
    """Somebody has looked at an example."""

    active: bool
    """Whether it is right, and counts."""
    by: str | None = Field(default=None, min_length=1, max_length=200)


@router.get("")
def golden(services: ServicesDep, workload: str) -> Sequence[GoldenExample]:
    """Every golden example, the last first (GF-73)."""
    return services.coaching.golden(workload)


@router.post("/{example_id}")
def verify(
    *, services: ServicesDep, workload: str, example_id: str, body: GoldenVerdict, request: Request
) -> GoldenExample:
    """Keep a person's word on an example: it is right, or it counts no more."""
    giver = giver_of(request, body.by)
    if not services.coaching.mark_golden(workload, example_id, verified_by=giver.name, active=body.active):
        raise NotFoundError(
            f"there is no golden example {example_id[:80]!r}", action="list them with `wk coach golden`"
        )
    return next(one for one in services.coaching.golden(workload) if one.example_id == example_id)

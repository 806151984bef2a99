"""`/traces`: the spans of a trace, as telemetry keeps them."""

from fastapi import APIRouter

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.span import Span

router = APIRouter(prefix="/traces", tags=["traces"])


@router.get("/{trace_id}")
def spans_of_trace(trace_id: str, services: ServicesDep) -> tuple[Span, ...]:
    """The spans of a trace, by start; those of a document's calls share one trace."""
    found = services.telemetry.trace(trace_id)
    if not found:
        raise NotFoundError(
            f"there is no span of trace {trace_id!r}",
            action="receipts become spans within a second; `wk receipts tail --json` has their trace ids",
        )
    return found

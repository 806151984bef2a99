"""`/traces`: the spans of a trace, as telemetry keeps them."""

from fastapi import APIRouter

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.questions.trace_tree import TraceTree, trace_tree
from watchkeeper.telemetry.span_filter import SpanFilter

router = APIRouter(prefix="/traces", tags=["traces"])


@router.get("/{trace_id}")
def spans_of_trace(trace_id: str, services: ServicesDep) -> tuple[Span, ...]:
    """The spans of a trace, by start; those of a document's calls share one trace."""
    return _spans(trace_id, services)


@router.get("/{trace_id}/tree")
def tree_of_trace(trace_id: str, services: ServicesDep) -> TraceTree:
    """The same as a tree, line by line as it is read: missing and late parents are marked."""
    spans = _spans(trace_id, services)
    counted = services.telemetry.newest(SpanFilter(trace_id=trace_id, counted_only=True), len(spans))
    return trace_tree(spans, counted=counted)


def _spans(trace_id: str, services: Services) -> tuple[Span, ...]:
    found = services.telemetry.trace(trace_id)
    if not found:
        raise NotFoundError(
            f"there is no span of trace {trace_id!r}",
            action="receipts become spans within a second; `wk receipts tail --json` has their trace ids",
        )
    return found

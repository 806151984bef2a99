"""`/calls`: the newest calls with every filter, and one of them whole."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from watchkeeper.app.api.asked import AskedCalls
from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.telemetry.questions.call_search import search_calls
from watchkeeper.telemetry.questions.calls_page import (
    MOST_CALLS,
    CallDetail,
    CallsPage,
    call_detail,
    calls_page,
)

router = APIRouter(prefix="/calls", tags=["calls"])


class AskedPage(AskedCalls):
    """A page of calls."""

    limit: int = Field(default=50, ge=1, le=MOST_CALLS)
    after: str | None = Field(default=None, description="The `next` of the page before.")
    q: str | None = Field(
        default=None,
        description='Only calls whose prompt or reply has all these words and "phrases in quotes".',
    )


@router.get("")
def newest_calls(
    services: ServicesDep, telemetry: TelemetryDep, asked: Annotated[AskedPage, Query()]
) -> CallsPage:
    """The newest calls, newest first; of the last 24 hours if nothing else is asked."""
    if asked.q is not None:
        return search_calls(
            telemetry,
            services.content_search,
            asked.q,
            asked.which(),
            during=asked.during(services),
            limit=asked.limit,
            after=asked.after,
            opted_out=services.settings.content.opt_out,
        )
    return calls_page(
        telemetry,
        asked.which(),
        during=asked.during(services),
        limit=asked.limit,
        after=asked.after,
        open_ended=asked.until is None,
    )


@router.get("/{trace_id}/{span_id}")
def one_call(trace_id: str, span_id: str, services: ServicesDep, telemetry: TelemetryDep) -> CallDetail:
    """A call with its content, as far as it is kept, and what was thought of it."""
    return call_detail(
        telemetry,
        services.content,
        trace_id,
        span_id,
        opted_out=services.settings.content.opt_out,
    )

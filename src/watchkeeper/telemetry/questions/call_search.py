"""A page of calls found by what was asked or answered in them."""

from collections.abc import Collection

from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry import call_search
from watchkeeper.telemetry.content_ports import SearchedContent
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import asked
from watchkeeper.telemetry.questions.call_figures import within
from watchkeeper.telemetry.questions.call_row import call_row
from watchkeeper.telemetry.questions.calls_page import CallsPage, place_of, text_of
from watchkeeper.telemetry.span_filter import SpanFilter


def search_calls(
    store: TelemetryStore,
    content: SearchedContent,
    text: str,
    which: SpanFilter,
    *,
    during: TimeRange,
    limit: int,
    after: str | None = None,
    hits: int = call_search.FIRST_HITS,
    opted_out: Collection[str] = (),
) -> CallsPage:
    """Calls whose prompt or reply has all the words and "phrases in quotes", newest first.

    A search that reads much and finds little ends a page early, and tells where to go on.

    Args:
        store: Where the calls are.
        content: Where what was said is.
        text: What to look for; case does not count.
        which: The calls; their time is told by `during`.
        during: When they started.
        limit: How many at most.
        after: The `next` of the page before.
        hits: Pieces of content asked for at first.
        opted_out: Workloads whose content is not shown; their calls are not found.

    Raises:
        InvalidInputError: There is no word to look for, or `after` is no place of a page.
    """
    found = call_search.search_calls(
        store,
        content,
        text,
        which=within(which, during),
        limit=limit,
        after=None if after is None else place_of(after),
        hits=hits,
        opted_out=opted_out,
    )
    return CallsPage(
        range=asked(during),
        calls=tuple(call_row(call.span, snippet=call.snippet) for call in found.calls),
        next=None if found.next is None else text_of(found.next),
    )

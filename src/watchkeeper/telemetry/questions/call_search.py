"""Calls found by what was asked or answered: the content's index tells pieces, the store their calls."""

from dataclasses import replace

from watchkeeper.domain.span import Span
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.content_ports import ContentSearch
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.calls_page import CallsPage, page_of, place_of
from watchkeeper.telemetry.span_filter import SpanFilter, SpanPlace

MOST_HITS = 2_000
"""Pieces of content asked for at once: enough for a page of calls, few enough for one question."""
SLACK_NS = 10 * 60 * 1_000_000_000
"""How far, in nanoseconds, the time content was kept under may be from its call's beginning."""
_AFTER_EVERY_ID = "~"


def search_calls(
    store: TelemetryStore,
    content: ContentSearch,
    text: str,
    which: SpanFilter,
    *,
    during: TimeRange,
    limit: int,
    after: str | None = None,
    hits: int = MOST_HITS,
) -> CallsPage:
    """Calls whose prompt or reply has all the words and "phrases in quotes", newest first.

    Args:
        store: Where the calls are.
        content: Where what was said is.
        text: What to look for; case does not count.
        which: The calls; their time is told by `during`.
        during: When they started.
        limit: How many at most.
        after: The `next` of the page before.
        hits: Pieces of content asked for at once.

    Raises:
        InvalidInputError: There is no word to look for, or `after` is no place of a page.
    """
    place = None if after is None else place_of(after)
    found: list[tuple[Span, str]] = []
    while len(found) <= limit:
        upper_ns = during.until_ns if place is None else min(during.until_ns, place.start_ns + 1)
        told = content.search(
            text,
            since_ns=during.since_ns - SLACK_NS,
            until_ns=upper_ns + SLACK_NS,
            workload=which.workload,
            limit=hits,
        )
        more = len(told) == hits
        lower_ns = max(during.since_ns, told[-1].at_ns + SLACK_NS) if more else during.since_ns
        if more and lower_ns >= upper_ns - 1:
            hits *= 2  # one stretch of the slack has more pieces than were asked for
            continue
        snippets = {one.sha256: one.snippet for one in told}
        asked = replace(
            which,
            content_sha256s=frozenset(snippets),
            since_ns=lower_ns,
            until_ns=during.until_ns,
        )
        spans = store.newest(asked, limit + 1 - len(found), place) if snippets else ()
        found += [(span, _snippet(span, snippets)) for span in spans]
        if not more:
            break
        # Everything that began from here on is known; go on with what began before.
        place = SpanPlace(start_ns=lower_ns, trace_id=_AFTER_EVERY_ID, span_id=_AFTER_EVERY_ID)
    return page_of(found, during=during, limit=limit)


def _snippet(span: Span, snippets: dict[str, str]) -> str:
    for sha256 in (span.prompt_sha256, span.response_sha256):
        if sha256 in snippets:
            return snippets[sha256]
    return ""

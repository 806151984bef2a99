"""Calls by what was asked and answered in them: full-text search, joined to the spans.

The content search is asked first. What few pieces match lead to their calls in one question; where a great
many match, the newest calls are read one after the other instead, for then some of them soon match.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from watchkeeper.domain.errors import ContentDamagedError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.content_ports import (
    ONCE_WITHIN_NS,
    ContentSearch,
    ContentStore,
    HitPlace,
    SearchedContent,
)
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.span_filter import SpanFilter, SpanPlace
from watchkeeper.telemetry.text_query import TextQuery, parsed_query

LONGEST_CALL_NS = 3600 * 10**9
"""A gateway's content comes when its call ends: an hour after its start at the latest."""
FIRST_HITS = 200
"""Pieces of content asked for at first."""
_SEARCHES = 3
"""For one page, each for twice as many hits as the one before."""
_FEW = 1000
"""With as many hits and no page of calls, calls are read one after the other: some will match."""
_CALLS_AT_ONCE = 200
MOST_CALLS_READ = 4000
"""Calls that are read for one page; beyond, the page ends early and says where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A call whose prompt or reply has all the words and phrases."""

    span: Span
    snippet: str
    """What was found with a little around it, at most 200 characters; of the prompt before the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalls:
    """Some calls, newest first."""

    calls: tuple[FoundCall, ...]
    next: SpanPlace | None
    """Where to go on; None at the end. A page with fewer calls than asked for can have one that follows."""


def search_calls(
    store: TelemetryStore,
    content: SearchedContent,
    text: str,
    *,
    which: SpanFilter,
    limit: int,
    after: SpanPlace | None = None,
    hits: int = FIRST_HITS,
    opted_out: Collection[str] = (),
) -> FoundCalls:
    """The newest calls of a filter with all words and "phrases in quotes" in their prompt or in their reply.

    Args:
        store: Where the calls are.
        content: Where their content is.
        text: What to search for; see `text_query`.
        which: The calls, and when they started; the narrower, the quicker.
        limit: How many at most.
        after: The `next` of the page before.
        hits: Pieces of content asked for at first.
        opted_out: Workloads whose calls are not found: another may have kept the very same words.

    Raises:
        InvalidInputError: There is no word to search for.
    """
    query = parsed_query(text)
    found = _Hits(content, which, text, after)
    for _ in range(_SEARCHES):
        known_ns = found.take(hits)
        spans = store.newest(found.narrowed(which), limit + 1, after)
        shown = tuple(
            FoundCall(span=span, snippet=found.snippet(span))
            for span in spans[:limit]
            if span.workload not in opted_out
        )
        if len(spans) > limit:
            return FoundCalls(calls=shown, next=place_after(spans[limit - 1]))
        if known_ns is None:
            return FoundCalls(calls=shown, next=None)
        hits *= 2
    assert known_ns is not None
    if len(found.snippets) < _FEW and found.goes_on(which, after):
        # Much was read and little found: what is known is told, down to where all is known.
        return FoundCalls(calls=shown, next=SpanPlace(start_ns=known_ns - 1, trace_id="", span_id=""))
    read = _Reading(store, content, query, opted_out)
    return read.calls(found, which=which, limit=limit, after=after)


class _Hits:
    """What the content search found so far, the latest first."""

    def __init__(self, search: ContentSearch, which: SpanFilter, text: str, after: SpanPlace | None) -> None:
        self.snippets: dict[str, str] = {}
        self.known_ns: int | None = None
        """Calls that started at this instant or later are known; None where all are."""
        self._search = search
        self._text = text
        self._workload = which.workload
        self._since_ns = None if which.since_ns is None else which.since_ns - ONCE_WITHIN_NS
        ends = [] if which.until_ns is None else [which.until_ns]
        ends += [] if after is None else [after.start_ns + 1]
        self._until_ns = min(ends) + LONGEST_CALL_NS if ends else None
        self._more: HitPlace | None = None

    def take(self, limit: int) -> int | None:
        """Ask for so many more; since when calls are known, None where all are."""
        told = self._search.search(
            self._text,
            since_ns=self._since_ns,
            until_ns=self._until_ns,
            workload=self._workload,
            limit=limit,
            after=self._more,
        )
        self.snippets |= {hit.sha256: hit.snippet for hit in told.hits}
        self._more = told.more
        # A piece is dated within the minute of its call, or later.
        self.known_ns = None if told.more is None else told.more.at_ns + ONCE_WITHIN_NS + 1
        return self.known_ns

    def narrowed(self, which: SpanFilter) -> SpanFilter:
        """The calls that are known to match."""
        since_ns = max((each for each in (which.since_ns, self.known_ns) if each is not None), default=None)
        return replace(which, content_sha256s=frozenset(self.snippets), since_ns=since_ns)

    def goes_on(self, which: SpanFilter, after: SpanPlace | None) -> bool:
        """Whether any of the calls asked for are known, so that the next page begins further back."""
        if self.known_ns is None:
            return False
        ends = (which.until_ns, None if after is None else after.start_ns)
        return all(each is None or self.known_ns < each for each in ends)

    def snippet(self, span: Span) -> str:
        """What was found in a call that matches."""
        return next(self.snippets[sha256] for sha256 in _pieces(span) if sha256 in self.snippets)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reading the newest calls one after the other, for where a great many match."""

    store: TelemetryStore
    content: ContentStore
    query: TextQuery
    opted_out: Collection[str]

    def calls(self, found: _Hits, *, which: SpanFilter, limit: int, after: SpanPlace | None) -> FoundCalls:
        """The newest of a filter that match."""
        calls: list[FoundCall] = []
        known: dict[str, str | None] = dict(found.snippets)
        for _ in range(MOST_CALLS_READ // _CALLS_AT_ONCE):
            spans = self.store.newest(which, _CALLS_AT_ONCE, after)
            for span in spans:
                after = place_after(span)
                snippet = self._snippet(span, known)
                if snippet is not None:
                    calls.append(FoundCall(span=span, snippet=snippet))
                if len(calls) == limit:
                    return FoundCalls(calls=tuple(calls), next=after)
            if len(spans) < _CALLS_AT_ONCE:
                return FoundCalls(calls=tuple(calls), next=None)
        return FoundCalls(calls=tuple(calls), next=after)

    def _snippet(self, span: Span, known: dict[str, str | None]) -> str | None:
        """What is found in a call; None where it does not match. `known` is what pieces were found to say."""
        if span.workload in self.opted_out:
            return None
        for sha256 in _pieces(span):
            if sha256 not in known:
                known[sha256] = self._in_piece(sha256)
            if known[sha256] is not None:
                return known[sha256]
        return None

    def _in_piece(self, sha256: str) -> str | None:
        """What is found in a piece of content; None when it does not match, or is not there to be read."""
        try:
            kept = self.content.get(sha256)
        except ContentDamagedError:
            return None
        text = None if kept is None else searched_text(kept.data, kept.media_type)
        return self.query.snippet(text) if text is not None and self.query.matches(text) else None


def _pieces(span: Span) -> Iterator[str]:
    for sha256 in (span.prompt_sha256, span.response_sha256):
        if sha256 is not None:
            yield sha256


def place_after(span: Span) -> SpanPlace:
    """Where a page that ends with this call goes on."""
    return SpanPlace(start_ns=span.start_ns, trace_id=span.trace_id, span_id=span.span_id)

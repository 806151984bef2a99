"""The newest calls, a page at a time, and one of them whole."""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.span import Span
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.call_search import place_after
from watchkeeper.telemetry.content_ports import ContentStore
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import AskedRange, asked
from watchkeeper.telemetry.questions.call_figures import within
from watchkeeper.telemetry.questions.call_row import CallRow, call_row
from watchkeeper.telemetry.questions.kept_content import KeptContent, kept_content
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter
from watchkeeper.telemetry.span_filter import SpanFilter, SpanPlace

MOST_CALLS = 1_000
"""Calls one page holds."""
MOST_VERDICTS = 1_000
"""Evaluations and feedback of one call that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPage:
    """Some calls, newest first."""

    range: AskedRange
    calls: tuple[CallRow, ...]
    next: str | None
    """Asked for as `after`, the page that follows; null at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail:
    """A call with everything that is known of it."""

    row: CallRow
    span: Span
    prompt: KeptContent | None
    """Null where the call told of none."""
    reply: KeptContent | None
    evaluations: tuple[EvaluationResult, ...]
    feedback: tuple[Feedback, ...]


def calls_page(
    store: TelemetryStore,
    which: SpanFilter,
    *,
    during: TimeRange,
    limit: int,
    after: str | None = None,
    open_ended: bool = False,
) -> CallsPage:
    """The newest calls of a filter and a stretch of time.

    Args:
        store: Where the calls are.
        which: The calls; their time is told by `during`.
        during: When they started.
        limit: How many at most.
        after: The `next` of the page before.
        open_ended: Whether calls that began later are there too: a sender's clock may run ahead of ours.

    Raises:
        InvalidInputError: `after` is no place of a page.
    """
    place = None if after is None else place_of(after)
    # One more than asked for tells whether there is a page after this one.
    inside = within(which, during)
    found = store.newest(replace(inside, until_ns=None) if open_ended else inside, limit + 1, place)
    return page_of([(span, None) for span in found], during=during, limit=limit)


def page_of(found: Sequence[tuple[Span, str | None]], *, during: TimeRange, limit: int) -> CallsPage:
    """A page of calls, each with what a search found in it; more than `limit` of them tell of a next page."""
    shown = found[:limit]
    return CallsPage(
        range=asked(during),
        calls=tuple(call_row(span, snippet=snippet) for span, snippet in shown),
        next=text_of(place_after(shown[-1][0])) if len(found) > limit else None,
    )


def call_detail(
    store: TelemetryStore,
    content: ContentStore,
    trace_id: str,
    span_id: str,
    *,
    opted_out: Collection[str] = (),
) -> CallDetail:
    """One call whole; of workloads that opted out without content, though another kept the very same.

    Raises:
        NotFoundError: There is no such call.
    """
    span = next((one for one in store.trace(trace_id) if one.span_id == span_id), None)
    if span is None:
        raise NotFoundError(
            f"there is no call {span_id!r:.80} in trace {trace_id!r:.80}",
            action="`wk calls list` shows the newest; one that was just made is there within a second",
        )
    shown = span.workload not in opted_out
    return CallDetail(
        row=call_row(span),
        span=span,
        prompt=kept_content(content, span.prompt_sha256, shown=shown),
        reply=kept_content(content, span.response_sha256, shown=shown),
        evaluations=store.evaluations(EvaluationFilter(trace_id=trace_id, span_id=span_id), MOST_VERDICTS),
        feedback=store.feedback(FeedbackFilter(trace_id=trace_id, span_id=span_id), MOST_VERDICTS),
    )


def text_of(place: SpanPlace) -> str:
    """A place as a page's `next` tells it."""
    text = json.dumps([place.start_ns, place.trace_id, place.span_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(text: str) -> SpanPlace:
    """The place a page's `next` tells.

    Raises:
        InvalidInputError: It tells none.
    """
    try:
        start_ns, trace_id, span_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        start_ns = None
    if not (isinstance(start_ns, int) and isinstance(trace_id, str) and isinstance(span_id, str)):
        raise InvalidInputError(
            f"{text!r:.80} is no place of a page",
            action="give as `after` what the page before told as `next`",
        )
    return SpanPlace(start_ns=start_ns, trace_id=trace_id, span_id=span_id)

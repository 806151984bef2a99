"""Calls are found by what was said, each once, newest first, however many pieces of content match."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.questions.call_search import search_calls
from watchkeeper.telemetry.questions.calls_page import call_detail
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.model_call import model_call
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TODAY = TimeRange(NOON - 24 * 60 * MINUTE, NOON, ZoneInfo("UTC"))


class Scene:
    """Calls with what was asked."""

    def __init__(self) -> None:
        self.store, self.content = InMemoryTelemetry(), InMemoryContent(clock=MovedClock(NOON))

    def asks(self, number: int, text: str, ago: timedelta, **columns: object) -> None:
        began = NOON - ago
        piece = Piece("stock-research", text.encode(), "text/plain", at_ns=ns_of(began))
        (sha256,) = self.content.put_many([piece])
        call = model_call(number, began, prompt_sha256=sha256, **columns)
        self.store.append(TelemetryBatch(spans=(call,)), received_at=NOON)

    def finds(
        self,
        text: str,
        which: SpanFilter | None = None,
        *,
        limit: int = 100,
        hits: int = 50,
        opted_out: Collection[str] = (),
    ) -> list[int]:
        """The numbers of the calls found, read page by page."""
        found, after = [], None
        while True:
            page = search_calls(
                self.store,
                self.content,
                text,
                which or SpanFilter(),
                during=TODAY,
                limit=limit,
                after=after,
                hits=hits,
                opted_out=opted_out,
            )
            found += [int(row.span_id, 16) for row in page.calls]
            after = page.next
            if after is None:
                return found


def test_a_phrase_is_found_whatever_its_case_and_shown_with_what_is_around_it() -> None:
    scene = Scene()
    scene.asks(1, "What was the Net Debt of Acme in May?", MINUTE)
    scene.asks(2, "Was the debt of Acme net of cash?", 2 * MINUTE)
    assert scene.finds('"net debt"') == [1]
    assert scene.finds("acme debt") == [1, 2]
    page = search_calls(scene.store, scene.content, '"net debt"', SpanFilter(), during=TODAY, limit=5)
    assert "Net Debt of Acme" in (page.calls[0].snippet or "")
    with pytest.raises(InvalidInputError):
        scene.finds("   ")


@pytest.mark.parametrize("hits", [50, 1])
def test_what_an_opted_out_workload_asked_is_not_told_because_another_asked_the_same(hits: int) -> None:
    scene = Scene()
    for number in range(1, 1200, 2):
        scene.asks(number, f"Is Acme in debt? {number % 10}", number * timedelta(seconds=1))
        scene.asks(
            number + 1, f"Is Acme in debt? {number % 10}", number * timedelta(seconds=1), workload="quiet"
        )
    found = scene.finds("acme debt", hits=hits, limit=70, opted_out=["quiet"])
    assert found == list(range(1, 1200, 2))

    (quiet,) = scene.store.newest(SpanFilter(workload="quiet"), 1)
    for opted_out, state in ((["quiet"], "not kept"), ([], "kept")):
        call = call_detail(scene.store, scene.content, quiet.trace_id, quiet.span_id, opted_out=opted_out)
        assert call.prompt is not None
        assert (call.prompt.state, call.prompt.text is None) == (state, bool(opted_out))


def test_filters_and_time_hold_for_what_is_found() -> None:
    scene = Scene()
    scene.asks(1, "margin", MINUTE)
    scene.asks(2, "margin", 3 * MINUTE, model="small")
    scene.asks(3, "margin", 25 * 60 * MINUTE)
    assert scene.finds("margin") == [1, 2]
    assert scene.finds("margin", SpanFilter(model="small")) == [2]
    assert scene.finds("margin", SpanFilter(workload="other")) == []


@given(
    calls=st.lists(
        st.tuples(st.integers(0, 60 * 20), st.sampled_from(["margin", "debt", "margin debt"])), max_size=25
    ),
    limit=st.integers(1, 6),
    hits=st.integers(1, 6),
)
def test_every_call_that_says_it_is_found_once_newest_first(
    calls: list[tuple[int, str]], limit: int, hits: int
) -> None:
    scene = Scene()
    for number, (minutes, text) in enumerate(calls, start=1):
        scene.asks(number, text, (minutes + 1) * MINUTE)
    wanted = [number for number, (_, text) in enumerate(calls, start=1) if "margin" in text]
    wanted.sort(key=lambda number: (calls[number - 1][0], number))
    assert scene.finds("margin", limit=limit, hits=hits) == wanted

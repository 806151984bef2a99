"""Calls found by what was asked and answered in them."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.call_search import FoundCalls, search_calls
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.telemetry import InMemoryTelemetry

START_NS = ns_of(FIRST_INSTANT)
SECOND_NS = 10**9


@dataclass
class Scene:
    """Calls with their content, as the platform keeps them."""

    store: InMemoryTelemetry = field(default_factory=InMemoryTelemetry)
    content: InMemoryContent = field(default_factory=lambda: InMemoryContent(clock=MovedClock()))
    calls: int = 0

    def call(
        self, prompt: str, reply: str, *, at_s: float, workload: str = "explainer", agent: str = "a"
    ) -> None:
        at_ns = START_NS + int(at_s * SECOND_NS)
        pieces = [Piece(workload, text.encode(), "text/plain", at_ns) for text in (prompt, reply)]
        prompt_sha256, response_sha256 = self.content.put_many(pieces)
        self.calls += 1
        span = Span(
            trace_id=f"{self.calls:032x}",
            span_id=f"{self.calls:016x}",
            name="chat",
            operation="chat",
            workload=workload,
            agent=agent,
            start_ns=at_ns,
            duration_ns=1,
            ok=True,
            prompt_sha256=prompt_sha256,
            response_sha256=response_sha256,
        )
        self.store.append(TelemetryBatch(spans=(span,)), received_at=FIRST_INSTANT)

    def search(
        self, text: str, which: SpanFilter = EVERYTHING, *, limit: int = 50, after: SpanPlace | None = None
    ) -> FoundCalls:
        return search_calls(self.store, self.content, text, which=which, limit=limit, after=after)

    def pages(self, text: str, which: SpanFilter = EVERYTHING, *, limit: int) -> list[int]:
        """The numbers of the calls of all pages, in order."""
        found, after = [], None
        while True:
            page = self.search(text, which, limit=limit, after=after)
            found += [int(call.span.span_id, 16) for call in page.calls]
            after = page.next
            if after is None:
                return found


def test_a_call_is_found_by_its_prompt_or_by_its_reply_the_newest_first() -> None:
    scene = Scene()
    scene.call("Where is my refund?", "On its way.", at_s=1)
    scene.call("What is this?", "A REFUND of 20.", at_s=2)
    scene.call("Hello", "Hi", at_s=3)
    found = scene.search("refund")
    assert [call.span.start_ns for call in found.calls] == [START_NS + 2 * SECOND_NS, START_NS + SECOND_NS]
    assert [call.snippet for call in found.calls] == ["A REFUND of 20.", "Where is my refund?"]
    assert found.next is None


def test_a_filter_and_a_range_of_time_narrow_what_is_found() -> None:
    scene = Scene()
    scene.call("refund", "yes", at_s=0, agent="b")
    scene.call("refund", "yes", at_s=30)
    scene.call("refund", "yes", at_s=90, agent="b")
    scene.call("refund", "yes", at_s=91, workload="other", agent="b")
    assert scene.pages("refund", SpanFilter(agent="b"), limit=9) == [4, 3, 1]
    assert scene.pages("refund", SpanFilter(agent="b", workload="explainer"), limit=9) == [3, 1]
    since, until = START_NS + 10 * SECOND_NS, START_NS + 91 * SECOND_NS
    assert scene.pages("refund", SpanFilter(since_ns=since, until_ns=until), limit=9) == [3, 2]


def test_a_word_of_every_call_is_found_page_by_page_each_call_once() -> None:
    scene = Scene()
    for n in range(1000):
        scene.call(f"question {n}", "an answer", at_s=n * 0.01, agent="rare" if n % 97 == 0 else "a")
    for n in range(1000):
        scene.call(f"question {n} again", f"other {n}", at_s=100 + n * 0.01)
    everything = list(range(2000, 0, -1))
    assert scene.pages("question", limit=300) == everything
    assert scene.pages("question", SpanFilter(agent="rare"), limit=4) == [
        n + 1 for n in range(999, -1, -1) if n % 97 == 0
    ]
    assert [call.snippet for call in scene.search('"question 999"', limit=1).calls] == ["question 999 again"]


def test_a_question_without_a_word_is_told() -> None:
    with pytest.raises(InvalidInputError, match="no word"):
        Scene().search("--")


words = st.lists(st.sampled_from(["refund", "not", "received", "Å"]), min_size=1, max_size=3).map(" ".join)


@settings(deadline=None)
@given(
    calls=st.lists(st.tuples(words, words, st.integers(0, 200), st.sampled_from(["w", "v"])), max_size=12),
    typed=words,
    limit=st.integers(1, 5),
    since_s=st.integers(0, 200),
)
def test_pages_hold_exactly_the_calls_that_match(
    calls: list[tuple[str, str, int, str]], typed: str, limit: int, since_s: int
) -> None:
    scene = Scene()
    for prompt, reply, at_s, workload in calls:
        scene.call(prompt, reply, at_s=at_s, workload=workload)
    wanted = set(typed.split())
    matching = [
        (-at_s, number)
        for number, (prompt, reply, at_s, workload) in enumerate(calls, start=1)
        if at_s >= since_s and workload == "w" and (wanted <= {*prompt.split()} or wanted <= {*reply.split()})
    ]
    which = SpanFilter(workload="w", since_ns=START_NS + since_s * SECOND_NS)
    assert scene.pages(typed, which, limit=limit) == [number for _, number in sorted(matching)]

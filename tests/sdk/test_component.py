"""Components: what is timed, what it is a part of, and that the application never notices."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import watchkeeper
from watchkeeper.testing.clock import MovedClock

Lines = Callable[[str], list[dict[str, Any]]]


@pytest.mark.requirement("HE-16", "HE-49")
def test_a_block_leaves_a_duration_line_also_when_it_raises(
    begin: Any, clock: MovedClock, lines: Lines
) -> None:
    begin()
    with watchkeeper.component("retriever"):
        clock.advance(0.25)
    with pytest.raises(ZeroDivisionError), watchkeeper.component("ranker"):
        clock.advance(0.5)
        _ = 1 / 0

    told = [(row["operation"], row["duration_ms"], row["success"]) for row in lines("performance")]
    assert told == [("retriever", 250.0, True), ("ranker", 500.0, False)]


def test_calls_of_every_kind_are_spans_of_one_trace(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)

    @watchkeeper.component("plain")
    def plain(n: int) -> int:
        return n + 1

    @watchkeeper.component("coroutine")
    async def coroutine(n: int) -> int:
        await asyncio.sleep(0)
        return plain(n)

    @watchkeeper.component("counting")
    def counting(n: int) -> Iterator[int]:
        for i in range(n):
            yield plain(i)

    @watchkeeper.component("streaming")
    async def streaming(n: int) -> AsyncIterator[int]:
        for i in range(n):
            yield await coroutine(i)

    async def work() -> list[int]:
        async with watchkeeper.component("whole") as span:
            span.set(parts=3)
            return [*counting(1), *[i async for i in streaming(1)], await coroutine(5)]

    assert asyncio.run(work()) == [1, 1, 6]
    assert handle.flush(within_s=5)

    spans = {span.span_id: span for span in door.spans()}
    assert len({span.trace_id for span in spans.values()}) == 1
    tree = sorted(
        (s.name, spans[s.parent_span_id].name if s.parent_span_id else None) for s in spans.values()
    )
    assert tree == [
        ("coroutine", "streaming"),
        ("coroutine", "whole"),
        ("counting", "whole"),
        ("plain", "coroutine"),
        ("plain", "coroutine"),
        ("plain", "counting"),
        ("streaming", "whole"),
        ("whole", None),
    ]


def test_what_a_caller_does_between_two_values_is_not_below_the_generator(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)

    @watchkeeper.component("source")
    def source() -> Iterator[int]:
        yield 1
        yield 2

    with watchkeeper.component("caller"):
        for _ in source():
            with watchkeeper.component("between"):
                pass
    handle.flush(within_s=5)

    ids = {span.name: span.span_id for span in door.spans()}
    parents = {span.name: span.parent_span_id for span in door.spans()}
    assert parents["between"] == ids["caller"]
    assert parents["source"] == ids["caller"]


def test_generators_pass_on_what_is_sent_thrown_and_returned(begin: Any, lines: Lines) -> None:
    begin()

    @watchkeeper.component("echo")
    def echo() -> Iterator[Any]:
        said: Any = "ready"
        while said != "end":
            try:
                said = yield said
            except KeyError as error:
                said = f"caught {error}"
        return "bye"

    talk: Any = echo()
    assert next(talk) == "ready"
    assert talk.send("hello") == "hello"
    assert talk.throw(KeyError("x")) == "caught 'x'"
    with pytest.raises(StopIteration) as stopped:
        talk.send("end")
    assert stopped.value.value == "bye"
    left_early: Any = echo()
    next(left_early)
    left_early.close()
    assert [row["success"] for row in lines("performance")] == [True, True]


def test_tasks_that_run_at_once_keep_their_own_parents(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)

    @watchkeeper.component("leaf")
    async def leaf() -> None:
        await asyncio.sleep(0)

    async def branch(name: str) -> None:
        async with watchkeeper.component(name):
            await leaf()

    async def work() -> None:
        await asyncio.gather(*(branch(f"branch {i}") for i in range(5)))

    asyncio.run(work())
    handle.flush(within_s=5)
    spans = {span.span_id: span for span in door.spans()}
    leaves = [span for span in spans.values() if span.name == "leaf"]
    assert sorted(spans[leaf.parent_span_id].name for leaf in leaves) == [f"branch {i}" for i in range(5)]
    assert all(spans[leaf.parent_span_id].trace_id == leaf.trace_id for leaf in leaves)


def test_an_exception_goes_on_as_it_was_and_is_told(begin: Any, door: Any, lines: Lines) -> None:
    handle = begin(endpoint=door.url)

    @watchkeeper.component("reader")
    def read() -> None:
        raise LookupError("page 9 is missing")

    with pytest.raises(LookupError, match="page 9"):
        read()
    handle.flush(within_s=5)

    (span,) = door.spans()
    assert span.status.message == "page 9 is missing"
    assert {a.key: a.value.string_value for a in span.attributes}["error.type"] == "LookupError"
    errors = [row for row in lines("system") if row.get("event") == "error"]
    assert [(row["component"], row["error"], row["detail"]) for row in errors] == [
        ("reader", "LookupError", "page 9 is missing")
    ]


def test_an_application_is_never_broken_by_our_side(begin: Any, clock: MovedClock) -> None:
    class BrokenIds:
        def trace_id(self) -> str:
            raise RuntimeError("no ids today")

        span_id = trace_id

    handle = begin(ids=BrokenIds())

    @watchkeeper.component("retriever")
    def found() -> int:
        return 7

    assert found() == 7
    with watchkeeper.component("reader") as span:
        span.set(pages=1)
    handle.record_metric("m", "seven")
    handle.record_metric("m", float("nan"))
    handle.record_metric("m", 1.0, "no such kind")
    handle.record_query("", -1.0)
    handle.record_feedback("meh")
    assert set(handle.problems()) >= {"span_not_opened", "metric_not_recorded", "metric_value_refused"}


def test_a_span_ended_in_another_context_leaves_that_context_alone(begin: Any) -> None:
    handle = begin()
    block = watchkeeper.component("wandering")
    span = contextvars.copy_context().run(block.__enter__)
    handle.recorder.close(span)
    assert handle.problems() == {"span_ended_elsewhere": 1}
    assert watchkeeper.inject_headers() == {}


def test_a_component_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a component needs a name"):
        watchkeeper.component(" ")

"""A trace that goes on from process to process, and together with OpenTelemetry."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import watchkeeper
from watchkeeper.sdk.trace_context import parent_in

HEX = "0123456789abcdef"


def test_a_trace_goes_on_in_the_process_that_is_called(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    with watchkeeper.component("client"):
        headers = watchkeeper.inject_headers({"accept": "*/*"})
    with watchkeeper.continue_trace(headers), watchkeeper.component("server"):
        pass
    handle.flush(within_s=5)

    client, server = door.spans()
    assert (server.trace_id, server.parent_span_id) == (client.trace_id, client.span_id)
    assert headers["accept"] == "*/*"
    assert headers["traceparent"] == f"00-{client.trace_id.hex()}-{client.span_id.hex()}-01"


@given(
    trace=st.text(HEX, min_size=32, max_size=32).filter(lambda text: int(text, 16)),
    span=st.text(HEX, min_size=16, max_size=16).filter(lambda text: int(text, 16)),
    state=st.text("abc=,123", max_size=40),
)
def test_every_lawful_parent_is_read(trace: str, span: str, state: str) -> None:
    parent = parent_in({"Traceparent": f"00-{trace}-{span}-01", "tracestate": state})
    assert parent is not None
    assert (parent.trace_id, parent.span_id, parent.trace_state) == (trace, span, state)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    ],
)
def test_an_unlawful_parent_begins_a_new_trace(begin: Any, written: str) -> None:
    begin()
    with watchkeeper.continue_trace({"traceparent": written}), watchkeeper.component("server"):
        headers = watchkeeper.inject_headers()
    assert headers["traceparent"] == f"00-{1:032x}-{1:016x}-01"


def test_spans_of_opentelemetry_and_ours_are_one_trace_whichever_is_inside(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("app")

    with tracer.start_as_current_span("request"), watchkeeper.component("retriever"):
        with tracer.start_as_current_span("call"), watchkeeper.component("reader"):
            pass
        with watchkeeper.component("ranker"):
            pass
    handle.flush(within_s=5)
    provider.shutdown()

    theirs = {span.name: span for span in kept.get_finished_spans()}
    ours = {span.name: span for span in door.spans()}
    ids = {name: f"{span.context.span_id:016x}" for name, span in theirs.items()}
    ids |= {name: span.span_id.hex() for name, span in ours.items()}
    parents = {name: span.parent_span_id.hex() for name, span in ours.items()}
    parents |= {name: f"{s.parent.span_id:016x}" if s.parent else "" for name, s in theirs.items()}
    assert parents == {
        "request": "",
        "retriever": ids["request"],
        "call": ids["retriever"],
        "reader": ids["call"],
        "ranker": ids["retriever"],
    }
    assert {s.trace_id.hex() for s in ours.values()} == {f"{theirs['request'].context.trace_id:032x}"}

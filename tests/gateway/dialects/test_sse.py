"""Bytes that arrive cut anywhere become the same events."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import MalformedReplyError
from watchkeeper.gateway.dialects import SseReader

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
FIELD = st.sampled_from(["data: ", "data:", "event: ", ": a comment ", "id: ", "data", "retry: 3"])
LINES = st.lists(st.one_of(st.tuples(FIELD, LINE).map("".join), st.just("")), max_size=30)
STREAM = st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])).map(
    lambda given: given[1].join([*given[0], "", ""])
)


def events_of(pieces: list[bytes]) -> list[tuple[str, bytes]]:
    reader = SseReader()
    found = [event for piece in pieces for event in reader.feed(piece)]
    return [(event.name, event.data) for event in found + reader.finish()]


@given(text=STREAM, cuts=st.lists(st.integers(min_value=0, max_value=400), max_size=12))
def test_the_same_events_come_however_the_bytes_are_cut(text: str, cuts: list[int]) -> None:
    data = text.encode()
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]

    assert events_of(pieces) == events_of([data]) == events_of([data[at : at + 1] for at in range(len(data))])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_comment_and_several_data_lines_are_read(end: str) -> None:
    lines = [": ping", "event: told", "data: one", "data:två", "", "id: 7", "", "data: three", "", ""]

    assert events_of([end.join(lines).encode()]) == [("told", "one\ntvå".encode()), ("", b"three")]


def test_a_letter_cut_in_two_arrives_whole() -> None:
    data = "data: Åmål\n\n".encode()

    assert events_of([data[:7], data[7:]]) == [("", "Åmål".encode())]


def test_a_byte_order_mark_at_the_start_is_passed_over() -> None:
    assert events_of([b"\xef\xbb", b"\xbfdata: a\n\n"]) == [("", b"a")]


def test_an_event_sent_on_reads_the_same_again() -> None:
    sent = b"event: told\r\ndata: one\r\ndata: two\r\n\r\n"
    (event,) = SseReader().feed(sent)

    assert events_of([event.raw]) == [("told", b"one\ntwo")]


@pytest.mark.parametrize(
    ("rest", "whole"), [(b"data: [DONE]", True), (b'data: {"a":1}\n', True), (b'data: {"a', False)]
)
def test_a_last_event_without_its_empty_line_counts_unless_it_is_torn(rest: bytes, whole: bool) -> None:
    assert bool(events_of([b"data: {}\n\n" + rest])[1:]) is whole


def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    reader = SseReader(most_event_bytes=1000)
    reader.feed(b"data: " + b"x" * 900)

    with pytest.raises(MalformedReplyError, match="longer than 1000 bytes"):
        reader.feed(b"x" * 200)

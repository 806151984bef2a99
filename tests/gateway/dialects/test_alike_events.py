"""Events told by their likeness: the same facts as by reading each, and only of events that say just text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.gateway.dialects import Dialect, SseEvent, StreamFacts
from watchkeeper.gateway.dialects.alike_events import AlikeEvents

texts = st.text(max_size=8) | st.sampled_from(["hello", '"', "\\", "x", "å", "\x01", "\u2028", "c", "0"])
beside = st.sampled_from(
    [{}, {}, {}, {"usage": None}, {"usage": {"prompt_tokens": 3}}, {"obfuscation": "hello"}, {"id": "c2"}]
)
endings = st.sampled_from([None, None, None, "stop"])


def openai_chunk(delta: dict[str, Any], *, beside: dict[str, Any], ending: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": ending}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **beside}


@st.composite
def openai_events(draw: st.DrawFn) -> bytes:
    delta = draw(
        texts.map(lambda text: {"content": text})
        | st.just({})
        | texts.map(lambda text: {"role": "assistant", "content": text})
        | texts.map(lambda text: {"reasoning_content": text})
    )
    chunk = openai_chunk(delta, beside=draw(beside), ending=draw(endings))
    return b"data: " + json.dumps(chunk, ensure_ascii=draw(st.booleans())).encode()


@st.composite
def anthropic_events(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(["text", "text", "text", "thinking"]))
    delta = {"type": f"{kind}_delta", kind: draw(texts)}
    data = {"type": "content_block_delta", "index": draw(st.sampled_from([0, 0, 1])), "delta": delta}
    return b"event: content_block_delta\ndata: " + json.dumps(data, ensure_ascii=draw(st.booleans())).encode()


def read(facts: StreamFacts, block: bytes) -> None:
    facts.take(SseEvent("", block.rpartition(b"data: ")[2], block + b"\n\n"))


@pytest.mark.parametrize(
    ("dialect", "events"), [(Dialect.OPENAI, openai_events()), (Dialect.ANTHROPIC, anthropic_events())]
)
def test_likeness_tells_the_same_as_reading(dialect: Dialect, events: st.SearchStrategy[bytes]) -> None:
    @given(blocks=st.lists(events, max_size=20))
    def holds(blocks: list[bytes]) -> None:
        by_reading, by_likeness = StreamFacts(dialect), StreamFacts(dialect)
        for block in blocks:
            read(by_reading, block)
            if not by_likeness.take_alike(block + b"\n\n"):
                read(by_likeness, block)
        assert by_likeness.reply() == by_reading.reply()
        assert by_likeness.first_content == by_reading.first_content

    holds()


def chunk(text: str, **beside: Any) -> bytes:
    return b"data: " + json.dumps(openai_chunk({"content": text}, beside=beside, ending=None)).encode()


def learned(block: bytes) -> AlikeEvents:
    alike = AlikeEvents(Dialect.OPENAI)
    alike.learn(block + b"\n\n", json.loads(block[6:]))
    return alike


def test_a_stream_of_one_shape_is_read_once() -> None:
    facts = StreamFacts(Dialect.OPENAI)
    read(facts, chunk("one "))
    piece = chunk("two ") + b"\n\n" + chunk("three") + b"\n\n"
    assert facts.take_alike(piece) == len(piece)
    assert facts.text == "one two three"


def test_what_is_left_begins_with_the_first_event_that_says_more() -> None:
    alike = learned(chunk("hello"))
    plain, other = chunk("a") + b"\n\n", chunk("b", usage={"prompt_tokens": 1}) + b"\n\n"
    assert alike.take(plain + plain + other + plain) == 2 * len(plain)
    assert alike.texts == ["a", "a"]


def test_words_that_stand_elsewhere_too_are_not_taken_for_the_text() -> None:
    block = chunk("c")  # as the event's id
    assert learned(block).take(block.replace(b'"id": "c"', b'"id": "d"') + b"\n\n") == 0


@pytest.mark.parametrize("text", [b"\xff", b'a"', b"\\u0061", b"\n", b"\xed\xa0\x80", b"\xe2\x80\x8b"])
def test_what_is_no_plain_text_is_left_to_be_read(text: bytes) -> None:
    block = chunk("hello")
    alike = learned(block)
    assert alike.take(block + b"\n\n") == len(block) + 2
    assert alike.take(block.replace(b"hello", text) + b"\n\n") == 0
    assert alike.take(block + b"\n") == 0
    assert alike.texts == ["hello"]

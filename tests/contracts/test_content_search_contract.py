"""What every content search keeps, in memory or in packs."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.content import block_parting
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.content_ports import (
    ONCE_WITHIN_NS,
    ContentHit,
    HitPlace,
    Piece,
    SearchedContent,
)
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.redaction import is_text
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import folded, parsed_query, words_of
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock
from watchkeeper.testing.content import InMemoryContent

NOW_NS = ns_of(FIRST_INSTANT)


MakeContent = Callable[[Path], SearchedContent]


def in_memory(folder: Path) -> SearchedContent:
    return InMemoryContent(clock=MovedClock(), opted_out={"team-assistant"})


def in_packs(folder: Path) -> SearchedContent:
    return ContentPacks(folder, clock=MovedClock(), opted_out={"team-assistant"}, synced=False)


def in_small_packs(folder: Path) -> SearchedContent:
    return ContentPacks(
        folder,
        clock=MovedClock(),
        opted_out={"team-assistant"},
        synced=False,
        most_pack_bytes=400,
        most_blocks_read=2,
    )


@pytest.fixture(params=[in_memory, in_packs, in_small_packs])
def make_content(request: pytest.FixtureRequest) -> MakeContent:
    make: MakeContent = request.param
    return make


@pytest.fixture
def content(make_content: MakeContent, tmp_path: Path) -> SearchedContent:
    return make_content(tmp_path)


def all_of(content: SearchedContent, text: str, *, limit: int = 9, **narrowed: Any) -> list[ContentHit]:
    """The hits of all pages."""
    told = content.search(text, limit=limit, **narrowed)
    hits = list(told.hits)
    while told.more is not None:
        assert len(told.hits) <= limit
        told = content.search(text, limit=limit, after=told.more, **narrowed)
        hits += told.hits
    return hits


def texts_of(content: SearchedContent, hits: list[ContentHit]) -> list[str]:
    found = [content.get(hit.sha256) for hit in hits]
    return [one.data.decode() for one in found if one is not None]


def test_words_and_phrases_are_found_the_newest_first(content: SearchedContent) -> None:
    texts = ["Årets resultat före skatt", "resultatet före ÅRETS", "årets, RESULTAT", "annat"]
    content.put_many([Piece("explainer", text.encode(), "text/plain", n) for n, text in enumerate(texts)])
    assert texts_of(content, all_of(content, "årets")) == [texts[2], texts[1], texts[0]]
    assert texts_of(content, all_of(content, '"årets resultat"')) == [texts[2], texts[0]]
    assert texts_of(content, all_of(content, '"årets resultat" före')) == [texts[0]]
    assert [hit.snippet for hit in all_of(content, "annat")] == ["annat"]
    assert all_of(content, "resulta") == []


def test_json_is_searched_by_what_its_strings_say(content: SearchedContent) -> None:
    sent = json.dumps({"messages": [{"content": "rad ett\nÅrets \u201cresultat\u201d"}]})
    sha256 = content.put("explainer", sent.encode(), "application/json")
    for typed in ("årets", '"ett årets resultat"', "rad"):
        assert [hit.sha256 for hit in all_of(content, typed)] == [sha256]
    for typed in ("messages", "nårets", "u00c5rets"):
        assert all_of(content, typed) == []


def test_images_and_what_was_opted_out_are_not_found(content: SearchedContent) -> None:
    content.put("explainer", b"a secret plan", "image/png")
    content.put("team-assistant", b"a secret plan", "text/plain")
    assert all_of(content, "secret") == []


def test_a_range_of_time_and_a_workload_narrow_a_search(content: SearchedContent) -> None:
    for workload in ("explainer", "recommender"):
        for n in range(4):
            content.put_many([Piece(workload, f"word {n}".encode(), "text/plain", NOW_NS + n)])
    found = all_of(content, "word", since_ns=NOW_NS + 1, until_ns=NOW_NS + 3, workload="explainer")
    assert texts_of(content, found) == ["word 2", "word 1"]
    assert {hit.workload for hit in all_of(content, '"word 2"')} == {"explainer", "recommender"}


def test_a_question_without_a_word_is_told(content: SearchedContent) -> None:
    with pytest.raises(InvalidInputError, match="no word"):
        content.search('"-"', limit=1)


VOCABULARY = [
    "refund",
    "Refund",
    "not",
    "received",
    "Å",
    "å",
    "Straße",
    "STRASSE",
    "n",
    "\u212a",
    "k",
    "ﬁ",
    "e\u0301",
]
said = st.lists(st.sampled_from(VOCABULARY), max_size=5).flatmap(
    lambda words: st.sampled_from([" ", ", ", "\n", " – ", "_", "\\", '"', "\x1e"]).map(
        lambda by: by.join(words)
    )
)
kinds = st.sampled_from(["text/plain", "application/json", "escaped", "broken json", "image/png"])


def as_sent(text: str, kind: str) -> tuple[bytes, str]:
    if kind == "application/json":
        return json.dumps([{"content": text}, "not"], ensure_ascii=False).encode(), kind
    if kind == "escaped":
        return json.dumps({"a": text}).encode(), "application/json"
    if kind == "broken json":
        return f'{{"a": "{text}'.encode(), "application/json"
    return text.encode(), kind


def naive_scan(pieces: list[Piece], typed: str) -> set[HitPlace]:
    """What matches, by definition: every word of every phrase, in order, among the words of one string."""
    kept: dict[tuple[str, str, int], Piece] = {}
    for piece in pieces:
        if is_text(piece.media_type):
            sha256 = hashlib.sha256(piece.data).hexdigest()
            kept.setdefault((sha256, piece.workload, (piece.at_ns or 0) // ONCE_WITHIN_NS), piece)
    found = set()
    for (sha256, workload, _), piece in kept.items():
        text = searched_text(piece.data, piece.media_type) or ""
        rows = [words_of(folded(part)) for part in text.split("\x1e")]
        if all(
            any(tuple(row[at : at + len(phrase)]) == phrase for row in rows for at in range(len(row)))
            for phrase in parsed_query(typed).phrases
        ):
            found.add(HitPlace(piece.at_ns or 0, sha256, workload))
    return found


@given(
    told=st.lists(
        st.tuples(said, kinds, st.integers(-5, 3 * ONCE_WITHIN_NS), st.sampled_from(["v", "w"])), max_size=12
    ),
    typed=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3),
    quoted=st.booleans(),
    limit=st.integers(1, 4),
    together=st.integers(1, 5),
    block_bytes=st.sampled_from([1, 60, 512 * 1024]),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_exactly_what_a_naive_scan_finds(
    make_content: MakeContent,
    told: list[tuple[str, str, int, str]],
    typed: list[str],
    quoted: bool,
    limit: int,
    together: int,
    block_bytes: int,
) -> None:
    question = f'"{" ".join(typed)}"' if quoted else " ".join(typed)
    pieces = [Piece(workload, *as_sent(text, kind), at_ns) for text, kind, at_ns, workload in told]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_parting, "BLOCK_BYTES", block_bytes)
        content = make_content(Path(folder))
        for n in range(0, len(pieces), together):
            content.put_many(pieces[n : n + together], redacted=True)
        found = [hit.place for hit in all_of(content, question, limit=limit)]
        assert found == sorted(naive_scan(pieces, question), reverse=True)

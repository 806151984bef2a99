"""A look at raw bytes never passes over what matches."""

import json
import sys
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.content.block_words import FOLDING_TO_ASCII
from watchkeeper.adapters.content.raw_match import RawMatch
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import folded, parsed_query, words_of


def test_all_letters_that_fold_to_one_of_ascii_are_known() -> None:
    letters = [chr(code) for code in range(128, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    folding = [one for one in letters if any(each.isascii() and each.isalnum() for each in folded(one))]
    assert folding == [one for one in letters if FOLDING_TO_ASCII.match(one)]


texts = st.text(alphabet="aAbBsSkK åÅß\u212aſﬁ.,_-1\u0301\\n", max_size=25)


@given(text=texts, before=texts, after=texts, typed=texts)
def test_what_matches_is_never_passed_over(text: str, before: str, after: str, typed: str) -> None:
    if not words_of(folded(typed)) or not parsed_query(typed).matches(text):
        return
    assert 1 in candidates(typed, [before, text, after])


spelled = st.lists(st.text(alphabet='aAbs åÅ\u00e9.\n"\\1', max_size=12), min_size=1, max_size=3)


@given(said=spelled, before=texts, ascii_only=st.booleans(), typed=texts)
def test_json_is_never_passed_over_however_it_is_spelled(
    said: list[str], before: str, ascii_only: bool, typed: str
) -> None:
    data = json.dumps(said, ensure_ascii=ascii_only)
    text = searched_text(data.encode(), "application/json")
    assert text is not None
    if not words_of(folded(typed)) or not parsed_query(typed).matches(text):
        return
    assert 1 in candidates(typed, [before, data])


def test_a_letter_that_json_spells_as_a_code_hides_nothing() -> None:
    assert candidates("cat", ["a dog", r'["\u0063\u0061t"]']) == [0, 1]


def test_only_pieces_that_have_the_whole_words_of_all_phrases_are_looked_at() -> None:
    pieces = ["the other cat", "other words", "scatter others", "a cat", "cat and other", "för att på"]
    assert candidates("cat other", pieces) == [0, 4]
    assert candidates('"för att"', pieces) == [5]
    assert candidates('"other cat" words', pieces) == []


def test_ends_of_longer_words_are_passed_over_however_many_there_are() -> None:
    pieces = ["bathe off " * 30 + "the off", "bathe of " * 50, "bathe of " * 50 + r"\u202cthe of"]
    assert candidates('"the of"', pieces) == [2]


def candidates(typed: str, pieces: list[str]) -> list[int]:
    folds = any(FOLDING_TO_ASCII.search(piece) for piece in pieces)
    encoded = [piece.encode() for piece in pieces]
    ends = list(accumulate(map(len, encoded)))
    return list(RawMatch(parsed_query(typed)).candidates(b"".join(encoded), ends, folds_to_ascii=folds))

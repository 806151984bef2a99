"""A look at raw bytes never passes over what matches."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.content import raw_match
from watchkeeper.adapters.content.raw_match import RawMatch
from watchkeeper.telemetry.text_query import folded, parsed_query, words_of


def test_all_letters_that_fold_to_one_of_ascii_are_known() -> None:
    letters = [chr(code) for code in range(128, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    folding = {
        letter.encode()
        for letter in letters
        if any(one.isascii() and one.isalnum() for one in folded(letter))
    }
    assert folding == set(raw_match._FOLDING_TO_ASCII)


texts = st.text(alphabet="aAbBsSkK åÅßKſﬁ.,_-1\u0301\\n", max_size=25)


@given(text=texts, before=texts, typed=texts)
def test_what_matches_is_never_passed_over(text: str, before: str, typed: str) -> None:
    if words_of(folded(typed)):
        query = parsed_query(typed)
        if query.matches(text):
            raw = RawMatch(query)
            assert raw.may_match(text.encode())
            assert raw.may_match((before + text).encode())

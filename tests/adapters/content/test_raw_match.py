"""A look at raw bytes never passes over what matches."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.content.block_words import FOLDING_TO_ASCII
from watchkeeper.adapters.content.raw_match import RawMatch
from watchkeeper.telemetry.text_query import folded, parsed_query, words_of


def test_all_letters_that_fold_to_one_of_ascii_are_known() -> None:
    letters = [chr(code) for code in range(128, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    folding = [one for one in letters if any(each.isascii() and each.isalnum() for each in folded(one))]
    assert folding == [one for one in letters if FOLDING_TO_ASCII.match(one)]


texts = st.text(alphabet="aAbBsSkK åÅß\u212aſﬁ.,_-1\u0301\\n", max_size=25)


@given(text=texts, before=texts, typed=texts)
def test_what_matches_is_never_passed_over(text: str, before: str, typed: str) -> None:
    if not words_of(folded(typed)) or not parsed_query(typed).matches(text):
        return
    data = before.encode() + text.encode()
    folds = FOLDING_TO_ASCII.search(before + text) is not None
    may_match = RawMatch(parsed_query(typed)).over(data, folds_to_ascii=folds)
    assert may_match(len(before.encode()), len(data))
    assert may_match(0, len(data))

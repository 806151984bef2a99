"""What a question in words finds in a text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.text_query import SNIPPET_CHARS, folded, parsed_query, words_of


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("resultat", "Årets RESULTAT blev lägre"),
        ("ÅRETS", "årets resultat"),
        ("året", "A\u030aRET"),
        ("strasse", "die Straße"),
        ('"the cat"', "saw The, CAT!"),
        ('cat "saw the"', "saw the cat"),
        ("foo_bar", "a foo-bar"),
        ('"not closed', "it was not closed"),
        ("41,5", "ökade 41.5 mkr"),
        ("日本", "日本 語"),
    ],
)
def test_words_and_phrases_are_found_whatever_their_case_and_encoding(typed: str, text: str) -> None:
    assert parsed_query(typed).matches(text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("cat", "category, concat"),
        ('"the cat"', "the black cat"),
        ('"the cat"', "the\x1ecat"),
        ("cat dog", "a cat"),
        ("resume", "résumé"),
        ("k", "km"),
    ],
)
def test_parts_of_words_other_orders_and_other_letters_are_not_found(typed: str, text: str) -> None:
    assert not parsed_query(typed).matches(text)


@pytest.mark.parametrize("typed", ["", "  ", '""', "- _ !", '"'])
def test_a_question_without_a_word_is_told(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="no word to search for"):
        parsed_query(typed)


texts = st.text(alphabet="aAbB åÅäß.,_-\x1eK1é\u0301\u030aİſﬁ", max_size=30)


@given(text=texts, data=st.data())
def test_every_stretch_of_words_is_found_as_a_phrase(text: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(text.split("\x1e")))
    words = words_of(folded(part))
    if words:
        first = data.draw(st.integers(0, len(words) - 1))
        phrase = words[first : first + data.draw(st.integers(1, 4))]
        assert parsed_query(f'"{" ".join(phrase)}"').matches(text)


@given(text=texts, typed=texts)
def test_a_text_matches_when_all_phrases_are_among_its_words(text: str, typed: str) -> None:
    if not words_of(folded(typed)):
        return
    query = parsed_query(typed)
    rows = [words_of(folded(part)) for part in text.split("\x1e")]
    naive = all(
        any(tuple(row[at : at + len(phrase)]) == phrase for row in rows for at in range(len(row)))
        for phrase in query.phrases
    )
    assert query.matches(text) == naive


@given(before=st.text(max_size=300), after=st.text(max_size=300))
def test_a_snippet_shows_what_was_found_and_is_short(before: str, after: str) -> None:
    text = f"{before} Årets resultat {after}"
    query = parsed_query('"årets resultat"')
    snippet = query.snippet(text)
    assert len(snippet) <= SNIPPET_CHARS
    assert "\n" not in snippet
    shown = re.split(r"årets resultat", unicodedata.normalize("NFC", snippet), flags=re.IGNORECASE)
    assert len(shown) >= 2

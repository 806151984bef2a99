"""Words read as numbers are the words that a split finds, and hash as they do."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.content.short_words import crc32_of, parted_words

WORDS = st.lists(
    st.one_of(
        st.text("ab1", min_size=1, max_size=10),
        st.text(min_size=1, max_size=12).map(lambda text: "".join(text.split()).replace("\0", "")),
    ).map(lambda text: text.encode("utf-8", "surrogatepass")),
    max_size=60,
)


@given(words=WORDS, gap=st.integers(1, 4), before=st.integers(0, 3), after=st.integers(0, 3))
def test_every_word_is_told_once_short_or_not(words: list[bytes], gap: int, before: int, after: int) -> None:
    said = b" " * before + (b" " * gap).join(words) + b" " * after

    short, others = parted_words(said)
    spelled = [int(number).to_bytes(8, "little").rstrip(b"\0") for number in short]

    assert len(set(spelled)) == len(spelled)
    assert set(spelled).isdisjoint(others)
    assert {*spelled, *others} == {word for word in words if word}
    assert crc32_of(short).tolist() == [zlib.crc32(word) for word in spelled]


def test_more_words_than_the_table_has_places_are_all_told_apart() -> None:
    words = {f"{number:x}".encode() for number in range(70_000)}

    short, others = parted_words(b" ".join(words))

    assert (len(short), len(set(short.tolist())), others) == (70_000, 70_000, set())

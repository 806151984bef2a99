"""The words of a block are those of its texts, folded whole."""

import json
import zlib

from hypothesis import example, given
from hypothesis import strategies as st

from watchkeeper.adapters.content.block_words import FOLDING_TO_ASCII, FOLDS_TO_ASCII, word_hashes
from watchkeeper.telemetry.text_query import folded, words_of

# Accents beside letters, signs and spaces; letters that fold to others or to two; gaps beyond ASCII.
ODD = (
    "aEi1 _=<>-'\n\"\\\u0301\u0338\u0345\u00a0\u2019\u212a\u00df\u0130\u0149\ufb03\u03a3\u03c2\uac00\u11a8å٣"
)
TEXTS = st.lists(st.one_of(st.text(ODD, max_size=30), st.text(max_size=30)), max_size=5)


def hashes_of_whole(texts: list[str]) -> list[int]:
    found = {zlib.crc32(word.encode()) for text in texts for word in words_of(folded(text))}
    if any(FOLDING_TO_ASCII.search(text) for text in texts):
        found.add(FOLDS_TO_ASCII)
    return sorted(found)


@given(texts=TEXTS)
@example(texts=["a \u0301b", "<\u0338a", "e\u0301"])
def test_words_of_plain_texts_are_those_of_the_texts_folded_whole(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]

    found = word_hashes((text.encode(), "text/plain") for text in texts)

    assert found.tolist() == hashes_of_whole(texts)


@given(texts=TEXTS)
def test_words_of_json_with_escapes_are_those_of_what_its_strings_say(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    document = json.dumps([*texts, "\\"], ensure_ascii=False).encode()

    assert word_hashes([(document, "application/json")]).tolist() == hashes_of_whole(texts)

"""The words of a block, as a sorted row of hashes: where one is missing, no piece of the block has it."""

import re
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from watchkeeper.adapters.content.short_words import crc32_of, parted_words
from watchkeeper.telemetry.redaction import is_json, is_text
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import folded, words_of

# What is ASCII and no letter or digit parts words. Beyond ASCII it takes the rules of Unicode to tell, and
# only the few words that hold such a letter are worth them; so all else is left to one table and a split.
_PARTED = bytes(
    byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(256)
)


# ß, the long s, the Kelvin sign, ligatures and their like; a test compares with all of Unicode.
FOLDING_TO_ASCII = re.compile("[\u00df\u0130\u0149\u017f\u01f0\u1e96-\u1e9a\u1e9e\u212a\ufb00-\ufb06]")
FOLDS_TO_ASCII = zlib.crc32(b" folds to ASCII")
"""Among a block's hashes, in place of a word: it has such letters, so that bytes of ASCII do not tell all."""


def word_hashes(pieces: Iterable[tuple[bytes, str]]) -> "array[int]":
    """The hashes of all words of the pieces (bytes and media type), each once, sorted.

    JSON without an escape is not read as such: its keys are among the words then, which costs a look in vain.
    """
    texts = [said for piece in pieces if (said := _said(*piece))]
    small, words = parted_words(b" ".join(texts).translate(_PARTED))
    # What is beyond ASCII is folded a word at a time: no letter folds with one behind a space or a sign.
    beyond = [word.decode("utf-8", "replace") for word in words if not word.isascii()]
    words = {word for word in words if word.isascii()}
    words.update(part.encode() for word in beyond for part in words_of(folded(word)))
    hashes = set(map(zlib.crc32, words))
    if FOLDING_TO_ASCII.search(" ".join(beyond)):
        hashes.add(FOLDS_TO_ASCII)
    others = np.fromiter(hashes, np.uint32, len(hashes))
    return array("I", np.unique(np.concatenate([crc32_of(small), others])).tobytes())


def _said(data: bytes, media_type: str) -> bytes | None:
    """What a piece says, as UTF-8 or nearly."""
    if not is_text(media_type):
        return None
    if b"\\" in data and is_json(media_type):
        return (searched_text(data, media_type) or "").encode("utf-8", "surrogatepass")
    return data


def hashes_of(words: Collection[str]) -> list[int]:
    """The hashes that folded words are found by."""
    return sorted(zlib.crc32(word.encode()) for word in words)


def has_all(words: Sequence[int], wanted: Sequence[int]) -> bool:
    """Whether all the wanted hashes are in the sorted row."""
    length = len(words)
    for each in wanted:
        at = bisect_left(words, each)
        if at == length or words[at] != each:
            return False
    return True

"""The words of a block, as a sorted row of hashes: where one is missing, no piece of the block has it."""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from watchkeeper.telemetry.redaction import is_json, is_text
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import folded, words_of

# What is ASCII and no letter or digit parts words. Beyond ASCII it takes the rules of Unicode to tell, and
# only the few words that hold such a letter are worth them; so all else is left to one table and a split.
_PARTED = bytes(
    byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(256)
)


def word_hashes(pieces: Iterable[tuple[bytes, str]]) -> "array[int]":
    """The hashes of all words of the pieces (bytes and media type), each once, sorted."""
    words: set[bytes] = set()
    for data, media_type in pieces:
        # A piece at a time: its words are let go of before the next ones are made.
        words.update(_folded_bytes(data, media_type).translate(_PARTED).split())
    beyond = {word for word in words if not word.isascii()}
    words -= beyond
    words.update(part.encode() for word in beyond for part in words_of(word.decode("utf-8", "surrogatepass")))
    return array("I", sorted(set(map(zlib.crc32, words))))


def _folded_bytes(data: bytes, media_type: str) -> bytes:
    """What a piece says, folded but for the case of ASCII."""
    if data.isascii() and is_text(media_type) and not is_json(media_type):
        return data
    text = searched_text(data, media_type)
    if text is None:
        return b""
    return (text if text.isascii() else folded(text)).encode("utf-8", "surrogatepass")


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

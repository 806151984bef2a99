"""Words of up to eight bytes, which nearly all are, told apart and hashed without an object for each.

Keeping content is to a good part hashing its words: a block of 512 KB has 80,000, of which one in ten is
another. Here a short word is its bytes read as one number, so numpy sorts out which are different; 20 µs a
call (1.5 KB asked, 0.8 KB answered) where a set of Python's bytes takes 30.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 8
"""What one number holds."""
Numbers = NDArray[np.uint64]

_SPACE = ord(" ")
_MASKS: Numbers = np.array([(1 << 8 * length) - 1 for length in range(MOST_BYTES + 1)], dtype=np.uint64)
_BEYOND_ASCII = np.uint64(0x8080808080808080)
_BUCKET_BITS = 15
"""Of the table that words are told apart by: 256 KB, which the processor's own memory holds."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 by the golden ratio (Knuth, "Sorting and Searching", 6.4): spreads what differs in few bits."""
_BYTE = np.uint32(0xFF)
# One byte worked into a CRC-32 of nothing is the table's entry, but for what the CRC begins and ends with.
_TABLE: NDArray[np.uint32] = np.array(
    [zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], dtype=np.uint32
)


def parted_words(said: bytes) -> tuple[Numbers, set[bytes]]:
    """The different words of a text: short ones of ASCII as numbers, all others as they are.

    Args:
        said: Words parted by one or more spaces; no byte of it is 0.

    Returns:
        Each of the numbers once, its lowest byte the word's first; and the others.
    """
    padded = b" " + said + b" " * MOST_BYTES
    is_word = np.frombuffer(padded, np.uint8) != _SPACE
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    begins, ends = edges[::2], edges[1::2]
    lengths = ends - begins
    # Eight bytes from every place on, without copying any.
    from_each: Numbers = np.ndarray(len(padded) - MOST_BYTES + 1, dtype="<u8", buffer=padded, strides=(1,))
    numbers = from_each[begins] & _MASKS[np.minimum(lengths, MOST_BYTES)]
    others = (lengths > MOST_BYTES) | ((numbers & _BEYOND_ASCII) != 0)
    long = zip(begins[others].tolist(), ends[others].tolist(), strict=True)
    return _different(numbers[~others]), {padded[begin:end] for begin, end in long}


def _different(numbers: Numbers) -> Numbers:
    """Each number once; none is 0."""
    table = np.zeros(1 << _BUCKET_BITS, dtype=np.uint64)
    places = (numbers * _SPREAD) >> np.uint64(64 - _BUCKET_BITS)
    table[places] = numbers
    # Of several that share a place one stands there; the few that do not are sorted.
    rest = numbers[table[places] != numbers]
    return np.concatenate([table[table != 0], np.unique(rest)])


def crc32_of(numbers: Numbers) -> NDArray[np.uint32]:
    """The CRC-32 of each short word, as `zlib.crc32` of its bytes."""
    crc = np.full(len(numbers), 0xFFFFFFFF, dtype=np.uint32)
    for at in range(MOST_BYTES):
        byte = ((numbers >> np.uint64(8 * at)) & np.uint64(0xFF)).astype(np.uint32)
        crc = np.where(byte == 0, crc, _TABLE[(crc ^ byte) & _BYTE] ^ (crc >> np.uint32(8)))
    return ~crc

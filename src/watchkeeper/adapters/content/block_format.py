"""A block of a pack: many pieces compressed together, what they are, and which words are in them.

    head | entries, 32 bytes a piece | names (JSON) | words, 4 bytes a word, sorted | pieces, zstd

All numbers are little-endian. The head has a checksum of its own, so that a block can be passed over, and
found again behind damage; entries, names and words have one, the pieces another.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import zstandard

from watchkeeper.adapters.content.block_words import word_hashes

MAGIC = b"WKB1"
KEY_BYTES = 16
"""Of a sha256, what a piece is found by; the whole of it is checked when the piece is read."""
_HEAD = struct.Struct("<4sIIIIIqqII")
_CHECKSUM = struct.Struct("<I")
HEAD_BYTES = _HEAD.size + _CHECKSUM.size
_ENTRY = struct.Struct(f"<{KEY_BYTES}sqIHH")
ENTRY_BYTES = _ENTRY.size
_LEVEL = 3
"""zstd's own default."""
_MOST_NAMES = 2**16


class Kept(NamedTuple):
    """A piece as it goes into a block."""

    key: bytes
    """The first bytes of its sha256."""
    at_ns: int
    workload: str
    media_type: str
    data: bytes


class Entry(NamedTuple):
    """What a block says of a piece."""

    key: bytes
    at_ns: int
    workload: str
    media_type: str
    begins: int
    """Where it is in the block's uncompressed pieces."""
    ends: int


class BlockHead(NamedTuple):
    """How a block is laid out."""

    entries: int
    names_bytes: int
    word_count: int
    body_bytes: int
    raw_bytes: int
    first_at_ns: int
    last_at_ns: int
    meta_crc: int
    body_crc: int

    @property
    def entry_bytes(self) -> int:
        """Bytes of all entries."""
        return self.entries * ENTRY_BYTES

    @property
    def meta_bytes(self) -> int:
        """Bytes between the head and the pieces."""
        return self.entry_bytes + self.names_bytes + 4 * self.word_count

    @property
    def whole_bytes(self) -> int:
        """Bytes of the block, its head included."""
        return HEAD_BYTES + self.meta_bytes + self.body_bytes


def encoded_block(pieces: Sequence[Kept]) -> bytes:
    """A block of at least one piece.

    Raises:
        ValueError: The pieces have more than 65,536 different workloads and media types.
    """
    names = {name: at for at, name in enumerate(dict.fromkeys(_names(pieces)))}
    if len(names) > _MOST_NAMES:
        raise ValueError(f"a block holds {_MOST_NAMES} names of workloads and media types, not {len(names)}")
    entries = b"".join(
        [
            _ENTRY.pack(
                piece.key, piece.at_ns, len(piece.data), names[piece.workload], names[piece.media_type]
            )
            for piece in pieces
        ]
    )
    named = json.dumps(list(names)).encode()
    words = word_hashes((piece.data, piece.media_type) for piece in pieces)
    raw = b"".join([piece.data for piece in pieces])
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(raw)
    meta = entries + named + words.tobytes()
    instants = [piece.at_ns for piece in pieces]
    head = _HEAD.pack(
        MAGIC,
        len(pieces),
        len(named),
        len(words),
        len(body),
        len(raw),
        min(instants),
        max(instants),
        zlib.crc32(meta),
        zlib.crc32(body),
    )
    return head + _CHECKSUM.pack(zlib.crc32(head)) + meta + body


def _names(pieces: Sequence[Kept]) -> Iterable[str]:
    for piece in pieces:
        yield piece.workload
        yield piece.media_type


def decoded_head(data: bytes) -> BlockHead | None:
    """The head that begins the bytes; None when they begin with none that is whole."""
    if len(data) < HEAD_BYTES or not data.startswith(MAGIC):
        return None
    (checksum,) = _CHECKSUM.unpack_from(data, _HEAD.size)
    if zlib.crc32(data[: _HEAD.size]) != checksum:
        return None
    return BlockHead(*_HEAD.unpack_from(data)[1:])


def decoded_entries(head: BlockHead, meta: bytes) -> list[Entry] | None:
    """What a block says of its pieces; None when that is damaged."""
    if not is_whole_meta(head, meta):
        return None
    rows = list(_ENTRY.iter_unpack(meta[: head.entry_bytes]))
    names = json.loads(meta[head.entry_bytes : head.entry_bytes + head.names_bytes])
    ends = list(accumulate(row[2] for row in rows))
    return [
        Entry(key, at_ns, names[workload], names[media_type], end - length, end)
        for (key, at_ns, length, workload, media_type), end in zip(rows, ends, strict=True)
    ]


def entry_ends(head: BlockHead, meta: bytes) -> list[int]:
    """Where each of a block's pieces ends in its uncompressed pieces."""
    return list(accumulate(row[2] for row in _ENTRY.iter_unpack(meta[: head.entry_bytes])))


def entry_keys(head: BlockHead, meta: bytes) -> list[bytes]:
    """The keys of a block's pieces, in order."""
    return [meta[at : at + KEY_BYTES] for at in range(0, head.entry_bytes, ENTRY_BYTES)]


def decoded_words(head: BlockHead, meta: bytes) -> memoryview:
    """The hashes of a block's words, sorted."""
    return memoryview(meta)[head.entry_bytes + head.names_bytes :].cast("I")


def is_whole_meta(head: BlockHead, meta: bytes) -> bool:
    """Whether entries, names and words are as they were written."""
    return len(meta) == head.meta_bytes and zlib.crc32(meta) == head.meta_crc


def decoded_body(head: BlockHead, body: bytes) -> bytes | None:
    """The pieces, one after the other; None when they are damaged."""
    if len(body) != head.body_bytes or zlib.crc32(body) != head.body_crc:
        return None
    try:
        raw: bytes = zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError:
        return None
    return raw if len(raw) == head.raw_bytes else None

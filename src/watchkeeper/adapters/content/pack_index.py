"""The index beside a finished pack: its blocks, and every piece's key with where the piece is, sorted.

It is made from the pack and can be made again; one that is missing or damaged is not used.
"""

import mmap
import os
import struct
import tempfile
import zlib
from array import array
from bisect import bisect_left
from math import isqrt
from pathlib import Path
from typing import NamedTuple

from watchkeeper.adapters.content.block_format import KEY_BYTES, entry_keys, is_whole_meta
from watchkeeper.adapters.content.pack_names import INDEX
from watchkeeper.adapters.content.pack_scan import PACK_MAGIC, blocks_from, opened, read_meta

_MAGIC = b"WKINDEX1"
_HEAD = struct.Struct("<8sQIII")
_PLACE = struct.Struct(">II")
_RECORD_BYTES = KEY_BYTES + _PLACE.size
_BLOCK_BYTES = 24


class Place(NamedTuple):
    """Where a piece is in its pack."""

    block: int
    at: int


class BlockTable:
    """Where a pack's blocks begin, and of which calls their pieces are."""

    def __init__(self) -> None:
        self.begins = array("Q")
        self.first_at_ns = array("q")
        self.last_at_ns = array("q")

    def add(self, begins: int, first_at_ns: int, last_at_ns: int) -> int:
        """Add a block; its number."""
        self.begins.append(begins)
        self.first_at_ns.append(first_at_ns)
        self.last_at_ns.append(last_at_ns)
        return len(self.begins) - 1


class PackIndex:
    """An index that was read; finding in it reads only what it needs."""

    def __init__(self, blocks: BlockTable, records: bytes | mmap.mmap, begins: int, count: int) -> None:
        self.blocks = blocks
        self.count = count
        self._records = records
        self._begins = begins

    def find(self, key: bytes) -> list[Place]:
        """Where pieces of this key are."""
        at = bisect_left(_Keys(self._records, self._begins), key, *self._about(key))
        places = []
        while at < self.count:
            begins = self._begins + at * _RECORD_BYTES
            record = self._records[begins : begins + _RECORD_BYTES]
            if record[:KEY_BYTES] != key:
                break
            places.append(Place(*_PLACE.unpack_from(record, KEY_BYTES)))
            at += 1
        return places

    def _about(self, key: bytes) -> tuple[int, int]:
        """Between which records the key must be: hashes are spread evenly, so nearly where it is."""
        count = self.count
        guess = int.from_bytes(key[:8], "big") * count >> 64
        spread = 3 * isqrt(count) + 1
        low, high = max(0, guess - spread), min(count, guess + spread)
        keys = _Keys(self._records, self._begins)
        return (
            low if low == 0 or keys[low - 1] < key else 0,
            high if high == count or keys[high] >= key else count,
        )


class _Keys:
    """The keys of an index as a row; for `bisect`."""

    def __init__(self, records: bytes | mmap.mmap, begins: int) -> None:
        self._records = records
        self._begins = begins

    def __getitem__(self, at: int) -> bytes:
        begins = self._begins + at * _RECORD_BYTES
        return self._records[begins : begins + KEY_BYTES]

    def __len__(self) -> int:
        return (len(self._records) - self._begins) // _RECORD_BYTES


def index_path(pack: Path) -> Path:
    """Where the index of a pack is."""
    return pack.with_suffix(INDEX)


def build_index(pack: Path) -> int:
    """Make the index of a pack nobody writes to any more; how many pieces are in it.

    Raises:
        OSError: The pack cannot be read, or the index not written.
    """
    blocks, records = BlockTable(), []
    with opened(pack) as handle:
        size = os.fstat(handle).st_size
        for begins, head in blocks_from(handle, len(PACK_MAGIC), size):
            meta = read_meta(handle, begins, head)
            if not is_whole_meta(head, meta):
                continue
            block = blocks.add(begins, head.first_at_ns, head.last_at_ns)
            records += [key + _PLACE.pack(block, at) for at, key in enumerate(entry_keys(head, meta))]
    records.sort()
    body = b"".join(
        [blocks.begins.tobytes(), blocks.first_at_ns.tobytes(), blocks.last_at_ns.tobytes(), *records]
    )
    head_bytes = _HEAD.pack(_MAGIC, size, len(blocks.begins), len(records), zlib.crc32(body))
    _write(index_path(pack), head_bytes + body)
    return len(records)


def read_index(pack: Path) -> PackIndex | None:
    """The index of a pack; None when there is none, or none that can be used."""
    try:
        with opened(index_path(pack)) as handle:
            size = os.fstat(handle).st_size
            data = mmap.mmap(handle, size, access=mmap.ACCESS_READ) if size >= _HEAD.size else None
        pack_bytes = pack.stat().st_size
    except OSError:
        return None
    if data is None:
        return None
    magic, indexed_bytes, block_count, count, checksum = _HEAD.unpack_from(data)
    begins = _HEAD.size + block_count * _BLOCK_BYTES
    if (magic, indexed_bytes, size) != (_MAGIC, pack_bytes, begins + count * _RECORD_BYTES):
        return None
    with memoryview(data) as view, view[_HEAD.size :] as body:
        if zlib.crc32(body) != checksum:
            return None
        blocks = BlockTable()
        for at, row in enumerate((blocks.begins, blocks.first_at_ns, blocks.last_at_ns)):
            row.frombytes(body[at * block_count * 8 : (at + 1) * block_count * 8])
    return PackIndex(blocks, data, begins, count)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; not synced, for it can be made again."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".index-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise

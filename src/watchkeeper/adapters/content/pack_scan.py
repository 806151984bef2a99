"""Reading a pack file block by block, over whatever is damaged in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchkeeper.adapters.content.block_format import HEAD_BYTES, MAGIC, BlockHead, decoded_head

PACK_MAGIC = b"WKPACK1\n"
_STRIDE_BYTES = 1024 * 1024


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A handle for reading.

    Raises:
        OSError: It is not there, or cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def blocks_from(handle: int, begins: int, size: int) -> Iterator[tuple[int, BlockHead]]:
    """Whole blocks between a place and the file's size: where each is, and its head.

    A last block that is not wholly there is left out; so is what is damaged, up to the next whole head.
    """
    at = begins
    while at + HEAD_BYTES <= size:
        head = decoded_head(os.pread(handle, HEAD_BYTES, at))
        if head is None:
            found = _next_head(handle, at + 1, size)
            if found is None:
                return
            at = found
            continue
        if at + head.whole_bytes > size:
            return
        yield at, head
        at += head.whole_bytes


def _next_head(handle: int, begins: int, size: int) -> int | None:
    """Where the next whole head is; None when there is none."""
    at = begins
    while at < size:
        stretch = os.pread(handle, _STRIDE_BYTES + HEAD_BYTES, at)
        place = stretch.find(MAGIC)
        while place != -1:
            if decoded_head(stretch[place : place + HEAD_BYTES]) is not None:
                return at + place
            place = stretch.find(MAGIC, place + 1)
        at += _STRIDE_BYTES
    return None


def read_meta(handle: int, at: int, head: BlockHead) -> bytes:
    """Entries, names and words of the block at a place."""
    return os.pread(handle, head.meta_bytes, at + HEAD_BYTES)


def read_body(handle: int, at: int, head: BlockHead) -> bytes:
    """The compressed pieces of the block at a place."""
    return os.pread(handle, head.body_bytes, at + HEAD_BYTES + head.meta_bytes)

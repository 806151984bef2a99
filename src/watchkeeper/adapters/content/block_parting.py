"""How many pieces go into a block."""

from collections.abc import Iterable, Iterator

from watchkeeper.adapters.content.block_format import Kept

BLOCK_BYTES = 512 * 1024
"""Pieces compressed together, uncompressed: larger blocks are smaller on disk and slower to read one of."""


def blocks_of(pieces: Iterable[Kept]) -> Iterator[list[Kept]]:
    """Parted, in order, so that each block has no more than its size, or one piece."""
    block: list[Kept] = []
    room = BLOCK_BYTES
    for piece in pieces:
        if block and len(piece.data) > room:
            yield block
            block, room = [], BLOCK_BYTES
        block.append(piece)
        room -= len(piece.data)
    if block:
        yield block

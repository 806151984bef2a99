"""Small packs of a day put together: short-lived writers leave many, of blocks with a piece or two."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from watchkeeper.adapters.content.block_format import Kept, encoded_block
from watchkeeper.adapters.content.block_parting import blocks_of
from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_index import build_index
from watchkeeper.adapters.content.pack_names import PackName
from watchkeeper.adapters.content.pack_retention import let_go
from watchkeeper.adapters.content.pack_scan import PACK_MAGIC
from watchkeeper.adapters.content.pack_writer import MOST_PACK_BYTES
from watchkeeper.files import sync_path

SMALL_BYTES = 8 * 1024 * 1024
FEW = 8
"""As many small packs of a day are left as they are."""


def merge_small(packs: Sequence[Pack]) -> int:
    """Put small finished packs of the same day together, oldest first; how many went into others.

    The new pack is whole and indexed before the old ones go: a kill in between leaves pieces twice, which
    a search and a get tell once, and the next time only one of each is taken over.

    Raises:
        OSError: A pack cannot be read or written.
    """
    small = [pack for pack in packs if pack.index is not None and _size(pack) < SMALL_BYTES]
    merged = 0
    for _, of_day in groupby(small, key=lambda pack: pack.name.day):
        for group in _groups(list(of_day)):
            merged += _merge(group)
    return merged


def _groups(packs: list[Pack]) -> Iterator[list[Pack]]:
    """Parted so that each group makes one pack; those that are too few to be worth it left out."""
    group: list[Pack] = []
    size = 0
    for pack in packs:
        group.append(pack)
        size += _size(pack)
        if size >= MOST_PACK_BYTES:
            yield group
            group, size = [], 0
    if len(group) > FEW:
        yield group


def _merge(packs: list[Pack]) -> int:
    folder = packs[0].path.parent
    handle, name = tempfile.mkstemp(dir=folder, prefix=".merging-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(PACK_MAGIC)
            whole = [pack for pack in packs if _is_whole(pack)]
            for block in blocks_of(_pieces(whole)):
                file.write(encoded_block(block))
            file.flush()
            os.fsync(file.fileno())
        if len(whole) < 2:
            return 0
        build_index(_named(unfinished, packs[-1].name))
        sync_path(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    for pack in whole:
        let_go(pack, archive=None)
    return len(whole)


def _named(unfinished: Path, last: PackName) -> Path:
    """Give the file the first free name after the last pack's."""
    number = last.number
    while True:
        number += 1
        path = unfinished.with_name(PackName(last.begun, number).file)
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            continue
        return path


def _is_whole(pack: Pack) -> bool:
    """Whether all of a pack can be read; one with damage stays as it is, for a backup to mend."""
    return all(pack.read_block(block) is not None for block in range(len(pack.blocks.begins)))


def _pieces(packs: list[Pack]) -> Iterator[Kept]:
    seen: set[tuple[bytes, int, str]] = set()
    for pack in packs:
        for block in range(len(pack.blocks.begins)):
            entries, raw = pack.read_block(block) or ([], b"")
            for entry in entries:
                identity = (entry.key, entry.at_ns, entry.workload)
                if identity not in seen:
                    seen.add(identity)
                    data = raw[entry.begins : entry.ends]
                    yield Kept(entry.key, entry.at_ns, entry.workload, entry.media_type, data)


def _size(pack: Pack) -> int:
    try:
        return pack.path.stat().st_size
    except FileNotFoundError:
        return 0

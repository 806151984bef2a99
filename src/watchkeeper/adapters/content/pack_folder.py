"""All packs of a content store, as they come, grow and go under the hands of many processes."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import RLock

from watchkeeper.adapters.content.block_format import Entry
from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_names import PackName, pack_name

_BLOCKS_AT_HAND = 16
"""Decompressed blocks that are held, at half a megabyte each: calls of a page are neighbours."""


class PackFolder:
    """The packs of a folder; for any number of threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs: dict[PackName, Pack] = {}
        self._inodes: dict[PackName, int] = {}
        self._at_hand: OrderedDict[tuple[Path, int, int], tuple[list[Entry], bytes]] = OrderedDict()
        self._lock = RLock()

    def packs(self) -> list[Pack]:
        """All packs as they are now, the oldest first.

        Raises:
            OSError: The folder cannot be read.
        """
        with self._lock:
            found = self._listed()
            for gone in self._packs.keys() - found.keys():
                del self._packs[gone]
            for name, inode in found.items():
                if name not in self._packs or self._inodes[name] != inode:
                    self._packs[name] = Pack(self.folder, name)
                    self._inodes[name] = inode
                try:
                    self._packs[name].bring_up_to_date()
                except FileNotFoundError:
                    del self._packs[name]
            return [self._packs[name] for name in sorted(self._packs)]

    def _listed(self) -> dict[PackName, int]:
        try:
            with os.scandir(self.folder) as entries:
                return {
                    name: entry.inode() for entry in entries if (name := pack_name(entry.name)) is not None
                }
        except FileNotFoundError:
            return {}

    def find(self, key: bytes) -> Iterator[tuple[Pack, int, int]]:
        """Where pieces of this key are: pack, block and place in it, the newest first.

        First those in packs as they were last seen, then all that are there by now.

        Raises:
            OSError: The folder cannot be read.
        """
        with self._lock:
            seen = self._find(list(self._packs.values()), key)
        yield from seen
        with self._lock:
            now = self._find(self.packs(), key)
        yield from (place for place in now if place not in seen)

    def _find(self, packs: list[Pack], key: bytes) -> list[tuple[Pack, int, int]]:
        newest_first = sorted(packs, key=lambda pack: pack.name, reverse=True)
        return [(pack, *place) for pack in newest_first for place in pack.find(key)]

    def block(self, pack: Pack, block: int) -> tuple[list[Entry], bytes] | None:
        """A block's entries and pieces, from those at hand or from the file; None when it is damaged.

        Raises:
            OSError: The file is gone, or cannot be read.
        """
        # What is at hand counts for as long as its file is there.
        name = (pack.path, pack.path.stat().st_ino, pack.blocks.begins[block])
        with self._lock:
            found = self._at_hand.get(name)
            if found is not None:
                self._at_hand.move_to_end(name)
                return found
        read = pack.read_block(block)
        if read is not None:
            with self._lock:
                self._at_hand[name] = read
                while len(self._at_hand) > _BLOCKS_AT_HAND:
                    self._at_hand.popitem(last=False)
        return read

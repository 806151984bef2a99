"""One pack as its readers see it: finished, with an index; or still written to, then read as it grows."""

import os
from pathlib import Path

from watchkeeper.adapters.content.block_format import (
    HEAD_BYTES,
    BlockHead,
    Entry,
    decoded_body,
    decoded_entries,
    decoded_head,
    entry_keys,
    is_whole_meta,
)
from watchkeeper.adapters.content.pack_index import BlockTable, PackIndex, Place, read_index
from watchkeeper.adapters.content.pack_names import PackName
from watchkeeper.adapters.content.pack_scan import (
    PACK_MAGIC,
    blocks_from,
    opened,
    read_body,
    read_meta,
)


class Pack:
    """A pack; one thread at a time brings it up to date, any number read the blocks it then has."""

    def __init__(self, folder: Path, name: PackName) -> None:
        self.name = name
        self.path = folder / name.file
        self.index: PackIndex | None = None
        self.blocks = BlockTable()
        self.pieces = 0
        self.words_checked: set[int] = set()
        """Blocks of which entries and words were found whole; they are looked at again and again."""
        self._keys: dict[bytes, list[Place]] = {}
        self._read_to = len(PACK_MAGIC)

    def bring_up_to_date(self) -> None:
        """Take in what was written since; nothing, once it has an index.

        Raises:
            FileNotFoundError: It is gone.
        """
        if self.index is not None:
            return
        index = read_index(self.path)
        if index is not None:
            # Places in the index are what the same blocks had before, for both pass over the same damage.
            self.index, self.blocks, self.pieces = index, index.blocks, index.count
            self._keys = {}
            return
        with opened(self.path) as handle:
            size = os.fstat(handle).st_size
            for begins, head in blocks_from(handle, self._read_to, size):
                meta = read_meta(handle, begins, head)
                self._read_to = begins + head.whole_bytes
                if not is_whole_meta(head, meta):
                    continue
                block = self.blocks.add(begins, head.first_at_ns, head.last_at_ns)
                for at, key in enumerate(entry_keys(head, meta)):
                    self._keys.setdefault(key, []).append(Place(block, at))
                self.pieces += head.entries

    def find(self, key: bytes) -> list[Place]:
        """Where pieces of this key are."""
        return self._keys.get(key, []) if self.index is None else self.index.find(key)

    def head(self, handle: int, block: int) -> BlockHead | None:
        """The head of a block; None when it is damaged."""
        return decoded_head(os.pread(handle, HEAD_BYTES, self.blocks.begins[block]))

    def read_block(self, block: int) -> tuple[list[Entry], bytes] | None:
        """A block's entries and its pieces, one after the other; None when it is damaged.

        Raises:
            OSError: The file is gone, or cannot be read.
        """
        begins = self.blocks.begins[block]
        with opened(self.path) as handle:
            head = self.head(handle, block)
            if head is None:
                return None
            entries = decoded_entries(head, read_meta(handle, begins, head))
            raw = decoded_body(head, read_body(handle, begins, head))
        return None if entries is None or raw is None else (entries, raw)

"""What is done for packs whose writers died: they are given the index that their writers could not make."""

from collections.abc import Iterable

from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_index import build_index
from watchkeeper.adapters.file_lock import FileLock


def finish_abandoned(packs: Iterable[Pack]) -> int:
    """Make the index of each pack that has none and no living writer; how many there were.

    A torn last block, of a writer killed while it wrote, stays out of it; it was acknowledged to nobody.

    Raises:
        OSError: An index cannot be written.
    """
    finished = 0
    for pack in packs:
        if pack.index is not None:
            continue
        try:
            lock = FileLock(pack.path) if pack.path.exists() else None
        except FileNotFoundError:
            continue
        if lock is None:
            continue
        try:
            if not lock.try_exclusive():
                continue
            pack.bring_up_to_date()
            if pack.pieces:
                build_index(pack.path)
            else:
                pack.path.unlink(missing_ok=True)
            finished += 1
        finally:
            lock.close()
    return finished

"""Search in packs: the rows of words say which blocks to open, the newest first, until there is enough."""

import hashlib
import os
from collections import OrderedDict, deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

from watchkeeper.adapters.content.block_format import (
    BlockHead,
    Entry,
    decoded_body,
    decoded_entries,
    decoded_words,
    entry_ends,
    is_whole_meta,
)
from watchkeeper.adapters.content.block_words import FOLDS_TO_ASCII, has_all, hashes_of
from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_folder import PackFolder
from watchkeeper.adapters.content.pack_scan import read_body, read_meta
from watchkeeper.adapters.content.raw_match import RawMatch
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.telemetry.content_ports import ContentHit, ContentHits, HitPlace
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import TextQuery, parsed_query

_FILES_OPEN = 32
"""Packs one search holds open at once."""
MOST_BLOCKS_READ = 2000
"""Blocks one search reads the pieces of: some 800,000 pieces of a kilobyte: a day of 333,000 calls."""
_WORKERS = min(4, os.cpu_count() or 1)
"""Threads that look through the blocks of one search."""
_SEARCHES = 5
"""Before a search gives up because packs go all the time."""


class _Asked(NamedTuple):
    """A question, ready to be asked of blocks."""

    query: TextQuery
    raw: RawMatch
    hashes: list[int]
    since_ns: int | None
    until_ns: int | None
    workload: str | None
    after: HitPlace | None

    def reaches(self, first_at_ns: int, last_at_ns: int) -> bool:
        """Whether pieces of calls between these instants could be asked for."""
        return (
            (self.since_ns is None or last_at_ns >= self.since_ns)
            and (self.until_ns is None or first_at_ns < self.until_ns)
            and (self.after is None or first_at_ns <= self.after.at_ns)
        )

    def wants(self, entry: Entry) -> bool:
        """Whether an entry is asked for, whatever it says."""
        return self.reaches(entry.at_ns, entry.at_ns) and self.workload in {None, entry.workload}


class _Found(NamedTuple):
    """A piece that matches."""

    place: HitPlace
    text: str


class PackSearch:
    """Search over the packs of a folder; for any number of threads."""

    def __init__(self, folder: PackFolder, *, most_blocks_read: int = MOST_BLOCKS_READ) -> None:
        self._folder = folder
        self._most_blocks_read = most_blocks_read

    def search(
        self,
        text: str,
        *,
        since_ns: int | None,
        until_ns: int | None,
        workload: str | None,
        limit: int,
        after: HitPlace | None,
    ) -> ContentHits:
        """See `ContentSearch.search`."""
        query = parsed_query(text)
        asked = _Asked(query, RawMatch(query), hashes_of(query.words), since_ns, until_ns, workload, after)
        try:
            found, more = self._steady(asked, limit)
        except OSError as failure:
            raise UnavailableError(
                f"content in {self._folder.folder} cannot be searched: {os.strerror(failure.errno or 0)}",
                action="look at the folder's permissions and at the disk",
            ) from failure
        hits = tuple(
            ContentHit(
                sha256=each.place.sha256,
                workload=each.place.workload,
                at_ns=each.place.at_ns,
                snippet=query.snippet(each.text),
            )
            for each in found
        )
        return ContentHits(hits=hits, more=more)

    def _steady(self, asked: _Asked, limit: int) -> tuple[list[_Found], HitPlace | None]:
        """What is found, searched again when packs went meanwhile: their pieces may be in others now."""
        for _ in range(_SEARCHES):
            try:
                return self._newest(asked, limit)
            except FileNotFoundError:
                continue
        return self._newest(asked, limit)

    def _newest(self, asked: _Asked, limit: int) -> tuple[list[_Found], HitPlace | None]:
        found: dict[HitPlace, _Found] = {}
        read, more = 0, None
        with closing(_looked(_blocks(self._folder.packs(), asked), asked)) as looked:
            for last_at_ns, matches in looked:
                # All that comes before this place was read; of what comes after it, some may not be.
                here = HitPlace(last_at_ns + 1, "", "")
                tired = read >= self._most_blocks_read and (asked.after is None or here < asked.after)
                if tired or (len(found) >= limit and _enough(found, limit, last_at_ns)):
                    more = here
                    break
                if matches is not None:
                    read += 1
                    for each in matches.result():
                        found.setdefault(each.place, each)
        known = sorted((place for place in found if more is None or place >= more), reverse=True)
        if len(known) > limit:
            more = known[limit - 1]
        return [found[place] for place in known[:limit]], more


def _enough(found: dict[HitPlace, _Found], limit: int, last_at_ns: int) -> bool:
    """Whether nothing in blocks up to this instant could come before what was found."""
    return sum(place.at_ns > last_at_ns for place in found) >= limit


def _blocks(packs: list[Pack], asked: _Asked) -> list[tuple[int, Pack, int]]:
    """The blocks that could hold what is asked for, the latest first."""
    blocks = [
        (last_at_ns, pack, block)
        for pack in packs
        for block, (first_at_ns, last_at_ns) in enumerate(
            zip(pack.blocks.first_at_ns, pack.blocks.last_at_ns, strict=False)
        )
        if asked.reaches(first_at_ns, last_at_ns)
    ]
    blocks.sort(key=lambda each: each[0], reverse=True)
    return blocks


def _looked(
    blocks: Iterable[tuple[int, Pack, int]], asked: _Asked
) -> Generator[tuple[int, "Future[list[_Found]] | None"]]:
    """Blocks in their order, each with its pieces that match; some are looked through ahead.

    Decompressing runs beside Python, so more than one core has work.
    """
    files = _Files()
    workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="content-search")
    ahead: deque[tuple[int, Future[list[_Found]] | None]] = deque()
    try:
        for last_at_ns, pack, block in blocks:
            opened = _opened(files, pack, block, asked)
            ahead.append((last_at_ns, None if opened is None else workers.submit(_matches, *opened, asked)))
            if len(ahead) > 2 * _WORKERS:
                yield ahead.popleft()
        yield from ahead
    finally:
        workers.shutdown(cancel_futures=True)
        files.close()


def _opened(files: "_Files", pack: Pack, block: int, asked: _Asked) -> tuple[BlockHead, bytes, bytes] | None:
    """A block that has all words: its head, what it says of its pieces, and the pieces compressed.

    None where it lacks a word, and where what could tell is damaged.
    """
    handle = files.handle(pack)
    head = pack.head(handle, block)
    if head is None:
        return None
    begins = pack.blocks.begins[block]
    meta = read_meta(handle, begins, head)
    if block not in pack.words_checked:
        if not is_whole_meta(head, meta):
            return None
        pack.words_checked.add(block)
    if not has_all(decoded_words(head, meta), asked.hashes):
        return None
    return head, meta, read_body(handle, begins, head)


def _matches(head: BlockHead, meta: bytes, body: bytes, asked: _Asked) -> list[_Found]:
    """The pieces of a block that match; none of one that is damaged."""
    raw = decoded_body(head, body)
    if raw is None:
        return []
    folds_to_ascii = has_all(decoded_words(head, meta), [FOLDS_TO_ASCII])
    found: list[_Found] = []
    entries: list[Entry] | None = None
    for at in asked.raw.candidates(raw, entry_ends(head, meta), folds_to_ascii=folds_to_ascii):
        if entries is None:
            entries = decoded_entries(head, meta)
        if entries is None:
            break
        entry = entries[at]
        if not asked.wants(entry):
            continue
        data = raw[entry.begins : entry.ends]
        text = searched_text(data, entry.media_type)
        if text is None or not asked.query.matches(text):
            continue
        place = HitPlace(entry.at_ns, hashlib.sha256(data).hexdigest(), entry.workload)
        if asked.after is None or place < asked.after:
            found.append(_Found(place, text))
    return found


class _Files:
    """The files of one search; the last few stay open."""

    def __init__(self) -> None:
        self._handles: OrderedDict[str, int] = OrderedDict()

    def handle(self, pack: Pack) -> int:
        """A handle for reading a pack.

        Raises:
            FileNotFoundError: It is gone.
        """
        name = str(pack.path)
        if name not in self._handles:
            if len(self._handles) >= _FILES_OPEN:
                os.close(self._handles.popitem(last=False)[1])
            self._handles[name] = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        self._handles.move_to_end(name)
        return self._handles[name]

    def close(self) -> None:
        """Close them all."""
        while self._handles:
            os.close(self._handles.popitem()[1])

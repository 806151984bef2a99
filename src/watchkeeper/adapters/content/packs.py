"""The content store in packs: many pieces in a file, compressed together, and searched by their words."""

import hashlib
import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

from watchkeeper.adapters.content.block_format import KEY_BYTES, Kept, encoded_block
from watchkeeper.adapters.content.block_parting import blocks_of
from watchkeeper.adapters.content.files import ContentFiles
from watchkeeper.adapters.content.pack import Pack
from watchkeeper.adapters.content.pack_care import finish_abandoned
from watchkeeper.adapters.content.pack_folder import PackFolder
from watchkeeper.adapters.content.pack_merging import merge_small
from watchkeeper.adapters.content.pack_retention import is_written_to, let_go, pack_bytes
from watchkeeper.adapters.content.pack_search import MOST_BLOCKS_READ, PackSearch
from watchkeeper.adapters.content.pack_writer import MOST_PACK_BYTES, PackWriter
from watchkeeper.adapters.content.recent_puts import Put, RecentPuts
from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ContentDamagedError, UnavailableError
from watchkeeper.telemetry.content_ports import (
    ONCE_WITHIN_NS,
    Content,
    ContentHits,
    ContentUsage,
    HitPlace,
    Piece,
)
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.redaction import is_text, redacted_content

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INT64 = range(-(2**63), 2**63)


class ContentPacks:
    """A `ContentStore` and `ContentSearch` in `<folder>/packs/`; any number of processes may share it.

    Text goes into packs, whatever its size; images and other binary content into files of their own
    (`ContentFiles`), where content of before there were packs is found, too. What one process put, the
    others find at once. Every writer has a pack of its own: the same piece put by two of them is kept twice,
    and a get returns either.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        opted_out: Collection[str] = (),
        synced: bool = True,
        archive: Path | None = None,
        most_pack_bytes: int = MOST_PACK_BYTES,
        most_blocks_read: int = MOST_BLOCKS_READ,
    ) -> None:
        """Keep content in a folder, which is made when first needed.

        Args:
            folder: The store's own folder.
            clock: When content is put.
            opted_out: Workloads whose content is never kept.
            synced: Whether content is on disk before a put returns. Without, a power cut may cost what was
                put in the last seconds: it is then missing, or found damaged; a killed process costs nothing.
            archive: Where packs go that are too old or too many; None deletes them.
            most_pack_bytes: A pack this long is finished and another begun.
            most_blocks_read: One search reads no more; then it says where to go on.
        """
        self._opted_out = frozenset(opted_out)
        self._clock = clock
        self._archive = archive
        self._folder = PackFolder(folder / "packs")
        self._files = ContentFiles(folder, clock=clock, synced=synced)
        self._search = PackSearch(self._folder, most_blocks_read=most_blocks_read)
        self._writer = PackWriter(folder / "packs", clock=clock, synced=synced, most_bytes=most_pack_bytes)
        self._recent = RecentPuts()
        self._writing = Lock()

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """See `ContentStore.put`."""
        return self.put_many([Piece(workload, data, media_type)])[0]

    def put_many(self, pieces: Sequence[Piece], *, redacted: bool = False) -> list[str]:
        """See `ContentStore.put_many`."""
        now_ns = ns_of(self._clock.now())
        hashes: list[str] = []
        texts: dict[Put, Kept] = {}
        for workload, data, media_type, at_ns in pieces:
            kept = data if redacted else redacted_content(data, media_type)
            digest = hashlib.sha256(kept)
            hashes.append(digest.hexdigest())
            if workload in self._opted_out:
                continue
            if is_text(media_type):
                at_ns = now_ns if at_ns is None else max(_INT64[0], min(at_ns, _INT64[-1]))
                key = digest.digest()[:KEY_BYTES]
                put = Put(key, workload, at_ns // ONCE_WITHIN_NS)
                if put not in texts:
                    texts[put] = Kept(key, at_ns, workload, media_type, kept)
            else:
                self._files.put(workload, kept, media_type)
        if texts:
            self._write(texts)
        return hashes

    def _write(self, texts: dict[Put, Kept]) -> None:
        with self._writing:
            try:
                if self._writer.begin():
                    # What was put before is in a pack that may go earlier.
                    self._recent.forget()
                new = {put: kept for put, kept in texts.items() if put not in self._recent}
                if new:
                    self._writer.append(b"".join(map(encoded_block, blocks_of(new.values()))))
                    self._recent.add(new)
            except OSError as failure:
                raise not_writable(self._folder.folder, failure) from failure

    def get(self, sha256: str) -> Content | None:
        """See `ContentStore.get`."""
        if not _SHA256.fullmatch(sha256):
            return None
        damaged = None
        try:
            for pack, block, at in self._folder.find(bytes.fromhex(sha256)[:KEY_BYTES]):
                found = self._read(sha256, pack, block, at)
                if found is not None:
                    return found
                damaged = pack
        except FileNotFoundError:
            # It went while it was looked for.
            self._packs()
            return self.get(sha256)
        except OSError as failure:
            raise UnavailableError(
                f"content in {self._folder.folder} cannot be read: {os.strerror(failure.errno or 0)}",
                action="look at the folder's permissions and at the disk",
            ) from failure
        in_file = self._files.get(sha256)
        if in_file is None and damaged is not None:
            raise ContentDamagedError(
                f"content {sha256} in {damaged.path} no longer has its hash; it was not used",
                action="restore the pack from a backup, or remove it: its calls are then not replayable",
            )
        return in_file

    def _read(self, sha256: str, pack: Pack, block: int, at: int) -> Content | None:
        read = self._folder.block(pack, block)
        if read is None or at >= len(read[0]):
            return None
        entry = read[0][at]
        data = read[1][entry.begins : entry.ends]
        if hashlib.sha256(data).hexdigest() != sha256:
            return None
        return Content(sha256=sha256, data=data, media_type=entry.media_type)

    def search(
        self,
        text: str,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        workload: str | None = None,
        limit: int,
        after: HitPlace | None = None,
    ) -> ContentHits:
        """See `ContentSearch.search`."""
        return self._search.search(
            text, since_ns=since_ns, until_ns=until_ns, workload=workload, limit=limit, after=after
        )

    def delete_older_than(self, instant: datetime) -> int:
        """See `ContentStore.delete_older_than`."""
        old = [pack for pack in self._packs() if pack.name.day_ends <= instant]
        gone = sum(self._let_go(pack) for pack in old)
        day = instant.replace(hour=0, minute=0, second=0, microsecond=0)
        return gone + self._files.delete_older_than(day)

    def delete_beyond(self, stored_bytes: int) -> int:
        """See `ContentStore.delete_beyond`."""
        excess = self.usage().stored_bytes - stored_bytes
        gone = 0
        for begun_ns, size, pack in sorted(
            [(_begun_ns(pack), pack_bytes(pack), pack) for pack in self._packs()], key=lambda row: row[:2]
        ):
            if excess <= 0:
                break
            files, file_bytes = self._files.delete_oldest(excess, before_ns=begun_ns)
            gone, excess = gone + files, excess - file_bytes
            if excess > 0 and not is_written_to(pack):
                gone += self._let_go(pack)
                excess -= size
        if excess > 0:
            gone += self._files.delete_oldest(excess)[0]
        with self._writing:
            # What was put before may be gone.
            self._recent.forget()
        return gone

    def usage(self) -> ContentUsage:
        """See `ContentStore.usage`."""
        files, packs = self._files.usage(), self._packs()
        return ContentUsage(
            blobs=files.blobs + sum(pack.pieces for pack in packs),
            stored_bytes=files.stored_bytes + sum(map(pack_bytes, packs)),
        )

    def care(self) -> None:
        """What one process, the server, does now and then.

        Packs of writers that died get their index, and many small packs of a day become one.

        Raises:
            StorageFullError: The folder cannot be written.
        """
        try:
            finish_abandoned(self._packs())
            merge_small(self._packs())
        except OSError as failure:
            raise not_writable(self._folder.folder, failure) from failure

    def close(self) -> None:
        """Finish the pack that is written to; a later put begins another. Safe to repeat."""
        with self._writing:
            self._recent.forget()
            # An index that cannot be written now is made by `care`; what was put is kept all the same.
            with suppress(OSError):
                self._writer.finish()

    def _packs(self) -> list[Pack]:
        try:
            return self._folder.packs()
        except OSError as failure:
            raise UnavailableError(
                f"content in {self._folder.folder} cannot be read: {os.strerror(failure.errno or 0)}",
                action="look at the folder's permissions and at the disk",
            ) from failure

    def _let_go(self, pack: Pack) -> int:
        try:
            let_go(pack, archive=self._archive)
        except OSError as failure:
            raise not_writable(pack.path, failure) from failure
        return pack.pieces


def _begun_ns(pack: Pack) -> int:
    return ns_of(pack.name.begun_at)

"""Content in files, one a piece, named by its hash: images, and all that was kept before there were packs."""

import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from watchkeeper.adapters.content.blob_format import decoded, encoded
from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ContentDamagedError, UnavailableError
from watchkeeper.files import sync_path
from watchkeeper.telemetry.content_ports import Content, ContentUsage
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.redaction import redacted_content

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHARD = re.compile(r"[0-9a-f]{2}", re.ASCII)
_UNFINISHED = ".part-"
_GOING = ".going"


class ContentFiles:
    """Content in `<folder>/<first two digits>/<sha256>`; any number of processes may share it.

    A file appears whole or not at all (written beside, synced, renamed, its folder synced). A file's
    modification time is when its content was last put.
    """

    def __init__(
        self, folder: Path, *, clock: Clock, opted_out: Collection[str] = (), synced: bool = True
    ) -> None:
        """Keep content in a folder, which is made when first needed.

        Args:
            folder: The store's own folder.
            clock: When content is put.
            opted_out: Workloads whose content is never kept.
            synced: Whether each piece is on disk before `put` returns. Without, a power cut may cost what
                was put in the last seconds: it is then missing, or found damaged. A disk syncs some
                thirty pieces a second, and takes some thousands.
        """
        self._folder = folder
        self._synced = synced
        self._clock = clock
        self._opted_out = frozenset(opted_out)

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """See `ContentStore.put`."""
        kept = redacted_content(data, media_type)
        sha256 = hashlib.sha256(kept).hexdigest()
        if workload in self._opted_out:
            return sha256
        path = self._path(sha256)
        put_ns = ns_of(self._clock.now())
        try:
            if not (self._is_whole(sha256) and _put_again(path, put_ns)):
                self._write(path, encoded(kept, media_type), put_ns)
        except OSError as failure:
            raise not_writable(path, failure) from failure
        return sha256

    def get(self, sha256: str) -> Content | None:
        """See `ContentStore.get`."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._path(sha256)
        try:
            blob = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as failure:
            raise UnavailableError(
                f"content {path} cannot be read: {os.strerror(failure.errno or 0)}",
                action="look at the folder's permissions and at the disk",
            ) from failure
        found = decoded(blob)
        if found is None or hashlib.sha256(found[0]).hexdigest() != sha256:
            raise ContentDamagedError(
                f"content {path} no longer has the hash it is named by; it was not used",
                action="restore the file from a backup, or remove it: its calls are then not replayable",
            )
        data, media_type = found
        return Content(sha256=sha256, data=data, media_type=media_type)

    def delete_older_than(self, instant: datetime) -> int:
        """See `ContentStore.delete_older_than`."""
        before_ns = ns_of(instant)
        try:
            return sum(_delete_if_older(path, before_ns) for path in self._files())
        except OSError as failure:
            raise not_writable(self._folder, failure) from failure

    def delete_oldest(self, stored_bytes: int, *, before_ns: int | None = None) -> tuple[int, int]:
        """Let go of content, last put before the instant, until so many bytes are gone.

        Returns:
            How many pieces are gone, and how many bytes.
        """
        dated = []
        for path in self._files():
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            if _SHA256.fullmatch(path.name) and (before_ns is None or found.st_mtime_ns < before_ns):
                dated.append((found.st_mtime_ns, found.st_size, path))
        pieces = gone_bytes = 0
        try:
            for put_ns, size, path in sorted(dated):
                if gone_bytes >= stored_bytes:
                    break
                if _delete_if_older(path, put_ns + 1):
                    pieces, gone_bytes = pieces + 1, gone_bytes + size
        except OSError as failure:
            raise not_writable(self._folder, failure) from failure
        return pieces, gone_bytes

    def usage(self) -> ContentUsage:
        """See `ContentStore.usage`."""
        sizes = [size for path in self._files() if (size := _size(path)) is not None]
        return ContentUsage(blobs=len(sizes), stored_bytes=sum(sizes))

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _files(self) -> Iterator[Path]:
        if self._folder.is_dir():
            for shard in sorted(entry for entry in self._folder.iterdir() if _SHARD.fullmatch(entry.name)):
                yield from sorted(shard.iterdir())

    def _is_whole(self, sha256: str) -> bool:
        try:
            return self.get(sha256) is not None
        except ContentDamagedError:
            # Put again, it is mended.
            return False

    def _write(self, path: Path, blob: bytes, put_ns: int) -> None:
        shard = path.parent
        if not shard.is_dir():
            shard.mkdir(parents=True, exist_ok=True)
            if self._synced:
                sync_path(shard.parent)
        handle, name = tempfile.mkstemp(dir=shard, prefix=_UNFINISHED)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(blob)
                file.flush()
                os.utime(file.fileno(), ns=(put_ns, put_ns))
                if self._synced:
                    os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        if self._synced:
            sync_path(shard)


def _put_again(path: Path, put_ns: int) -> bool:
    """Mark content as put; False when it was deleted meanwhile."""
    try:
        if path.stat().st_mtime_ns < put_ns:
            os.utime(path, ns=(put_ns, put_ns))
    except FileNotFoundError:
        return False
    return True


def _delete_if_older(path: Path, before_ns: int) -> bool:
    """Delete a file last put before; True when content went with it.

    It is moved aside before it goes, and looked at again: content put meanwhile is moved back. A kill
    in between leaves the file aside, for the next deletion to decide on.
    """
    if path.name.startswith(_UNFINISHED):
        if _is_older(path, before_ns):
            path.unlink(missing_ok=True)
        return False
    aside = path if path.suffix == _GOING else path.with_name(path.name + _GOING)
    if path is not aside:
        if not _is_older(path, before_ns):
            return False
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
    if _is_older(aside, before_ns):
        aside.unlink(missing_ok=True)
        return True
    try:
        aside.rename(aside.with_suffix(""))
    except FileNotFoundError:
        return False
    return False


def _is_older(path: Path, before_ns: int) -> bool:
    try:
        return path.stat().st_mtime_ns < before_ns
    except FileNotFoundError:
        return False


def _size(path: Path) -> int | None:
    """Bytes of a piece of content; None for what is no content, or no longer there."""
    if not _SHA256.fullmatch(path.name):
        return None
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None

"""The cache of opened reports: on disk, bounded, shared by processes, kept for a day (GF-23, X9)."""

import fcntl
import hashlib
import itertools
import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from watchkeeper.adapters.documents import ADAPTER_VERSION
from watchkeeper.domain.clock import Clock
from watchkeeper.workloads.annual_reports.repair import REPAIR_VERSION
from watchkeeper.workloads.annual_reports.report_encoding import (
    ENCODING_VERSION,
    BrokenEntryError,
    CachedReport,
    decode,
    encode,
)
from watchkeeper.workloads.annual_reports.sections import SECTIONIZER_VERSION

__all__ = ["CacheKey", "CacheStats", "CachedReport", "SectionCache", "cache_key"]

log = logging.getLogger(__name__)

DAY_S = 24 * 3600.0
"""How long an entry is kept unless told otherwise (decision X9)."""
_SHOWN_HASH = 8
"""Characters of a document's hash shown in the log (GF-23)."""
_SUFFIX = ".report"
_UNFINISHED = ".part"
_UNFINISHED_S = 3600.0
"""A file being written for longer than this was left by a process that died."""
_COUNTERS = ("hits", "misses", "corrupt", "expired", "evicted")
_COUNTER_FORMAT = f"<{len(_COUNTERS)}Q"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheKey:
    """What an entry was made from: the same bytes, read the same way by the same versions."""

    sha256: str
    mode: str
    """`text` or `ocr`."""
    versions: str
    """Of the PDF adapter, its library, the repair and its words, the sectionizer and the encoding."""

    @property
    def file_name(self) -> str:
        """The entry's file, the same for equal keys only."""
        rest = hashlib.sha256(f"{self.mode}|{self.versions}".encode()).hexdigest()[:16]
        return f"{self.sha256}-{rest}{_SUFFIX}"


def cache_key(sha256: str, mode: str, *, vocabulary: str = "") -> CacheKey:
    """The key of a document as this version of the workload reads it.

    Args:
        sha256: Of the document's bytes.
        mode: `ocr` when pages without text are recognised, `text` when they are left unread.
        vocabulary: A hash of the words the repair was given; other words may repair otherwise.
    """
    return CacheKey(sha256=sha256, mode=mode, versions=f"{_versions()}-v{vocabulary}")


@lru_cache(maxsize=1)
def _versions() -> str:
    library = version("pypdfium2")
    return f"a{ADAPTER_VERSION}-pdfium{library}-r{REPAIR_VERSION}-s{SECTIONIZER_VERSION}-e{ENCODING_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """What the cache has done since its folder was made, in all processes together."""

    hits: int
    misses: int
    """Corrupt and expired entries among them."""
    corrupt: int
    expired: int
    evicted: int
    entries: int
    bytes: int

    @property
    def hit_rate(self) -> float | None:
        """Share of look-ups answered, 0 to 1; None before the first."""
        looked_up = self.hits + self.misses
        return self.hits / looked_up if looked_up else None


class SectionCache:
    """Opened reports by document, mode and versions.

    Safe with several processes: an entry appears whole or not at all, and whoever finds a damaged
    one removes it. A cache that cannot be written costs time, never a report: it says so in the log.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        ttl_s: float = DAY_S,
        max_bytes: int = 512 * 1024 * 1024,
        *,
        max_entries: int = 10_000,
    ) -> None:
        """Use a folder, made when first written to.

        Args:
            folder: Where the entries are kept.
            clock: Tells their age.
            ttl_s: Seconds an entry is used for, from when it was made.
            max_bytes: Of all entries; the least recently used leave first.
            max_entries: Likewise.
        """
        self._folder = folder
        self._clock = clock
        self._ttl_s = ttl_s
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._writes = itertools.count()

    def get(self, key: CacheKey) -> CachedReport | None:
        """The report kept under a key; None when there is none, or it is too old or damaged."""
        path = self._folder / key.file_name
        now_s = self._clock.now().timestamp()
        try:
            report, made_at_s = decode(path.read_bytes())
        except FileNotFoundError:
            self._count("misses")
            return None
        except BrokenEntryError as problem:
            log.warning("section cache entry of %s removed: %s", key.sha256[:_SHOWN_HASH], problem)
            _remove(path)
            self._count("misses", "corrupt")
            return None
        except OSError as problem:
            log.warning("section cache cannot be read: %s", problem)
            return None
        if not 0 <= now_s - made_at_s < self._ttl_s:
            _remove(path)
            self._count("misses", "expired")
            return None
        self._count("hits")
        self._touch(path, now_s)
        log.info("section cache hit %s", key.sha256[:_SHOWN_HASH])
        return report

    def put(self, key: CacheKey, entry: CachedReport) -> None:
        """Keep a report; what was used longest ago makes room for it."""
        now_s = self._clock.now().timestamp()
        data = encode(entry, made_at_s=now_s)
        if len(data) > self._max_bytes:
            log.info("section cache cannot hold %s: %d bytes", key.sha256[:_SHOWN_HASH], len(data))
            return
        unfinished = self._folder / f"{key.file_name}.{os.getpid()}-{next(self._writes)}{_UNFINISHED}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(data)
            self._touch(unfinished, now_s)
            unfinished.replace(self._folder / key.file_name)
            self._make_room(now_s)
        except OSError as problem:
            log.warning("section cache cannot be written: %s", problem)
            with suppress(OSError):  # the same fault may stand in the way of tidying up
                unfinished.unlink(missing_ok=True)

    def stats(self) -> CacheStats:
        """Counts over all processes and restarts, and what is kept now."""
        files = list(self._files())
        with self._counters() as counts:
            told = dict(counts)
        return CacheStats(entries=len(files), bytes=sum(size for _, size, _ in files), **told)

    def _touch(self, path: Path, now_s: float) -> None:
        """Note the entry's last use in its file's time; another process may just have removed it."""
        try:
            os.utime(path, (now_s, now_s))
        except OSError as problem:
            log.debug("the use of section cache entry %s is not noted: %s", path.name, problem)

    def _make_room(self, now_s: float) -> None:
        files = sorted(self._files(), key=lambda file: file[2])
        total = sum(size for _, size, _ in files)
        count = len(files)
        for path, size, used_s in files:
            # An entry last used longer ago than it may live was made even earlier.
            if total <= self._max_bytes and count <= self._max_entries and now_s - used_s < self._ttl_s:
                break
            path.unlink(missing_ok=True)
            self._count("evicted")
            total, count = total - size, count - 1
        for path, _, written_s in self._files(_UNFINISHED):
            if now_s - written_s > _UNFINISHED_S:
                path.unlink(missing_ok=True)

    def _files(self, suffix: str = _SUFFIX) -> Iterator[tuple[Path, int, float]]:
        """Every entry with its size in bytes and when it was last used, in seconds since the epoch."""
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as found:
            for file in found:
                if file.name.endswith(suffix):
                    try:
                        status = file.stat()
                    except FileNotFoundError:
                        continue
                    yield Path(file.path), status.st_size, status.st_mtime

    def _count(self, *names: str) -> None:
        try:
            with self._counters(write=True) as counts:
                for name in names:
                    counts[name] += 1
        except OSError as problem:
            log.warning("section cache cannot count: %s", problem)

    @contextmanager
    def _counters(self, *, write: bool = False) -> Iterator[dict[str, int]]:
        """The counters, locked while they are read and changed; zeros when there are none yet."""
        path = self._folder / "counters"
        if not write and not path.exists():
            yield dict.fromkeys(_COUNTERS, 0)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            data = os.pread(handle, struct.calcsize(_COUNTER_FORMAT), 0)
            known = len(data) == struct.calcsize(_COUNTER_FORMAT)
            values = struct.unpack(_COUNTER_FORMAT, data) if known else (0,) * len(_COUNTERS)
            counts = dict(zip(_COUNTERS, values, strict=True))
            yield counts
            if write:
                os.pwrite(handle, struct.pack(_COUNTER_FORMAT, *(counts[name] for name in _COUNTERS)), 0)
        finally:
            os.close(handle)


def _remove(path: Path) -> None:
    """Remove an entry that is of no use; where that cannot be done, it is found so again."""
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        log.warning("section cache entry %s cannot be removed: %s", path.name, problem)

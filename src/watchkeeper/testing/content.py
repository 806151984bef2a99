"""Content in memory, for as long as the process lives; it keeps the laws of the store in files."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from threading import Lock

from watchkeeper.domain.clock import Clock
from watchkeeper.telemetry.content_ports import Content, ContentUsage
from watchkeeper.telemetry.redaction import redacted_content


class InMemoryContent:
    """A `ContentStore` in memory."""

    def __init__(self, *, clock: Clock, opted_out: Collection[str] = ()) -> None:
        """Keep nothing of the workloads that opted out."""
        self._clock = clock
        self._opted_out = frozenset(opted_out)
        self._kept: dict[str, Content] = {}
        self._put_at: dict[str, datetime] = {}
        self._lock = Lock()

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """See `ContentStore.put`."""
        kept = redacted_content(data, media_type)
        sha256 = hashlib.sha256(kept).hexdigest()
        if workload not in self._opted_out:
            now = self._clock.now()
            with self._lock:
                self._kept.setdefault(sha256, Content(sha256=sha256, data=kept, media_type=media_type))
                self._put_at[sha256] = max(now, self._put_at.get(sha256, now))
        return sha256

    def get(self, sha256: str) -> Content | None:
        """See `ContentStore.get`."""
        return self._kept.get(sha256)

    def delete_older_than(self, instant: datetime) -> int:
        """See `ContentStore.delete_older_than`."""
        with self._lock:
            old = [sha256 for sha256, put_at in self._put_at.items() if put_at < instant]
            for sha256 in old:
                del self._kept[sha256], self._put_at[sha256]
        return len(old)

    def usage(self) -> ContentUsage:
        """See `ContentStore.usage`; nothing is compressed here."""
        with self._lock:
            kept = list(self._kept.values())
        return ContentUsage(blobs=len(kept), stored_bytes=sum(len(content.data) for content in kept))

"""Content in memory, for as long as the process lives; it keeps the laws of the store in packs."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from watchkeeper.domain.clock import Clock
from watchkeeper.telemetry.content_ports import (
    ONCE_WITHIN_NS,
    Content,
    ContentHit,
    ContentHits,
    ContentUsage,
    HitPlace,
    Piece,
)
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.redaction import is_text, redacted_content
from watchkeeper.telemetry.searched_text import searched_text
from watchkeeper.telemetry.text_query import parsed_query


@dataclass(frozen=True, slots=True)
class _Put:
    """What is kept once."""

    sha256: str
    workload: str
    minute: int
    is_text: bool
    """The same bytes as text and as an image are both kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    content: Content
    at_ns: int
    put_at: datetime


class InMemoryContent:
    """A `ContentStore` and `ContentSearch` in memory; a search reads everything."""

    def __init__(self, *, clock: Clock, opted_out: Collection[str] = ()) -> None:
        """Keep nothing of the workloads that opted out."""
        self._clock = clock
        self._opted_out = frozenset(opted_out)
        self._kept: dict[_Put, _Kept] = {}
        self._lock = Lock()

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """See `ContentStore.put`."""
        return self.put_many([Piece(workload, data, media_type)])[0]

    def put_many(self, pieces: Sequence[Piece], *, redacted: bool = False) -> list[str]:
        """See `ContentStore.put_many`."""
        now = self._clock.now()
        hashes = []
        with self._lock:
            for piece in pieces:
                data = piece.data if redacted else redacted_content(piece.data, piece.media_type)
                sha256 = hashlib.sha256(data).hexdigest()
                hashes.append(sha256)
                if piece.workload in self._opted_out:
                    continue
                at_ns = ns_of(now) if piece.at_ns is None else piece.at_ns
                put = _Put(sha256, piece.workload, at_ns // ONCE_WITHIN_NS, is_text(piece.media_type))
                content = Content(sha256=sha256, data=data, media_type=piece.media_type)
                before = self._kept.get(put)
                self._kept[put] = (
                    _Kept(content=content, at_ns=at_ns, put_at=now)
                    if before is None
                    else _Kept(content=before.content, at_ns=before.at_ns, put_at=max(now, before.put_at))
                )
        return hashes

    def get(self, sha256: str) -> Content | None:
        """See `ContentStore.get`."""
        with self._lock:
            return next((kept.content for put, kept in self._kept.items() if put.sha256 == sha256), None)

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
        query = parsed_query(text)
        with self._lock:
            kept = list(self._kept.items())
        hits = []
        for put, each in kept:
            said = searched_text(each.content.data, each.content.media_type)
            if said is None or workload not in {None, put.workload}:
                continue
            if (since_ns is None or each.at_ns >= since_ns) and (until_ns is None or each.at_ns < until_ns):
                hit = ContentHit(
                    sha256=put.sha256, workload=put.workload, at_ns=each.at_ns, snippet=query.snippet(said)
                )
                if query.matches(said) and (after is None or hit.place < after):
                    hits.append(hit)
        hits.sort(key=lambda hit: hit.place, reverse=True)
        shown = tuple(hits[:limit])
        return ContentHits(hits=shown, more=shown[-1].place if len(hits) > limit else None)

    def delete_older_than(self, instant: datetime) -> int:
        """See `ContentStore.delete_older_than`."""
        day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._lock:
            old = [put for put, kept in self._kept.items() if kept.put_at < day]
            for put in old:
                del self._kept[put]
        return len(old)

    def delete_beyond(self, stored_bytes: int) -> int:
        """See `ContentStore.delete_beyond`."""
        with self._lock:
            left = sum(len(kept.content.data) for kept in self._kept.values())
            gone = 0
            for put, kept in sorted(self._kept.items(), key=lambda item: item[1].put_at):
                if left <= stored_bytes:
                    break
                del self._kept[put]
                left -= len(kept.content.data)
                gone += 1
        return gone

    def usage(self) -> ContentUsage:
        """See `ContentStore.usage`; nothing is compressed here."""
        with self._lock:
            kept = [each.content for each in self._kept.values()]
        return ContentUsage(blobs=len(kept), stored_bytes=sum(len(content.data) for content in kept))

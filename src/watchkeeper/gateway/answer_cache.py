"""Answers given again to the same question: whole replies and recorded streams (row FA-50)."""

from dataclasses import dataclass

from watchkeeper.gateway.bounded_store import BoundedStore, StoreCounts
from watchkeeper.gateway.cache_bounds import ANSWER_BYTES, ANSWERS

CHUNK_BYTES = 41
"""What a piece of a stream costs beside its content: a bytes object and its place in the tuple."""
CUT_SHORT = frozenset({"length", "max_tokens", "content_filter", "refusal", "error", "pause_turn"})
"""Reasons for ending, in either dialect, that mean an answer was not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """An answer as it was sent: one of `whole` and `chunks`."""

    dialect: str
    """`openai` or `anthropic`: whose form it has."""
    whole: bytes | None = None
    """The body of a reply that was not streamed."""
    chunks: tuple[bytes, ...] | None = None
    """The pieces of a stream, in order, without the comment of ours at its end."""
    receipt_id: str
    """Of the call that was paid for."""
    target: str
    model: str
    finish_reason: str | None
    """In its dialect's words; with several choices, that of one cut short if there is one."""
    workload: str
    route: str | None
    release: str | None

    @property
    def size_bytes(self) -> int:
        """How much memory its content takes."""
        return len(self.whole or b"") + sum(len(chunk) + CHUNK_BYTES for chunk in self.chunks or ())


class AnswerCache:
    """Answers by `answer_key`; for one thread, with monotonic time given."""

    def __init__(self, *, most_entries: int = ANSWERS, most_bytes: int = ANSWER_BYTES) -> None:
        self._store: BoundedStore[CachedAnswer] = BoundedStore(
            most_entries=most_entries, most_bytes=most_bytes
        )

    def get(self, key: bytes, *, now_s: float) -> CachedAnswer | None:
        """The answer to the same question, unless there is none or its time is over."""
        return self._store.get(key, now_s=now_s)

    def put(
        self,
        key: bytes,
        answer: CachedAnswer,
        *,
        http_status: int,
        complete: bool,
        degraded: bool,
        ttl_s: float,
        now_s: float,
    ) -> bool:
        """Keep an answer if it is one to give again; whether it is kept.

        Args:
            key: As `answer_key` gives it.
            answer: What was sent.
            http_status: What it was sent with; only 200 is kept.
            complete: Whether it was sent to its end.
            degraded: Whether it came from a fallback; the better target may be back the next time.
            ttl_s: How long it is given again; 0 keeps nothing.
            now_s: Monotonic seconds.
        """
        good = http_status == 200 and complete and not degraded
        if not good or answer.finish_reason is None or answer.finish_reason in CUT_SHORT:
            return False
        return self._store.put(key, answer, size_bytes=answer.size_bytes, ttl_s=ttl_s, now_s=now_s)

    def empty(
        self, *, workload: str | None = None, route: str | None = None, release: str | None = None
    ) -> int:
        """Put out the answers of a workload (its batch has finished), a route or a release, or all.

        Returns:
            How many were put out; with several given, only those that fit all.
        """

        def fits(answer: CachedAnswer) -> bool:
            return (
                (workload is None or answer.workload == workload)
                and (route is None or answer.route == route)
                and (release is None or answer.release == release)
            )

        return self._store.empty(fits)

    def counts(self) -> StoreCounts:
        """Hits, misses, entries and bytes."""
        return self._store.counts()


class StreamRecording:
    """The pieces of a stream as they pass, up to a bound; beyond it nothing is kept."""

    __slots__ = ("_bytes", "_chunks", "_most_bytes")

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._chunks: list[bytes] | None = []

    def add(self, chunk: bytes) -> None:
        """One more piece."""
        if self._chunks is None:
            return
        self._bytes += len(chunk)
        if self._bytes > self._most_bytes:
            self._chunks = None
        else:
            self._chunks.append(chunk)

    def chunks(self) -> tuple[bytes, ...] | None:
        """All pieces; None when there were too many to keep."""
        return None if self._chunks is None else tuple(self._chunks)

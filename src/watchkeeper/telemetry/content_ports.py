"""What telemetry needs for requests and replies: a place that keeps them, apart from their spans.

A read of something absent answers None. All instants are aware, in UTC. Every method may raise
`UnavailableError` and every write `StorageFullError`; a write that raises has changed nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

ONCE_WITHIN_NS = 60_000_000_000
"""A piece put again in the same minute, by the same workload, is not kept again: 60 seconds."""


class Piece(NamedTuple):
    """A request or reply to be kept."""

    workload: str
    data: bytes
    media_type: str
    at_ns: int | None = None
    """When its call was, in nanoseconds since the epoch: what a search's range is about; None is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A request's or reply's content as it was kept: text redacted, the rest untouched."""

    sha256: str
    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentUsage:
    """What the content store takes up."""

    blobs: int
    """Pieces; one that was put in several minutes, or by several writers, counts as often as it is kept."""
    stored_bytes: int
    """On disk, as compressed."""


class ContentStore(Protocol):
    """Requests and replies, apart from their spans (law 10)."""

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """Keep content, unless its workload opted out; text is redacted first.

        Content that the same workload put in the same minute is not kept twice.

        Returns:
            The sha256 of the (redacted) content, kept or not.
        """
        ...

    def put_many(self, pieces: Sequence[Piece], *, redacted: bool = False) -> list[str]:
        """Keep many pieces in one write: far cheaper than one by one.

        Args:
            pieces: Any number.
            redacted: They come from `redacted_content` already, and are kept as they are.

        Returns:
            Their hashes, as `put` gives them, in order.
        """
        ...

    def get(self, sha256: str) -> Content | None:
        """The content; None is not replayable: never kept, or kept no longer.

        Raises:
            ContentDamagedError: What is there no longer has this hash; it is not returned.
        """
        ...

    def delete_older_than(self, instant: datetime) -> int:
        """Let go of content last put on a day, of UTC, that was over by the instant.

        Returns:
            How many pieces are gone, counted as in `ContentUsage`.
        """
        ...

    def delete_beyond(self, stored_bytes: int) -> int:
        """Let go of the oldest content until what is left takes up no more than this.

        What is being written to is left alone, so a little more may be left.

        Returns:
            How many pieces are gone, counted as in `ContentUsage`.
        """
        ...

    def usage(self) -> ContentUsage:
        """How much is kept."""
        ...


class HitPlace(NamedTuple):
    """Where a page of hits ended: what a search goes on after."""

    at_ns: int
    sha256: str
    workload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentHit:
    """A piece of content that a search found."""

    sha256: str
    workload: str
    at_ns: int
    """When its call was: of calls in the same minute with the same content, the first that was kept."""
    snippet: str = field(repr=False)
    """What was found with a little around it, at most 200 characters."""

    @property
    def place(self) -> HitPlace:
        """What a search goes on after."""
        return HitPlace(self.at_ns, self.sha256, self.workload)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentHits:
    """Some of what a search finds, the latest first."""

    hits: tuple[ContentHit, ...]
    more: HitPlace | None
    """Asked for as `after`, what follows; None at the end.

    There may be more even where hits are few: a search that reads much and finds little stops on the way. All
    down to this place, itself included, is told.
    """


class ContentSearch(Protocol):
    """Full-text search in the text that is kept."""

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
        """Pieces with all the words and "phrases in quotes" of a question (`text_query`), newest first.

        Args:
            text: What to search for.
            since_ns: Calls at or after this instant, in nanoseconds since the epoch.
            until_ns: Calls before this instant.
            workload: Only what this workload put.
            limit: At most so many, and at least one.
            after: Only those that come after this place: the `more` of the page before.

        Returns:
            By `place`, the latest first.

        Raises:
            InvalidInputError: There is no word to search for.
        """
        ...


class SearchedContent(ContentStore, ContentSearch, Protocol):
    """A content store with the search over it."""

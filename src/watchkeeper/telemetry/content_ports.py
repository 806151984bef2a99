"""What telemetry needs for requests and replies: a place that keeps them, apart from their spans.

A read of something absent answers None. All instants are aware, in UTC. Every method may raise
`UnavailableError` and every write `StorageFullError`; a write that raises has changed nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


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
    stored_bytes: int
    """On disk, as compressed."""


class ContentStore(Protocol):
    """Requests and replies, each once, apart from their spans (law 10)."""

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """Keep content, unless its workload opted out; text is redacted first.

        Content that is there already is not kept twice, but counts as put again for its retention.

        Returns:
            The sha256 of the (redacted) content, kept or not.
        """
        ...

    def get(self, sha256: str) -> Content | None:
        """The content; None is not replayable: never kept, or kept no longer.

        Raises:
            ContentDamagedError: What is there no longer has this hash; it is not returned.
        """
        ...

    def delete_older_than(self, instant: datetime) -> int:
        """Let go of content last put before the instant.

        Returns:
            How many pieces of content are gone.
        """
        ...

    def usage(self) -> ContentUsage:
        """How much is kept."""
        ...

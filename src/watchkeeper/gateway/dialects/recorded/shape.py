"""What every shape of reply offers."""

from typing import Any, Protocol

from watchkeeper.gateway.dialects.recorded.found import Found

Document = dict[str, Any]
"""A JSON object: a whole reply, or one event of a stream."""


class Reading(Protocol):
    """The reading of one reply; whole replies and streams are the same to it, one document or many."""

    def take(self, document: Document) -> None:
        """Read one document."""
        ...

    def finish(self) -> None:
        """There are no more."""
        ...


class Shape(Protocol):
    """One form of replies: how to know it, and how to read it."""

    name: str
    operation: str

    def knows(self, document: Document) -> bool:
        """Whether a document has this form."""
        ...

    def reading(self, found: Found) -> Reading:
        """Begin to read a reply into `found`."""
        ...

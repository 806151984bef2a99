"""A document as the rankers see it: its text, and nothing of how it came about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a corpus."""

    key: str
    """Its id, such as `doc-017`."""
    title: str
    text: str

"""A document as its readers see it: words with their places, and text in reading order."""

from dataclasses import dataclass, field
from enum import StrEnum


class PageSource(StrEnum):
    """Where a page's words and text come from."""

    TEXT = "text"
    OCR = "ocr"
    NONE = "none"
    """The page has no readable text layer and was not put through OCR."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in PDF points (1/72 inch) from the page's top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word as printed, with its place in points from the page's top left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document.

    `words` and `text` are two independent views of it: `words` carries places and no order that
    can be trusted; `text` carries the reading order, lines ended by a newline, and no places.
    """

    number: int
    """1-based."""
    width: float
    height: float
    words: tuple[Word, ...]
    text: str
    source: PageSource


@dataclass(frozen=True, slots=True)
class PagedDocument:
    """A document read from a file."""

    name: str
    """The file's name, without its folder."""
    sha256: str
    pages: tuple[Page, ...] = field(repr=False)

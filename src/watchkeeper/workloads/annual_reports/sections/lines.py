"""A page's lines as the sectionizer sees them."""

import re
from collections import Counter
from dataclasses import dataclass

from watchkeeper.domain.page import Page, PagedDocument

_ROW = re.compile(r"[^\W\d_].*?\s[-–−(]?\d[\d\s .,]*[)\-−–]?%?$")
_DATES = re.compile(r"\b(?:19|20)\d\d(?:[-/.](?:\d\d|20\d\d)(?:[-/.]\d\d)?)?\b|\b\d{1,2}[-/.]\d{1,2}\b")
_RUNNING = 0.5
"""A line at the edge of this share of the pages is a running head or foot."""
_EDGE_LINES = 6


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page, without its running heads and feet."""

    number: int
    lines: tuple[str, ...]
    folded: str
    """All of the page's text in lower case, blanks collapsed, for finding phrases."""
    rows: int
    """Lines of words that end in a number other than a date or year."""


def read_lines(document: PagedDocument) -> tuple[PageLines, ...]:
    """The lines of every page."""
    split = [_split(page) for page in document.pages]
    running = _running(split)
    return tuple(
        _page_lines(page.number, [line for line in lines if _shape(line) not in running])
        for page, lines in zip(document.pages, split, strict=True)
    )


def _split(page: Page) -> list[str]:
    return [line.strip() for line in page.text.splitlines() if line.strip()]


def _page_lines(number: int, lines: list[str]) -> PageLines:
    rows = sum(1 for line in lines if _ROW.search(line) and re.search(r"\d", _DATES.sub("", line)))
    return PageLines(number, tuple(lines), re.sub(r"\s+", " ", "\n".join(lines)).casefold(), rows)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", line)).casefold()


def _running(pages: list[list[str]]) -> frozenset[str]:
    """Lines that stand at the edge of most pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    written = sum(1 for lines in pages if lines)
    return frozenset(line for line, count in seen.items() if count >= max(4, _RUNNING * written))

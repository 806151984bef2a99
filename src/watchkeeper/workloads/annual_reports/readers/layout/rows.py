"""Rows and cells of a page, clustered from the places of its words alone."""

from dataclasses import dataclass
from statistics import median

from watchkeeper.domain.page import Box, Page, Word

_MARGIN_SHARE = 0.045
"""Words wholly in the outer 4.5 % of the width are signing stamps and scanner marks, never content."""
_CELL_GAP_CHARS = 1.9
"""A gap wider than this many characters starts a new cell; a justified line's space stays under 1.5."""
_ROW_OVERLAP = 0.6
"""Words share a row when this share of the lower one's height lies within the row's usual height."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its row and cell."""

    text: str
    box: Box
    row: int
    cell: int
    """Number of the cell within its row."""


@dataclass(frozen=True, slots=True)
class Row:
    """Words side by side, left to right: tokens `first` up to, not including, `end`."""

    index: int
    first: int
    end: int
    top: float
    bottom: float


def box_of(tokens: list[Token]) -> Box | None:
    """The union of the tokens' places; None for no tokens."""
    if not tokens:
        return None
    return Box(
        min(t.box.x0 for t in tokens),
        min(t.box.top for t in tokens),
        max(t.box.x1 for t in tokens),
        max(t.box.bottom for t in tokens),
    )


def char_width(page: Page) -> float:
    """The usual width of a character on a page, in points."""
    widths = [(w.x1 - w.x0) / len(w.text) for w in page.words if len(w.text) > 2]
    return median(widths) if widths else 5.0


def _content(page: Page) -> list[Word]:
    left, right = page.width * _MARGIN_SHARE, page.width * (1 - _MARGIN_SHARE)
    return [
        w
        for w in page.words
        if w.x1 > left and w.x0 < right and w.bottom > 0 and w.top < page.height and w.text.strip(" .·_")
    ]


def _clusters(words: list[Word]) -> list[list[Word]]:
    """Words grouped into rows: those whose heights overlap, a short word within a tall one's height."""
    ordered = sorted(words, key=lambda w: w.top + w.bottom)
    clusters: list[list[Word]] = []
    top, bottom = 0.0, -1.0
    for word in ordered:
        overlap = min(bottom, word.bottom) - max(top, word.top)
        if clusters and overlap > _ROW_OVERLAP * min(bottom - top, word.bottom - word.top):
            clusters[-1].append(word)
            share = 1 / len(clusters[-1])
            top += (word.top - top) * share
            bottom += (word.bottom - bottom) * share
        else:
            clusters.append([word])
            top, bottom = word.top, word.bottom
    return clusters


def rows_of(page: Page, width: float) -> tuple[list[Token], list[Row]]:
    """The tokens of a page in row order, and its rows from top to bottom.

    Args:
        page: Only its words are looked at.
        width: The usual width of a character, in points.
    """
    tokens: list[Token] = []
    rows: list[Row] = []
    for cluster in _clusters(_content(page)):
        cluster.sort(key=lambda w: w.x0)
        first, cell, right = len(tokens), 0, None
        for word in cluster:
            if right is not None and word.x0 - right > _CELL_GAP_CHARS * width:
                cell += 1
            box = Box(word.x0, word.top, word.x1, word.bottom)
            tokens.append(Token(word.text, box, len(rows), cell))
            right = word.x1 if right is None else max(right, word.x1)
        tops = [w.top for w in cluster]
        rows.append(Row(len(rows), first, len(tokens), min(tops), max(w.bottom for w in cluster)))
    return tokens, rows

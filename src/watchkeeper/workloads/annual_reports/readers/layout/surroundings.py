"""Where a value can stand, seen from its label: beside it, below it, under it as a heading, or above it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.workloads.annual_reports.readers.layout.page_view import Cell, PageView
from watchkeeper.workloads.annual_reports.readers.layout.rows import Token
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match

_COLUMN_ROWS = 8
"""How many rows below a column's head its values are looked for."""
_HEADING_ROWS = 7
_ABOVE_ROWS = 3
_TITLE_WORDS = 5
"""A title under a name may begin with this many words before the label."""
_TITLE_CELL = 9
"""A cell with more words than this is a sentence, no title under a name."""
_ABOVE_GAP = 1.25
"""A title stands within this many row heights under its name."""
_FULL_LINE = 0.72
"""A line that reaches this share of the page's text width may go on in the next line."""


class Relation(StrEnum):
    """How a span stands to its label."""

    AFTER = "after it"
    BEFORE = "before it"
    BELOW = "below it in its column"
    UNDER = "under it as a heading"
    ABOVE = "above it"


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `first` up to, not including, `end`, and how they stand to a label."""

    first: int
    end: int
    relation: Relation
    distance: int
    """Rows between the label and the span; 0 beside it."""


def _continues(page: PageView, row: int) -> bool:
    """Whether a line of prose goes on in the row below."""
    if row + 1 >= len(page.rows):
        return False
    upper, lower = page.rows[row], page.rows[row + 1]
    if len(page.cells(row)) > 1 or len(page.cells(row + 1)) > 1:
        return False
    height = upper.bottom - upper.top
    first, last = page.tokens[upper.first], page.tokens[upper.end - 1]
    if (
        lower.top - upper.bottom > 0.9 * height
        or abs(page.tokens[lower.first].box.x0 - first.box.x0) > 3 * page.char
    ):
        return False
    return last.box.x1 > _FULL_LINE * page.width or (
        not last.text.endswith(".") and last.box.x1 > 0.6 * page.width
    )


def _ends_sentence(page: PageView, at: int) -> bool:
    text = page.tokens[at].text
    if not text.endswith((".", ".)")) or len(text) < 4 or at + 1 >= len(page.tokens):
        return False
    return page.tokens[at + 1].text[:1].isupper() or not text[:-1].isalpha()


def clause(page: PageView, match: Match) -> tuple[int, int]:
    """The sentence a label stands in: over line ends in prose, within the row in a table."""
    row = page.tokens[match.first].row
    top, bottom = row, page.tokens[match.end - 1].row
    while top > 0 and _continues(page, top - 1) and row - top < 3:
        top -= 1
    while _continues(page, bottom) and bottom - row < 4:
        bottom += 1
    first, end = match.first, match.end
    while first > page.rows[top].first and not _ends_sentence(page, first - 1):
        first -= 1
    while end < page.rows[bottom].end and not _ends_sentence(page, end - 1):
        end += 1
    return first, end


def _cell_at(page: PageView, at: int) -> Cell:
    return next(c for c in page.cells(page.tokens[at].row) if c.first <= at < c.end)


def _overlaps(cell: Cell, x0: float, x1: float) -> bool:
    return cell.x0 < x1 and x0 < cell.x1


def _middle(token: Token) -> float:
    return (token.box.x0 + token.box.x1) / 2


def _head_end(page: PageView, match: Match) -> float:
    """Where the column under a head ends: at the next cell, or at the next head begun by a capital."""
    at = match.end
    row = page.rows[page.tokens[match.end - 1].row]
    while at < row.end:
        token = page.tokens[at]
        if token.cell != page.tokens[at - 1].cell or token.text[:1].isupper():
            return token.box.x0
        at += 1
    return page.width


def _below(page: PageView, match: Match) -> Iterator[Span]:
    """The cells under a column's head, from the head's left edge to the next head's."""
    row = page.tokens[match.end - 1].row
    x0, x1 = page.tokens[match.first].box.x0 - 2 * page.char, _head_end(page, match) - page.char
    last_bottom = page.rows[row].bottom
    for below in range(row + 1, min(len(page.rows), row + 1 + _COLUMN_ROWS)):
        at = page.rows[below]
        if at.top - last_bottom > 2.5 * (at.bottom - at.top):
            return
        inside = [i for i in range(at.first, at.end) if x0 <= _middle(page.tokens[i]) < x1]
        opens = inside and (
            inside[0] == at.first or page.tokens[inside[0] - 1].cell != page.tokens[inside[0]].cell
        )
        if opens:
            last_bottom = at.bottom
            yield Span(inside[0], inside[-1] + 1, Relation.BELOW, below - row)


def _under(page: PageView, match: Match) -> Iterator[Span]:
    row = page.tokens[match.end - 1].row
    last_bottom = page.rows[row].bottom
    for below in range(row + 1, min(len(page.rows), row + 1 + _HEADING_ROWS)):
        at = page.rows[below]
        if at.top - last_bottom > 1.6 * (at.bottom - at.top) and below > row + 1:
            return
        last_bottom = at.bottom
        yield Span(at.first, at.end, Relation.UNDER, below - row)


def _above(page: PageView, match: Match) -> Iterator[Span]:
    own = _cell_at(page, match.first)
    row = page.tokens[match.first].row
    opening = page.tokens[own.first : match.first]
    if (
        own.end - own.first > _TITLE_CELL
        or len(opening) > _TITLE_WORDS
        or any(t.text[-1:] in ",.;:" for t in opening)
    ):
        return
    top = page.rows[row].top
    for above in range(row - 1, max(-1, row - 1 - _ABOVE_ROWS), -1):
        at = page.rows[above]
        if top - at.bottom > _ABOVE_GAP * (at.bottom - at.top):
            return
        top = at.top
        for cell in page.cells(above):
            if abs(cell.x0 - own.x0) < 4 * page.char or (
                cell.end - cell.first <= 5 and _overlaps(cell, own.x0, own.x1)
            ):
                yield Span(cell.first, cell.end, Relation.ABOVE, row - above)


def is_alone(page: PageView, match: Match) -> bool:
    """Whether a label is all its row says, but for a mark or a short ending."""
    row = page.rows[page.tokens[match.first].row]
    return match.first == row.first and row.end - match.end <= 1


def spans_around(page: PageView, match: Match) -> Iterator[Span]:
    """Every place a label's value can stand, nearest first within each relation."""
    first, end = clause(page, match)
    if end > match.end:
        yield Span(match.end, end, Relation.AFTER, 0)
    if first < match.first:
        yield Span(first, match.first, Relation.BEFORE, 0)
    row = page.tokens[match.first].row
    if is_alone(page, match):
        yield from _under(page, match)
    elif len(page.cells(row)) > 1 or page.rows[row].end - page.rows[row].first <= 6:
        yield from _below(page, match)
    yield from _above(page, match)

"""Passages of text under a heading, kept to the heading's own column where a page has two."""

import re

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.page_view import Cell, PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of

_MOST_ROWS = 40
_GAP = 2.2
"""A gap of this many row heights after the first rows ends a passage."""
_HALF = 0.42
"""The right one of two columns begins beyond this share of the page's width."""
_COLUMN_ROWS = 6
_INDENT = 3.5
_COLUMN_GAP = 1.5
"""Columns stand at least this many characters apart; the words of a justified line stand nearer."""
_ALIGNED = 0.75
"""Where a page has two columns, this share of the rows that reach the right one, and so many, begin there."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ•])")


def find_passage(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The text under the best of the field's headings; with cues, only the sentences that have one."""
    found: list[Candidate] = []
    sectioned = report.has_section(told.sections)
    for page, rank in report.pages_for(told.sections):
        if rank is None and sectioned:
            continue
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate((*told.labels, *told.headings)):
            for match in report.find(page, label):
                cell = next(
                    c for c in page.cells(page.tokens[match.first].row) if c.first <= match.first < c.end
                )
                whole = cell.first == match.first and cell.end == match.end
                made = _under(report, told, page, cell) if whole else None
                if made:
                    found.append(made.but(weight, reason).but(-0.1 * min(index, 8), f"under '{label}'"))
    return best(found[::-1] if told.occurrence == "last" else found)


def _under(report: ReportView, told: FieldInstructions, page: PageView, heading: Cell) -> Candidate | None:
    row = page.tokens[heading.first].row
    split = _right_column(page, row)
    in_right = split is not None and heading.x0 >= split
    lines: list[str] = []
    places: list[int] = []
    for at in range(row + 1, min(len(page.rows), row + 1 + _MOST_ROWS)):
        here = page.rows[at]
        inside = [
            i
            for i in range(here.first, here.end)
            if split is None or (page.tokens[i].box.x0 >= split) == in_right
        ]
        if not inside or report.is_running(page, at):
            continue
        text = " ".join(page.tokens[i].text for i in inside)
        above = page.rows[places[-1]] if places else page.rows[row]
        if len(text.split()) <= 8 and any(fold(text).startswith(fold(end)) for end in told.until):
            break
        if places and here.top - above.bottom > _GAP * (here.bottom - here.top):
            break
        lines.append(text)
        places.append(at)
    text = _joined(lines)
    if told.cues:
        text = " ".join(s for s in _SENTENCE.split(text) if any(fold(cue) in fold(s) for cue in told.cues))
    if not text:
        return None
    tokens = page.tokens[page.rows[places[0]].first : page.rows[places[-1]].end]
    return Candidate(
        value=text,
        page=page.number,
        row=places[0],
        printed=text,
        box=box_of(tokens),
        weight=0.9 if told.cues else 0.5,
        reasons=("the words under the heading" + (", the sentence with a cue" if told.cues else ""),),
    )


def _right_column(page: PageView, row: int) -> float | None:
    """Where the right one of two columns begins: at a heading beside, or where nearly every row has a gap.

    The lines of a column begin under each other or, after a bullet, a few characters to the right.
    """
    beside = [cell.x0 for cell in page.cells(row) if cell.x0 > _HALF * page.width]
    titled = beside[0] - page.char if beside and page.cells(row)[0].x0 < _HALF * page.width else None
    rows = page.rows[row : row + _MOST_ROWS]
    starts = [_after_gaps(page, at.first, at.end) for at in rows]
    beyond = sorted(x for line in starts for x in line if x > _HALF * page.width)
    near = _INDENT * page.char
    reaching = [page.tokens[at.end - 1].box.x1 for at in rows]
    for edge in beyond:
        aligned = sum(any(0 <= x - edge < near for x in line) for line in starts)
        if aligned >= max(_COLUMN_ROWS, _ALIGNED * sum(end > edge for end in reaching)):
            return edge - 0.5 if titled is None else min(titled, edge - 0.5)
    return titled


def _after_gaps(page: PageView, first: int, end: int) -> list[float]:
    """Where words of a row begin that stand off from the word before, or begin the row."""
    tokens = page.tokens
    return [
        tokens[i].box.x0
        for i in range(first, end)
        if i == first or tokens[i].box.x0 - tokens[i - 1].box.x1 > _COLUMN_GAP * page.char
    ]


def _joined(lines: list[str]) -> str:
    """Lines as one text, words cut at a line's end put together again."""
    text = ""
    for line in lines:
        cut = text.endswith(("-", "\ufffe", "\u00ad")) and line[:1].islower()
        text = text[:-1] + line if cut else f"{text} {line}".strip()
    return text.replace("\ufffe", "").replace("\u00ad", "")

"""Which period a column of amounts stands for: years and dates printed above it."""

from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.layout.numbers import close
from watchkeeper.workloads.annual_reports.readers.layout.printed import (
    find_dates,
    short_period_end,
    year_of,
    year_span,
)
from watchkeeper.workloads.annual_reports.readers.layout.rows import Row, Token

_STACK_LINES = 2.6
"""Two header rows closer than this many row heights are one header over two lines."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period printed above a column: the place of the print and the period's end."""

    x0: float
    x1: float
    end: str
    """An ISO date, or a year alone."""

    @property
    def year(self) -> int:
        """The year the period ends in."""
        return int(self.end[:4])


@dataclass(frozen=True, slots=True)
class Header:
    """The periods above the columns of the rows from `row` on, until the next header."""

    row: int
    """First row below the header."""
    periods: tuple[Period, ...]


def _cells(tokens: list[Token], row: Row) -> list[list[Token]]:
    cells: list[list[Token]] = []
    for token in tokens[row.first : row.end]:
        if cells and cells[-1][-1].cell == token.cell:
            cells[-1].append(token)
        else:
            cells.append([token])
    return cells


def _is_period_text(text: str) -> bool:
    return bool(text) and all(c.isdigit() or c in "-−–/. " for c in text)


def _period(cell: list[Token], width: float) -> list[Period]:
    """The periods of one cell; a range is one period, two dates side by side are two."""
    digits = [t for t in cell if _is_period_text(t.text)]
    if not digits:
        return []
    text = " ".join(t.text for t in digits)
    short = short_period_end(text)
    if short:
        return [Period(digits[0].box.x0, digits[-1].box.x1, short)]
    span = year_span(text)
    if span:
        return [Period(digits[0].box.x0, digits[-1].box.x1, str(span.last))]
    if not find_dates(text):
        years = [(t, year_of(t.text)) for t in _apart(digits, width)]
        return [Period(t.box.x0, t.box.x1, str(year)) for t, year in years if year]
    found: list[Period] = []
    joined = False
    for token in digits:
        dates = find_dates(token.text)
        if dates and joined and found:
            found[-1] = Period(found[-1].x0, token.box.x1, max(found[-1].end, dates[-1]))
        elif dates:
            found.append(Period(token.box.x0, token.box.x1, dates[-1]))
        joined = not dates
    return found


def _apart(digits: list[Token], width: float) -> list[Token]:
    """The words that stand by themselves: a year next to more digits is part of an amount."""
    near = [
        i
        for i in range(1, len(digits))
        if close(digits[i - 1], digits[i], width) and digits[i].text[0].isdigit()
    ]
    joined = {*near, *(i - 1 for i in near)}
    return [t for i, t in enumerate(digits) if i not in joined]


def _row_periods(tokens: list[Token], row: Row, width: float) -> list[Period]:
    """The periods of a row that can be a header; none for a row of prose or of amounts."""
    cells = _cells(tokens, row)
    periods: list[Period] = []
    for cell in cells:
        if len(cell) > 6:
            continue
        periods.extend(_period(cell, width))
    return periods


def _merge(above: list[Period], below: list[Period]) -> list[Period] | None:
    """One header from two rows whose periods stand over each other; None when they do not."""
    merged: list[Period] = []
    for upper in above:
        under = [p for p in below if p.x0 < upper.x1 and upper.x0 < p.x1]
        if under:
            merged.append(Period(min(upper.x0, under[0].x0), max(upper.x1, under[0].x1), under[0].end))
    return merged if len(merged) >= 2 else None


def headers_of(tokens: list[Token], rows: list[Row], width: float) -> list[Header]:
    """The headers of a page, from top to bottom.

    A header names at least two different years, each above its own column.

    Args:
        tokens: All tokens of the page.
        rows: All rows of the page.
        width: The usual width of a character, in points.
    """
    found: list[Header] = []
    last: tuple[Row, list[Period]] | None = None
    for row in rows:
        periods = _row_periods(tokens, row, width)
        if len(periods) < 2:
            continue
        height = row.bottom - row.top
        if last and row.top - last[0].bottom < _STACK_LINES * height:
            merged = _merge(last[1], periods)
            if merged:
                found[-1:] = [Header(row.index + 1, tuple(merged))]
                last = (row, merged)
                continue
        if len({p.year for p in periods}) < 2:
            continue
        found.append(Header(row.index + 1, tuple(periods)))
        last = (row, periods)
    return found

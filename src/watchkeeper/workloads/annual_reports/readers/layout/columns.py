"""The amount of a row in one period's column."""

from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.numbers import Number
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.periods import Header, Period
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView

_NEAR_CHARS = 7.0
"""An amount belongs to a column when an edge or the centre is this near to the column's."""
_ALIGNED_CHARS = 2.0
"""Amounts of one column end within this many characters of each other."""
_TOTAL_ROWS = 12
_LEFT_CHARS = 1.5
"""An amount that ends this far left of its column's head is a note's number instead."""
_NOTE_BELOW = 60
"""A number below this, left of the amounts, is the number of a note."""


@dataclass(frozen=True, slots=True)
class ColumnAmount:
    """An amount and how its column was known."""

    number: Number
    certain: bool
    """A header above the column names its period."""


def _distance(number: Number, period: Period) -> float:
    middle, centre = (number.box.x0 + number.box.x1) / 2, (period.x0 + period.x1) / 2
    return min(abs(number.box.x1 - period.x1), abs(middle - centre), abs(number.box.x0 - period.x0) + 0.1)


def _amounts(page: PageView, row: int) -> list[Number]:
    return [n for n in page.numbers(row) if not n.percent]


def by_period(page: PageView, row: int, header: Header) -> dict[Period, Number]:
    """The row's amounts under the header's periods; amounts near no column are left out."""
    placed: dict[Period, tuple[float, Number]] = {}
    for number in _amounts(page, row):
        nearest = min(header.periods, key=lambda p: _distance(number, p))
        distance = _distance(number, nearest)
        left_of_all = number.box.x1 < nearest.x0 - _LEFT_CHARS * page.char
        if left_of_all or distance > _NEAR_CHARS * page.char:
            continue
        if nearest not in placed or distance < placed[nearest][0]:
            placed[nearest] = (distance, number)
    return {period: number for period, (_, number) in placed.items()}


def usable_header(page: PageView, row: int) -> Header | None:
    """The header above a row, unless nothing in the row stands under it."""
    header = page.header_above(row)
    return header if header and by_period(page, row, header) else None


def current_amount(report: ReportView, page: PageView, row: int) -> ColumnAmount | None:
    """The row's amount of the report's own year.

    Without a header the left one of the last two amounts counts, as reports put the current year
    first; a note's number before them does not.
    """
    header = page.header_above(row)
    if header:
        placed = by_period(page, row, header)
        if placed:
            return _current(report, header, placed)
    return _without_header(report, page, row)


def _total_below(report: ReportView, page: PageView, row: int) -> Number | None:
    """The first amount of the next row that says it adds up: it marks the column of what it adds."""
    words = {fold(w) for w in report.words("sum_words")}
    for below in range(row, min(len(page.rows), row + _TOTAL_ROWS)):
        if fold(page.tokens[page.rows[below].first].text) in words:
            numbers = [n for n in _amounts(page, below) if isinstance(n.value, int)]
            return numbers[0] if len(numbers) in (1, 2) else None
    return None


def _current(report: ReportView, header: Header, placed: dict[Period, Number]) -> ColumnAmount | None:
    years = {p.year for p in header.periods}
    year = report.year if report.year in years else max(years)
    current = [p for p in header.periods if p.year == year and p in placed]
    whole = [p for p in current if isinstance(placed[p].value, int)]
    if not (whole or current):
        return None
    return ColumnAmount(placed[(whole or current)[0]], certain=True)


def _without_header(report: ReportView, page: PageView, row: int) -> ColumnAmount | None:
    numbers = [n for n in _amounts(page, row) if isinstance(n.value, int)]
    if page.header_above(row):
        numbers = [n for n in numbers if not 0 < n.value < _NOTE_BELOW]
    total = _total_below(report, page, row)
    if total is not None:
        under = [n for n in numbers if abs(n.box.x1 - total.box.x1) < _ALIGNED_CHARS * page.char]
        return ColumnAmount(under[-1], certain=False) if under else None
    while len(numbers) > 1 and 0 < numbers[0].value < _NOTE_BELOW and not numbers[0].dash:
        numbers.pop(0)
    if not numbers:
        return None
    return ColumnAmount(numbers[-2] if len(numbers) >= 2 else numbers[-1], certain=False)

"""Rows of an overview over several years: one value a year, parallel to the years in the table's head."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.columns import by_period
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import LabelRow, label_rows
from watchkeeper.workloads.annual_reports.readers.layout.money import in_unit
from watchkeeper.workloads.annual_reports.readers.layout.numbers import Number
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.periods import Header, Period
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of

HEADS = "heads"
"""A field with this hint is the heads themselves, the years, of the table its labels' rows stand in."""
_MARKS = "*†"
_THOUSAND = 1000
_LINES = 3
"""A label over two lines may have its values between them."""


def find_year_row(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The field's values, newest first; a year for which only a dash is printed has None.

    Outside the sections to look in there is no answer, where such a section was found: the same labels
    stand in the statements, over two years.
    """
    sectioned = report.has_section(told.sections)
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        if rank is None and sectioned:
            continue
        for index, label in enumerate(told.labels):
            for row in label_rows(report, page, label):
                if not row.opens or report.has_any(page, told.avoid, row.row, row.last_row):
                    continue
                for made in _values(report, told, page, row):
                    more = made.but(1.2 * row.coverage - 0.8, "how much of the row's label is told")
                    more = more.but(-0.2 * min(index, 8), f"at '{label}'")
                    found.append(more.but(0.3 if sectioned else -0.6, "in an overview's section"))
    return best(found)


def _values(report: ReportView, told: FieldInstructions, page: PageView, at: LabelRow) -> Iterator[Candidate]:
    for row in range(at.row, min(len(page.rows), at.row + _LINES)):
        if row > max(at.row + 1, at.last_row):
            return
        header = page.header_above(row)
        if header is None or len(header.periods) < 2:
            continue
        if len({period.year for period in header.periods}) < len(header.periods):
            continue
        placed = {**_marked(page, row, header), **by_period(page, row, header)}
        if len(placed) >= 2 and any(not number.dash for number in placed.values()):
            yield _made(report, told, page, (row, header, placed))
            return


def _marked(page: PageView, row: int, header: Header) -> dict[Period, Number]:
    """The values with a footnote's mark behind them, `532*`."""
    found: dict[Period, Number] = {}
    for at in range(page.rows[row].first, page.rows[row].end):
        token = page.tokens[at]
        plain = token.text.rstrip(_MARKS)
        if plain == token.text or not plain.isdecimal():
            continue
        for period in header.periods:
            if token.box.x0 < period.x1 + page.char and period.x0 - page.char < token.box.x1:
                found[period] = Number(int(plain), at, at + 1, token.box, token.text, False, False)
    return found


def _made(
    report: ReportView,
    told: FieldInstructions,
    page: PageView,
    at: tuple[int, Header, dict[Period, Number]],
) -> Candidate:
    row, header, placed = at
    newest_first = sorted(header.periods, key=lambda p: p.end, reverse=True)
    heads = HEADS in told.hints
    values: list[object] = [
        period.year if heads else _value(report, told, placed.get(period), (page, row))
        for period in newest_first
    ]
    full = len(placed) == len(header.periods)
    first, end = page.rows[row].first, page.rows[row].end
    return Candidate(
        value=values,
        page=page.number,
        row=row,
        printed=page.row_text(header.row - 1) if heads else page.row_text(row),
        box=box_of(page.tokens[first:end]),
        weight=1.6 + 0.2 * min(4, len(values)) - (0 if full or heads else 0.9),
        reasons=("the years above the table" if heads else "the row's values under the years above",),
    )


def _value(
    report: ReportView, told: FieldInstructions, number: Number | None, where: tuple[PageView, int]
) -> float | None:
    if number is None or number.dash:
        return None
    page, row = where
    if told.unit == "report" and report.has_any(page, report.words("thousands"), row):
        return round(number.value * _THOUSAND)
    return in_unit(report, told, number.value, where)

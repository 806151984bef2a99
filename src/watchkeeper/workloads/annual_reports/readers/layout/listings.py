"""Text, lists of people, table rows and passages, beside or under their labels."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import label_rows, starts_row
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.names import Names
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of
from watchkeeper.workloads.annual_reports.reading import FieldValue

_MOST_ROWS = 40
_PARAGRAPH_GAP = 2.2
"""A gap of this many row heights after a block's first rows ends it."""


def find_listing(report: ReportView, names: Names, told: FieldInstructions) -> Candidate | None:
    """The field's text, people, rows or passage; None when no label or heading is found."""
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate((*told.labels, *told.headings)):
            made = [
                candidate.but(0.7 * weight, reason).but(-0.1 * min(index, 10), f"at '{label}'")
                for row in label_rows(report, page, label)
                if row.opens and not report.has_any(page, told.avoid, row.row)
                for candidate in _at(report, names, told, (page, row.row, row.end, row.whole))
            ]
            found.extend(made)
    return best(found[::-1] if told.occurrence == "last" else found)


def _at(
    report: ReportView, names: Names, told: FieldInstructions, at: tuple[PageView, int, int, bool]
) -> Iterator[Candidate]:
    page, row, end, whole = at
    if told.kind == "text":
        yield from _text(page, row, end)
    elif whole:
        rows = _block(report, told, page, row)
        if not rows:
            return
        value: FieldValue
        if told.kind == "people":
            spans = [(page.rows[r].first, page.rows[r].end) for r in rows]
            value = [name.text for first, stop in spans for name in names.people(page, first, stop)]
        else:
            return
        if value:
            yield _made(page, (rows[0], rows[-1]), value, 1.0)
    elif told.kind == "people":
        value = [name.text for name in names.people(page, end, page.rows[row].end)]
        if value:
            yield _made(page, (row, row), value, 0.6)


def _text(page: PageView, row: int, end: int) -> Iterator[Candidate]:
    stop = page.rows[row].end
    text = page.text(end, stop).strip(" :.,-–")
    if text:
        yield _made(page, (row, row), text, 1.2)


def _block(report: ReportView, told: FieldInstructions, page: PageView, row: int) -> list[int]:
    """The rows under a heading, to an ending label, a wide gap or the page's end."""
    rows: list[int] = []
    for at in range(row + 1, min(len(page.rows), row + 1 + _MOST_ROWS)):
        here, above = page.rows[at], page.rows[at - 1]
        if told.until and starts_row(report, page, told.until, at):
            break
        if rows and here.top - above.bottom > _PARAGRAPH_GAP * (here.bottom - here.top):
            break
        rows.append(at)
    return rows


def _made(page: PageView, rows: tuple[int, int], value: FieldValue, weight: float) -> Candidate:
    first, end = page.rows[rows[0]].first, page.rows[rows[1]].end
    return Candidate(
        value=value,
        page=page.number,
        row=rows[0],
        printed=" / ".join(page.row_text(r) for r in range(rows[0], rows[1] + 1)),
        box=box_of(page.tokens[first:end]),
        weight=weight,
        reasons=("the words beside or under the label",),
    )
